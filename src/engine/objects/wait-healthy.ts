import { healthRules } from "../../health/kudo-health.ts";
import { suspectNodes } from "../../health/pod-node.ts";
import type { ListQuery } from "../../model/cluster.ts";
import type { Health } from "../../model/health.ts";
import { type KubeObject, refOf, refText } from "../../model/kube-object.ts";
import { createBell } from "../bell.ts";
import { lastWords } from "../last-words.ts";
import type { Acting } from "../run-context.ts";
import { ChangedBySomebody, TaskFailure, TaskTrouble } from "../steps/task-stop.ts";
import { untilSettled } from "../steps/until-settled.ts";
import { fieldsText, lostFields } from "./lost-fields.ts";
import { createSweeper } from "./lost-nodes.ts";
import { ownQuery } from "./own-query.ts";
import type { Look } from "./watch-hub.ts";
import type { WrittenObject } from "./write-object.ts";

/** Milliseconds until an object that a watch does not show counts as gone. */
const UNSEEN = 5000;

/**
 * Waits until all these objects are as their specs say, by watching them and their relatives; what the answer to the write already shows to be ready costs nothing.
 * Throws `TaskFailure` when one has failed, `TaskTrouble` when one was deleted meanwhile, and what `untilSettled` throws.
 * @param unless asked at each look, with the relatives of an object that is not ready: true ends the waiting, and the answer is false
 */
export async function waitHealthy(
  written: readonly WrittenObject[],
  ctx: Acting,
  unless?: Unless,
): Promise<boolean> {
  if (written.length === 0) return true;
  const now = await serverClock(ctx);
  const began = now();
  const bell = createBell(ctx.clock);
  const tracked = written
    .map((one) => track(one.object, began))
    .filter((one) => !isReadyAlready(one, now(), ctx));
  if (tracked.length === 0) return true;
  const sweeper = createSweeper(ctx, bell.ring);
  try {
    for (const one of tracked) open(one, bell.ring, ctx);
    const failure = await untilSettled(
      () => {
        sweeper.check();
        for (const one of tracked) openNodes(one, now(), bell.ring, ctx);
        const verdict = judgeAll(tracked, now(), ctx, unless);
        for (const one of tracked) sweeper.see(relativesSeen(one), one.written);
        return verdict;
      },
      () => waitingFor(tracked),
      bell,
      ctx,
    );
    if (typeof failure === "object") throw await failed(failure, ctx);
    return failure === "ready";
  } finally {
    for (const { looks } of tracked) for (const look of looks) look.close();
    await sweeper.end();
  }
}

/** Whether there is something better to do than to wait. */
type Unless = (related: readonly KubeObject[], now: Date) => boolean;

/** An object that is waited for. */
interface Tracked {
  /** As our write left it. */
  readonly written: KubeObject;
  /** When the waiting began. */
  readonly since: Date;
  own: Look | undefined;
  readonly looks: Look[];
  /** Those at its relatives, with what they look at. */
  readonly relatives: { readonly look: Look; readonly query: ListQuery }[];
  /** Nodes that are looked at. */
  readonly nodes: Set<string>;
  /** The watch has shown it. */
  seen: boolean;
  /** It is a Job that has done its work: whatever becomes of it now, it is not to do it again. */
  finished: boolean;
  /** Monotonic time at which the watch did not show it for the first time. */
  missingSince: number | undefined;
  health: Health | undefined;
}

function track(written: KubeObject, since: Date): Tracked {
  return {
    written,
    since,
    own: undefined,
    looks: [],
    relatives: [],
    finished: false,
    nodes: new Set(),
    seen: false,
    missingSince: undefined,
    health: undefined,
  };
}

function isReadyAlready(one: Tracked, now: Date, ctx: Acting): boolean {
  if (healthRules(ctx.dialect).relatives(one.written).length > 0) return false;
  const health = judge(one.written, [], one, now, ctx);
  if (health.state !== "ready") return false;
  tell(one, health, ctx);
  return true;
}

function open(one: Tracked, ring: () => void, ctx: Acting): void {
  one.own = ctx.hub.look(ownQuery(one.written), ring);
  one.looks.push(one.own);
  for (const query of healthRules(ctx.dialect).relatives(one.written)) {
    const look = ctx.hub.look(query, ring);
    one.looks.push(look);
    one.relatives.push({ look, query });
  }
}

/** Kinds that are judged by their pods and not by their status alone. */
const JUDGED_BY_PODS: readonly string[] = ["StatefulSet"];

/** Relatives that cannot be seen are not relatives that are not there: what is judged by them cannot be judged, for the rest it is said. Throws the failure of the look. */
function refuseUnseen({ written, relatives }: Tracked, { hub }: Acting): void {
  for (const { look, query } of relatives) {
    const failure = look.failure();
    if (failure === undefined) continue;
    if (query.kind === "Pod" && JUDGED_BY_PODS.includes(written.kind)) throw failure;
    const why = failure instanceof Error ? failure.message : String(failure);
    hub.warnOnce(`what keeps objects from being ready may not be told: ${why}`);
  }
}

/** Looks at the node of a pod that is late. */
function openNodes(one: Tracked, now: Date, ring: () => void, ctx: Acting): void {
  for (const query of suspectNodes(relativesSeen(one), now)) {
    const key = query.fieldSelector ?? "";
    if (one.nodes.has(key)) continue;
    one.nodes.add(key);
    one.looks.push(ctx.hub.look(query, ring));
  }
}

