import { tokenOn } from "../../model/fencing.ts";
import { refOf } from "../../model/kube-object.ts";
import type { Plan } from "../../model/plan.ts";
import type { RunOutcome, RunPath, RunRecord } from "../../model/run.ts";
import type { PlanStatus } from "../../model/status.ts";
import { isRunning } from "../../model/status.ts";
import { type LeaseHolder, leaseRef, leaseState } from "../../store/lease-object.ts";
import { listRuns } from "../../store/run-store.ts";
import { readRun, type StoredRun } from "../../store/stored-run.ts";
import type { ActionContext } from "../context.ts";
import { isDriving } from "../control/driver-of.ts";
import { objectTeller } from "./tell-objects.ts";

/** Milliseconds between two looks: run records are not watched (they are ConfigMaps). */
const LOOK_MS = 1000;

/**
 * Follows the run that another process drives until it ends. Tells of every status that changes, and how the objects of the tasks under way do. Undefined when its driver is gone without having ended it,
 * be it that it died or that it was refused: then whoever asked may do the same.
 */
export async function followRun(
  ctx: ActionContext,
  instance: string,
  { holder, token }: { readonly holder: LeaseHolder; readonly token: number },
): Promise<RunOutcome | undefined> {
  ctx.emit({ type: "attached", holder: `${holder.host} (process ${holder.pid})` });
  const tellObjects = objectTeller(ctx);
  let seen: StoredRun | undefined;
  while (!ctx.stop.aborted) {
    // Asked before the run is read, so that a run which ended in between is seen as it ended.
    const held = await isDriving(ctx, instance, holder);
    const run = await look(ctx, instance, { seen, ...(!held && { token }) });
    if (run) tell(ctx, run.record, seen?.record);
    seen = run ?? seen;
    if (isOver(seen?.record)) return outcomeOf(seen?.record);
    if (!held)
      return (await leftOver(ctx, seen?.record, holder)) ? undefined : outcomeOf(seen?.record);
    if (run) await tellObjects(run.record);
    await ctx.clock.sleep(LOOK_MS, ctx.stop).catch(() => undefined);
  }
  return STOPPED_LOOKING;
}

/** What is known of a run that somebody stopped following. */
export const STOPPED_LOOKING: RunOutcome = {
  result: "interrupted",
  message: "stopped looking; the run goes on",
};

/** Whether nothing is left to do once the record is closed. Of an uninstall the Instance, the records and at last the Lease go after that. */
function isOver(record: RunRecord | undefined): boolean {
  if (record?.finishedAt === undefined) return false;
  return record.kind !== "uninstall" || record.status !== "COMPLETE";
}

/** Whether the driver of an uninstall that is complete by its record ended before all was gone: its Lease still names it. */
async function leftOver(
  ctx: ActionContext,
  record: RunRecord | undefined,
  { holder }: LeaseHolder,
): Promise<boolean> {
  if (record?.kind !== "uninstall" || record.status !== "COMPLETE") return false;
  const lease = await ctx.cluster.get(leaseRef(record.namespace, record.instance));
  return lease !== undefined && leaseState(lease).holder?.holder === holder;
}

/** The run in question: the newest one, if it is going on, or was written by that driver (now gone): its token says so, whatever the clocks of the two machines say. */
async function look(
  ctx: ActionContext,
  instance: string,
  by: { readonly seen: StoredRun | undefined; readonly token?: number },
): Promise<StoredRun | undefined> {
  if (by.seen) {
    const object = await ctx.cluster.get(refOf(by.seen.object));
    return object && readRun(object);
  }
  const [newest] = await listRuns(ctx.cluster, { namespace: ctx.namespace, instance });
  if (!newest) return undefined;
  const { status, reason } = newest.record;
  const goesOn = status === "IN_PROGRESS" && reason === undefined;
  const isNew = by.token !== undefined && tokenOn(newest.object) === by.token;
  return goesOn || isNew ? newest : undefined;
}

/** Tells of a run as it stands, and later of what is different from before. */
export function tell(
  ctx: Pick<ActionContext, "emit">,
  now: RunRecord,
  before: RunRecord | undefined,
): void {
  if (!before) {
    const { uid, number, kind, instance, namespace, operatorVersion, planStatus } = now;
    ctx.emit({
      type: "run-started",
      run: { uid, number, kind, instance, namespace, operatorVersion },
      plans: planStatus.map(shapeOf),
      statuses: planStatus,
      resumed: true,
    });
    return;
  }
  for (const change of changesOf(before.planStatus, now.planStatus))
    ctx.emit({ type: "status", ...change });
}

/** A plan as far as its status tells. */
function shapeOf(status: PlanStatus): Plan {
  return {
    name: status.name,
    strategy: "serial",
    phases: status.phases.map((phase) => ({
      name: phase.name,
      strategy: "serial",
      steps: phase.steps.map((step) => ({ name: step.name, strategy: "serial", tasks: [] })),
    })),
  };
}

type StatusChange = { readonly path: RunPath } & Pick<PlanStatus, "status" | "message">;

function changesOf(
  before: readonly PlanStatus[],
  now: readonly PlanStatus[],
): readonly StatusChange[] {
  const known = new Map(entriesOf(before).map((entry) => [JSON.stringify(entry.path), entry]));
  return entriesOf(now).filter((entry) => {
    const earlier = known.get(JSON.stringify(entry.path));
    return earlier?.status !== entry.status || earlier.message !== entry.message;
  });
}

function entriesOf(plans: readonly PlanStatus[]): readonly StatusChange[] {
  return plans.flatMap((plan) => [
    entry({ plan: plan.name }, plan),
    ...plan.phases.flatMap((phase) => [
      entry({ plan: plan.name, phase: phase.name }, phase),
      ...phase.steps.map((step) =>
        entry({ plan: plan.name, phase: phase.name, step: step.name }, step),
      ),
    ]),
  ]);
}

function entry(path: RunPath, from: Pick<PlanStatus, "status" | "message">): StatusChange {
  const { status, message } = from;
  return { path, status, ...(message !== undefined && { message }) };
}

/** How a run ended, or was left by whoever drove it; undefined when its record does not say: it goes on, or its driver died. */
export function outcomeOf(record: RunRecord | undefined): RunOutcome | undefined {
  if (record?.status === "COMPLETE") return { result: "complete" };
  if (record?.status === "FATAL_ERROR" && record.reason === "Cancelled")
    return {
      result: "cancelled",
      message: record.message ?? "the run was cancelled",
      hint: record.hint ?? "`kplan plan retry` executes it again",
    };
  if (record?.status === "FATAL_ERROR")
    return {
      result: record.reason === "TimedOut" ? "timed-out" : "failed",
      path: failedAt(record.planStatus),
      message: record.message ?? "the run failed",
      ...(record.hint !== undefined && { hint: record.hint }),
    };
  if (record?.reason === "Paused")
    return { result: "interrupted", reason: "Paused", message: record.message ?? "it was paused" };
  if (record?.reason !== "Interrupted") return undefined;
  return { result: "interrupted", message: record.message ?? "its driver was told to stop" };
}

/** The place of the failure: the deepest entry that ended badly, else the first that is unfinished. */
function failedAt(plans: readonly PlanStatus[]): RunPath {
  const entries = entriesOf(plans);
  const bad = entries.filter(({ status }) => status === "FATAL_ERROR" || status === "ERROR");
  const [first] = entries.filter(({ status }) => isRunning(status));
  return bad.at(-1)?.path ?? first?.path ?? { plan: plans[0]?.name ?? "" };
}
