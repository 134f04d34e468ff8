import type { Children } from "../../engine/children/children.ts";
import { executeRun } from "../../engine/execute-run.ts";
import type { PreviewCache } from "../../engine/preview/preview-cache.ts";
import type { RunOutcome, RunRecord } from "../../model/run.ts";
import type { InstanceWriter } from "../../store/instance-writer.ts";
import type { HeldLease } from "../../store/lease.ts";
import { planEvents } from "../../store/plan-events.ts";
import type { ActionContext } from "../context.ts";
import { type RunDecision, runInputs } from "./draft-run.ts";
import { openRun } from "./open-run.ts";
import { plansOf } from "./run-record.ts";

/** A decided run, with everything it needs in the cluster: the Instance says what is wanted, package and secrets are stored. */
export interface DriveInputs extends RunDecision {
  /** The record to begin with, see `draftRecord`. */
  readonly record: RunRecord;
  readonly instance: InstanceWriter;
  readonly lease: HeldLease;
  /** What the dry run before it found, so that nothing is asked twice. */
  readonly cache?: PreviewCache;
  /** Drives the instances of other packages that it needs. */
  readonly children: Children;
}

/** Executes a run to its end under the lease, and keeps its record and the Instance's status. */
export async function driveRun(
  ctx: ActionContext,
  inputs: DriveInputs,
): Promise<{ readonly outcome: RunOutcome; readonly run: RunRecord }> {
  const { pkg, state, lease, instance, record, cache } = inputs;
  const plans = plansOf(pkg, record.plans);
  const known = pkg.operator.plans;
  const run = await openRun(ctx, { state, instance, lease, record, plans, known });
  const instanceUid = instance.current().metadata.uid ?? "";
  const news =
    pkg.dialect === "kudo"
      ? planEvents(ctx.cluster, { instance: instance.current(), uid: record.uid })
      : undefined;
  const { lostNodes = [] } = ctx;
  const decided = { ...runInputs(inputs, record, instanceUid), lostNodes };
  const ended = await executeRun(ctx.meter ? { ...decided, meter: true } : decided, {
    cluster: run.cluster,
    clock: ctx.clock,
    emit: (event) => {
      run.emit(event);
      news?.heed({ ...event, at: ctx.clock.now().toISOString() });
    },
    stop: run.stop,
    skips: run.skips,
    limits: ctx.limits,
    forceConflicts: ctx.forceConflicts,
    fence: lease,
    recorder: run.keeper,
    children: inputs.children,
    ...(cache && { preview: cache }),
  }).catch(async (error: unknown) => {
    // The lease is given back next: nothing may be written under way then.
    await run.leave();
    throw error;
  });
  const outcome = await run.settle(ended);
  await news?.settled();
  return { outcome, run: await run.close(outcome) };
}
