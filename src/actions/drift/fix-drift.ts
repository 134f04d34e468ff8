import { executeRun, refused } from "../../engine/execute-run.ts";
import { createPreviewCache } from "../../engine/preview/preview-cache.ts";
import { previewRun } from "../../engine/preview/preview-run.ts";
import { KplanError } from "../../model/kplan-error.ts";
import { refKey, refText } from "../../model/kube-object.ts";
import { ANNOTATION } from "../../model/names.ts";
import { randomUuid } from "../../model/random.ts";
import type { FixedObject, Preview, RunInputs, RunRecord } from "../../model/run.ts";
import { planExecution } from "../../store/instance-status.ts";
import { instanceWriter } from "../../store/instance-writer.ts";
import type { HeldLease } from "../../store/lease.ts";
import type { ActionResult } from "../action-result.ts";
import type { ActionContext } from "../context.ts";
import {
  type KnownInstance,
  readInstanceState,
  requireInstance,
} from "../instance/instance-state.ts";
import { openRun } from "../run/open-run.ts";
import { newRecord } from "../run/run-record.ts";
import { stopped } from "../run/stopped.ts";
import type { AppliedBy } from "./applied-objects.ts";
import type { FoundDrift } from "./find-drift.ts";
import { fixPlans, fixStatuses } from "./fix-plans.ts";

/** Puts right what was found, under the lease: one run after the other. */
export async function fixDrift(
  ctx: ActionContext,
  lease: HeldLease,
  state: KnownInstance,
  found: FoundDrift,
): Promise<ActionResult> {
  const groups = groupsOf(ctx, found);
  if (groups.length === 0) return nothingToFix(state, found);
  let result: ActionResult | undefined;
  let now = state;
  for (const group of groups) {
    // What the run before has made and noted belongs to the record of the next one.
    if (result !== undefined)
      now = await requireInstance(ctx, await readInstanceState(ctx, state.name));
    result = await fixGroup(ctx, lease, now, group);
    if (result.kind !== "ran" || result.outcome.result !== "complete") return result;
  }
  return result ?? nothingToFix(state, found);
}

/** What a fix would write. Nothing is written. */
export async function previewFix(
  ctx: ActionContext,
  state: KnownInstance,
  found: FoundDrift,
): Promise<ActionResult> {
  const previews: Preview[] = [];
  for (const group of groupsOf(ctx, found)) {
    const { inputs } = draft(ctx, state, group);
    const { cluster, clock, limits, forceConflicts, stop } = ctx;
    const world = { cluster, clock, limits, forceConflicts, takeBack: true, signal: stop };
    previews.push(await previewRun(inputs, { ...world, wantDiffs: true }));
  }
  const objects = previews.flatMap((preview) => preview.objects);
  const problems = previews.flatMap((preview) => preview.problems);
  const changes = objects.some(({ change }) => change !== "unchanged" && change !== "absent");
  return { kind: "preview", preview: { objects, problems }, changes };
}

/** Objects that are put right by the values of one run. */
interface Group {
  readonly by: AppliedBy;
  readonly only: readonly FixedObject[];
}

/** By the run that is repeated, earlier ones first. Another's objects only when they are to be taken. */
function groupsOf(
  { forceConflicts }: ActionContext,
  { report, fixable }: FoundDrift,
): readonly Group[] {
  const left = new Set(
    report.objects
      .filter(({ state }) => state === "leaving" || (state === "not-ours" && !forceConflicts))
      .map(({ ref }) => refKey(ref)),
  );
  const wanted = fixable.filter(({ what }) => !left.has(refKey(what.ref)));
  const groups = new Map<RunRecord, { by: AppliedBy; only: FixedObject[] }>();
  for (const { what, by } of wanted) {
    const group = groups.get(by.record) ?? { by, only: [] };
    groups.set(by.record, group);
    group.only.push(what);
  }
  return [...groups.values()].sort((a, b) => a.by.record.number - b.by.record.number);
}

