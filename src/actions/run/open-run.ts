import type { Clock } from "../../model/clock.ts";
import type { Cluster } from "../../model/cluster.ts";
import type { SkipRequests } from "../../model/driver.ts";
import type { Emit, RunEventBody } from "../../model/event.ts";
import { refKey } from "../../model/kube-object.ts";
import type { Plan } from "../../model/plan.ts";
import type { RunRequest } from "../../model/request.ts";
import type { RunOutcome, RunRecord } from "../../model/run.ts";
import { heedingCluster } from "../../store/heeding-cluster.ts";
import { storedPlanStatus } from "../../store/instance-status.ts";
import type { InstanceWriter } from "../../store/instance-writer.ts";
import type { HeldLease } from "../../store/lease.ts";
import { keepRun, type RunKeeper } from "../../store/run-recorder.ts";
import { hearRequests, type RequestEar } from "../../store/run-request.ts";
import { createRun, pruneRuns, writeRun } from "../../store/run-store.ts";
import type { StoredRun } from "../../store/stored-run.ts";
import type { ActionContext } from "../context.ts";
import type { InstanceState } from "../instance/instance-state.ts";
import { cancelledOutcome } from "./cancelled.ts";
import { foldEvent } from "./fold-event.ts";
import { otherStatuses } from "./plan-statuses.ts";
import { closedRecord } from "./run-record.ts";
import { NO_CANCEL, stepStatus } from "./run-steps.ts";

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
  /** The cluster as the run is to write to it: no write begins once somebody asked to pause or cancel the run. */
  readonly cluster: Cluster;
  /** Aborts at Ctrl-C, and when somebody at another terminal asked to pause or cancel the run. */
  readonly stop: AbortSignal;
  /** Steps that somebody at another terminal asked to skip. */
  readonly skips: SkipRequests;
  /** How the run really ended: a run that was stopped because somebody asked for it is Paused or cancelled, and says where things stand. */
  settle(outcome: RunOutcome): Promise<RunOutcome>;
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
  // What an earlier driver did not live to see is judged at once, before anything keeps the record.
  let now = (): RunRecord => record;
  const ear = hearRequests({
    cluster: ctx.cluster,
    clock: ctx.clock,
    lease,
    instance,
    run: record,
    refuse: (request) => refusal(request, now()),
    tell: (message) => ctx.emit({ type: "warning", message }),
  });
  const keeper = keepRun({
    cluster: ctx.cluster,
    clock: ctx.clock,
    lease,
    run: stored,
    instance: heard(instance, ear, ctx.clock),
    otherPlans: otherStatuses(inputs.known, storedPlanStatus(instance.current()), record),
    fold: foldEvent,
    warn: (message) => ctx.emit({ type: "warning", message }),
  });
  now = () => keeper.record();
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
  const rollouts = new Map<string, string>();
  /** Each attempt at a write: one that waited for its turn may come when the lease is over. */
  const held = async (allowed: Promise<void>): Promise<void> => {
    await allowed;
    await lease.confirm();
  };
  return {
    keeper,
    cluster: heedingCluster(ctx.cluster, {
      mayWrite: () => held(ear.mayWrite()),
      mayTidy: () => held(ear.mayTidy()),
    }),
    stop: AbortSignal.any([ctx.stop, ear.stop]),
    skips: ear,
    async settle(outcome) {
      const stopper = ear.stopper();
      if (stopper === undefined || outcome.result !== "interrupted") return outcome;
      const { act, by } = stopper;
      if (act === "cancel")
        return await cancelledOutcome(ctx.cluster, keeper.record(), by, rollouts);
      const message = `paused by ${by}: ${outcome.message.replace(AGAIN, "")}`;
      return { result: "interrupted", reason: "Paused", message };
    },
    emit(event: RunEventBody) {
      if (event.type === "rollout") rollouts.set(refKey(event.ref), event.message);
      keeper.take({ ...event, at: ctx.clock.now().toISOString() });
      ctx.emit(event);
    },
    async close(outcome) {
      ear.close();
      const last = await keeper.finish(closedRecord(keeper.record(), outcome, ctx.clock.now()));
      await prune(ctx, [{ ...stored, record: last }, ...state.runs]);
      ctx.emit({ type: "run-finished", outcome });
      return last;
    },
    async leave() {
      ear.close();
      await keeper.leave();
    },
  };
}

/** How a run ends its sentence that was stopped where it was begun. */
const AGAIN = "; give the same command again to go on";

/** Answers to the driver's own writes of the Instance tell of requests too. */
function heard(instance: InstanceWriter, ear: RequestEar, clock: Clock): InstanceWriter {
  return {
    current: instance.current,
    async patch(body, subresource) {
      const asked = clock.monotonic();
      const seen = await instance.patch(body, subresource);
      ear.hear(seen, asked);
      return seen;
    },
  };
}

/** Why this run does not do what is asked. */
function refusal(request: RunRequest, record: RunRecord): string | undefined {
  if (request.act === "cancel" && record.kind === "uninstall") return NO_CANCEL;
  if (request.act !== "skip") return undefined;
  const status = stepStatus(record, request.step);
  if (status === undefined) return `run ${record.number} has no step ${request.step}`;
  return status === "COMPLETE" ? `${request.step} is complete` : undefined;
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
