import pLimit from "p-limit";
import { computeHealth, relativesOf } from "../../health/health.ts";
import { ClusterError } from "../../model/cluster.ts";
import { type KubeObject, type ObjectRef, refKey } from "../../model/kube-object.ts";
import { type Intent, type InventoryEntry, pathText, type RunRecord } from "../../model/run.ts";
import type { ActionContext } from "../context.ts";

/** Objects that are looked at in one go, at most, and how many at a time. */
const MOST_OBJECTS = 30;
const AT_A_TIME = 5;

/** Tells, from one look at a run's record to the next, which tasks are under way and how their objects do. */
export type ObjectTeller = (record: RunRecord) => Promise<void>;

/** For those who see a run only in its record: what its driver learns from watches is looked up here. What cannot be read is passed over. */
export function objectTeller(ctx: ActionContext): ObjectTeller {
  const since = new Date(ctx.clock.now().getTime());
  const limit = pLimit(AT_A_TIME);
  const told = new Map<string, string>();
  let before: readonly Intent[] = [];

  return async (record) => {
    const { intents } = record;
    const known = new Map(before.map((intent) => [pathText(intent.path), intent]));
    const now = new Set(intents.map(({ path }) => pathText(path)));
    before = intents;
    for (const { path, objects, act } of intents)
      if (!known.has(pathText(path))) ctx.emit({ type: "task-started", path, objects, act });
    await Promise.all(
      underWay(record)
        .slice(0, MOST_OBJECTS)
        .map(({ ref, path }) => limit(async () => await tellOne(ref, path))),
    );
    for (const [name, { path }] of known)
      if (!now.has(name)) ctx.emit({ type: "task-finished", path });
  };

  async function tellOne(ref: ObjectRef, path: Intent["path"]): Promise<void> {
    const live = await unlessRefused(() => ctx.cluster.get(ref));
    if (live === undefined) return;
    const related = await relativesSeen(ctx, live);
    const now = new Date(await ctx.cluster.serverTime());
    const health = computeHealth(live, { now, since, limits: ctx.limits, related });
    const text = `${health.state} ${health.message ?? ""}`;
    if (told.get(refKey(ref)) === text) return;
    told.set(refKey(ref), text);
    ctx.emit({ type: "object-health", path, ref, health });
  }
}

/** What the tasks under way apply, and what earlier ones of the same steps have applied. */
function underWay({ intents, inventory, planStatus }: RunRecord): readonly InventoryEntry[] {
  const steps = new Set(
    planStatus.flatMap((plan) =>
      plan.phases.flatMap((phase) =>
        phase.steps
          .filter(({ status }) => status === "IN_PROGRESS" || status === "ERROR")
          .map(({ name }) => pathText({ plan: plan.name, phase: phase.name, step: name })),
      ),
    ),
  );
  const all = [
    ...intents.flatMap(({ act, objects, path }) =>
      act === "apply" ? objects.map((ref) => ({ ref, path })) : [],
    ),
    ...inventory.filter(({ path: { task: _, ...step } }) => steps.has(pathText(step))),
  ];
  return [...new Map(all.map((one) => [refKey(one.ref), one])).values()];
}

async function relativesSeen(ctx: ActionContext, live: KubeObject): Promise<KubeObject[]> {
  const lists = await Promise.all(
    relativesOf(live).map((query) => unlessRefused(() => ctx.cluster.list(query))),
  );
  return lists.flatMap((list) => list?.items ?? []);
}

async function unlessRefused<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof ClusterError) return undefined;
    throw error;
  }
}
