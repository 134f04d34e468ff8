import type { Emit, RunEventBody } from "../model/event.ts";
import type { Plan } from "../model/plan.ts";
import type { RunOutcome, RunRecord } from "../model/run.ts";
import { storedPlanStatus } from "../store/instance-status.ts";
import type { InstanceWriter } from "../store/instance-writer.ts";
import type { HeldLease } from "../store/lease.ts";
import { keepRun, type RunKeeper } from "../store/run-recorder.ts";
import { createRun, pruneRuns, writeRun } from "../store/run-store.ts";
import type { StoredRun } from "../store/stored-run.ts";
import type { ActionContext } from "./context.ts";
import { foldEvent } from "./fold-event.ts";
import type { InstanceState } from "./instance-state.ts";
import { otherStatuses } from "./plan-statuses.ts";
import { closedRecord } from "./run-record.ts";

/** What a run is opened with. */
export interface OpenRunInputs {
  /** As read under the lease. */
  readonly state: InstanceState;
  readonly instance: InstanceWriter;
  readonly lease: HeldLease;
  /** The record to begin with, see `draftRecord`. */
  readonly record: RunRecord;
  /** Plans of the run, in the order they run. */
  readonly plans: readonly Plan[];
  /** All plans of the package. */
  readonly known: readonly Plan[];
}

/** A run whose record is in the cluster, and followed there. */
export interface OpenRun {
  readonly keeper: RunKeeper;
  /** Takes events into the record and passes them on. */
  readonly emit: Emit;
  /** Stores how it ended and tells it. Throws when it cannot be stored. */
  close(outcome: RunOutcome): Promise<RunRecord>;
  /** For a run that an error ended: waits for the write under way; nothing of it is written afterwards. */
  leave(): Promise<void>;
}

/** Stores the record that a run begins with, and tells that it begins. */
export async function openRun(ctx: ActionContext, inputs: OpenRunInputs): Promise<OpenRun> {
  const { state, lease, instance, record } = inputs;
  const resumed = state.runs[0]?.record.uid === record.uid;
  const stored = await storeRecord(ctx, inputs);
  const keeper = keepRun({
    cluster: ctx.cluster,
    clock: ctx.clock,
    lease,
    run: stored,
    instance,
    otherPlans: otherStatuses(inputs.known, storedPlanStatus(instance.current()), record),
    fold: foldEvent,
    warn: (message) => ctx.emit({ type: "warning", message }),
  });
  const { uid, number, kind, operatorVersion, planStatus } = record;
  ctx.emit({
    type: "run-started",
    run: {
      uid,
      number,
      kind,
      instance: record.instance,
      namespace: record.namespace,
      operatorVersion,
    },
    plans: inputs.plans,
    statuses: planStatus,
    resumed,
  });
  return {
    keeper,
    emit(event: RunEventBody) {
      keeper.take({ ...event, at: ctx.clock.now().toISOString() });
      ctx.emit(event);
    },
    async close(outcome) {
      const last = await keeper.finish(closedRecord(keeper.record(), outcome, ctx.clock.now()));
      await prune(ctx, [{ ...stored, record: last }, ...state.runs]);
      ctx.emit({ type: "run-finished", outcome });
      return last;
    },
    leave: () => keeper.leave(),
  };
}

async function storeRecord(ctx: ActionContext, inputs: OpenRunInputs): Promise<StoredRun> {
  const { state, lease, instance, record } = inputs;
  const [newest] = state.runs;
  await lease.confirm();
  lease.check();
  if (newest?.record.uid === record.uid)
    return await writeRun(ctx.cluster, newest, record, lease.token);
  const instanceUid = instance.current().metadata.uid ?? "";
  return await createRun(ctx.cluster, record, { instanceUid, token: lease.token });
}

/** The run itself is listed once, as it ended. Old records that cannot be deleted today are deleted after the next run. */
async function prune(ctx: ActionContext, runs: readonly StoredRun[]): Promise<void> {
  const [ended, ...others] = runs;
  const earlier = others.filter(({ record }) => record.uid !== ended?.record.uid);
  await pruneRuns(ctx.cluster, ended ? [ended, ...earlier] : []).catch(() => undefined);
}