function relativesSeen(one: Tracked): KubeObject[] {
  return one.looks.filter((look) => look !== one.own).flatMap((look) => look.objects() ?? []);
}

/** The first failure, `ready` when all are, undefined while some are on their way. */
function judgeAll(
  tracked: readonly Tracked[],
  now: Date,
  ctx: Acting,
  unless: Unless = () => false,
): { readonly object: KubeObject; readonly health: Health } | "ready" | "enough" | undefined {
  let ready = true;
  for (const one of tracked) {
    if (one.finished) continue;
    const isLoaded = one.looks.every((look) => look.objects() !== undefined || look.failure());
    const object = current(one, ctx);
    if (!isLoaded) {
      ready = false;
      continue;
    }
    refuseUnseen(one, ctx);
    const relatives = relativesSeen(one);
    const health = judge(object, relatives, one, now, ctx);
    tell(one, health, ctx);
    if (health.state !== "ready" && unless(relatives, now)) return "enough";
    if (health.state === "failed") return { object, health };
    if (health.state === "ready" && object.kind === "Job") {
      one.finished = true;
      ctx.finished?.(object);
    }
    if (health.state !== "ready") ready = false;
  }
  return ready ? "ready" : undefined;
}

/** The object as the watch shows it; as it was written while the watch lags behind. */
function current(one: Tracked, ctx: Acting): KubeObject {
  const { metadata } = one.written;
  if (one.own?.failure() !== undefined) throw one.own.failure();
  const shown = one.own?.objects();
  if (shown === undefined) return one.written;
  const found = shown.find(
    (object) =>
      object.metadata.name === metadata.name && object.metadata.namespace === metadata.namespace,
  );
  const isOurs = metadata.uid === undefined || found?.metadata.uid === metadata.uid;
  if (found !== undefined && isOurs) {
    one.seen = true;
    if (found.metadata.deletionTimestamp !== undefined)
      throw new TaskTrouble(`${refText(refOf(found))} is being deleted while it is waited for`);
    refuseLost(one.written, found);
    return found;
  }
  one.missingSince ??= ctx.clock.monotonic();
  if (one.seen || ctx.clock.monotonic() - one.missingSince > UNSEEN)
    throw new TaskTrouble(`${refText(refOf(one.written))} was deleted while it was waited for`);
  return one.written;
}

/** Throws `ChangedBySomebody` when it is no more as we wrote it. */
function refuseLost(written: KubeObject, found: KubeObject): void {
  const lost = lostFields(written, found);
  const [first] = lost;
  if (first === undefined) return;
  const what = refText(refOf(written));
  const fields = fieldsText(lost.map(({ field }) => field));
  throw new ChangedBySomebody(
    `${first.manager} changed ${fields} of ${what} while it was waited for`,
    refOf(written),
    `stop what ${first.manager} does to it, or leave ${lost.length === 1 ? "the field" : "the fields"} out of the template`,
  );
}

function judge(
  object: KubeObject,
  related: readonly KubeObject[],
  { written, since }: Tracked,
  now: Date,
  { limits, dialect }: Acting,
): Health {
  const { generation, resourceVersion } = written.metadata;
  return healthRules(dialect).compute(object, {
    now,
    limits,
    since,
    written: {
      ...(generation !== undefined && { generation }),
      ...(resourceVersion !== undefined && { resourceVersion }),
    },
    related,
  });
}

/** Notes progress, and says so when state or sentence changed. */
function tell(one: Tracked, health: Health, { emit, path, watchdog }: Acting): void {
  const before = one.health;
  one.health = health;
  // What is found as it should be at the first look has not moved.
  const hasMoved =
    before === undefined ? health.state !== "ready" : markerOf(before) !== markerOf(health);
  if (hasMoved) watchdog.touch();
  if (before?.state === health.state && before.message === health.message) return;
  emit({ type: "object-health", path, ref: refOf(one.written), health });
}

function markerOf(health: Health | undefined): string | undefined {
  return health?.state === "progressing" ? health.marker : health?.state;
}

function waitingFor(tracked: readonly Tracked[]): string {
  const late = tracked.filter(({ health }) => health?.state !== "ready");
  return late
    .slice(0, 3)
    .map(({ written, health }) => {
      const how = health?.message === undefined ? "" : ` (${health.message})`;
      return `${refText(refOf(written))}${how}`;
    })
    .concat(late.length > 3 ? [`${late.length - 3} more`] : [])
    .join(", ");
}

async function failed(
  { object, health }: { readonly object: KubeObject; readonly health: Health },
  ctx: Acting,
): Promise<TaskFailure> {
  if (health.state !== "failed") throw new Error("only a failure fails");
  const words = health.culprit === undefined ? "" : await lastWords(health.culprit, ctx);
  return new TaskFailure(`${health.message}${words}`, {
    result: "failed",
    ref: refOf(object),
    health,
    ...(health.hint !== undefined && { hint: health.hint }),
  });
}

/** The server's time, carried on by the monotonic clock: limits are counted from times that the server wrote. */
export async function serverClock({
  cluster,
  clock,
}: Pick<Acting, "cluster" | "clock">): Promise<() => Date> {
  const at = clock.monotonic();
  const time = await cluster.serverTime();
  return () => new Date(time + clock.monotonic() - at);
}