/** Nothing differs, or nothing that differs may be applied again. Throws when some objects could not be compared: nobody knows of those. */
function nothingToFix({ name }: KnownInstance, { report }: FoundDrift): ActionResult {
  const { objects, unknown } = report;
  const left = objects.map(({ ref }) => refText(ref));
  if (left.length > 0)
    return {
      kind: "nothing-to-do",
      message: `${name}: ${left.join(", ")} cannot be put right by applying it again`,
    };
  if (unknown.length === 0)
    return { kind: "nothing-to-do", message: `${name} is as it was applied` };
  const count = unknown.length === 1 ? "1 object" : `${unknown.length} objects`;
  throw new KplanError(
    "not-compared",
    `${count} of ${name} could not be compared, and nothing else differs`,
    { hint: "`kplan drift` says why" },
  );
}

/** A run that repeats what another one applied. */
interface Draft {
  readonly record: RunRecord;
  readonly inputs: RunInputs;
}

function draft(ctx: ActionContext, state: KnownInstance, { by, only }: Group): Draft {
  const { record: source, inputs: was } = by;
  const { user, host } = ctx.identity;
  const uid = randomUuid();
  const pkg = was.pkg;
  const plans = fixPlans(pkg, only);
  const at = ctx.clock.now();
  const { facts, operatorVersion, digest, parameters, constants } = source;
  const planStatus = fixStatuses(plans, uid, at.toISOString());
  const record: RunRecord = {
    ...newRecord(
      {
        kind: "fix",
        operatorVersion,
        digest,
        instance: state.name,
        namespace: ctx.namespace,
        plans,
        keep: [],
        changes: [],
        parameters,
        inventory: state.inventory,
        allow: [],
        host,
        ...(user !== undefined && { user }),
      },
      state.nextNumber,
      uid,
      at,
    ),
    // Templates see what they saw then.
    constants,
    ...(facts && { facts }),
    planStatus,
    only,
  };
  const { operator } = pkg;
  // What was applied once was not skipped then.
  const tasks = operator.tasks.map(({ when: _, ...task }) => task);
  const inputs: RunInputs = {
    ...was,
    uid,
    pkg: { ...pkg, operator: { ...operator, tasks: tasks as typeof operator.tasks } },
    plans,
    statuses: planStatus,
    inventory: state.inventory,
    only,
    ...(ctx.lostNodes && { lostNodes: ctx.lostNodes }),
  };
  return { record, inputs };
}

async function fixGroup(
  ctx: ActionContext,
  lease: HeldLease,
  state: KnownInstance,
  group: Group,
): Promise<ActionResult> {
  const { record, inputs } = draft(ctx, state, group);
  const cache = createPreviewCache();
  const { cluster, clock, limits, forceConflicts, stop } = ctx;
  const world = { cluster, clock, limits, forceConflicts, takeBack: true, signal: stop };
  const seen = await previewRun(inputs, { ...world, preview: cache }).catch((error: unknown) => {
    throw stop.aborted ? stopped() : error;
  });
  if (seen.problems.length > 0) throw refused(seen);
  if (stop.aborted) throw stopped();
  const instance = instanceWriter(ctx.cluster, state.object, lease.token);
  lease.check();
  await instance.patch({
    metadata: { annotations: { [ANNOTATION.token]: String(lease.token) } },
    spec: { planExecution: planExecution(record) },
  });
  const { plans } = inputs;
  const known = inputs.pkg.operator.plans;
  const run = await openRun(ctx, { state, instance, lease, record, plans, known });
  const ended = await executeRun(inputs, {
    cluster: run.cluster,
    clock,
    emit: run.emit,
    stop: run.stop,
    skips: run.skips,
    limits,
    forceConflicts,
    takeBack: true,
    fence: lease,
    recorder: run.keeper,
    preview: cache,
  }).catch(async (error: unknown) => {
    await run.leave();
    throw error;
  });
  const outcome = await run.settle(ended);
  return { kind: "ran", outcome, run: await run.close(outcome) };
}
