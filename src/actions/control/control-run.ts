import { KplanError } from "../../model/kplan-error.ts";
import { ANNOTATION } from "../../model/names.ts";
import type { RequestedAct } from "../../model/request.ts";
import type { RunRecord } from "../../model/run.ts";
import { storedPlanStatus } from "../../store/instance-status.ts";
import { instanceWriter } from "../../store/instance-writer.ts";
import type { HeldLease } from "../../store/lease.ts";
import { keepRun } from "../../store/run-recorder.ts";
import type { StoredRun } from "../../store/stored-run.ts";
import type { ActionContext } from "../context.ts";
import { instanceName } from "../instance/find-instance.ts";
import {
  type KnownInstance,
  readInstanceState,
  requireInstance,
} from "../instance/instance-state.ts";
import { foldEvent } from "../run/fold-event.ts";
import { isLeft } from "../run/run-record.ts";
import { askForLease, holding } from "../run/with-lease.ts";
import { askDriver } from "./ask-driver.ts";
import { type ControlResult, controlResult } from "./control-result.ts";

/** How a run is controlled, whether somebody drives it or nobody. */
export interface Control {
  /** What is to be done to the newest run; or that nothing is to be done. Throws a `bad-input` KplanError for what cannot be. */
  readonly want: (state: KnownInstance) => Wanted | ControlResult;
  /** What came of asking its driver, once the run's record shows that it is done or that the run has ended. */
  readonly told: (record: RunRecord, wanted: Wanted) => ControlResult;
  /** Nobody drives it: does it under the lease. */
  readonly alone: (
    lease: HeldLease,
    state: KnownInstance,
    wanted: Wanted,
  ) => Promise<ControlResult>;
}

/** What a driver is asked for. */
export interface Wanted {
  readonly run: StoredRun;
  readonly act: RequestedAct;
  readonly isDone: (record: RunRecord) => boolean;
}

/** Controls the newest run of an instance: asks its driver, or, when none lives, does it as the driver. Throws a `busy` KplanError while a command has not begun its run. */
export async function controlRun(
  ctx: ActionContext,
  given: string | undefined,
  control: Control,
): Promise<ControlResult> {
  const instance = await instanceName(ctx, given);
  let asked: Wanted | undefined;
  for (;;) {
    const read = await readInstanceState(ctx, instance);
    if (read.object === undefined && asked !== undefined) return uninstalled(asked);
    const state = await requireInstance(ctx, read);
    const wanted = control.want(state);
    if (!("act" in wanted)) return wanted;
    const answer = await askForLease(ctx, { instance });
    if (answer.kind === "held")
      return await holding(ctx, instance, answer.lease, async (lease) => {
        const now = await requireInstance(ctx, await readInstanceState(ctx, instance));
        const again = control.want(now);
        return "act" in again ? await control.alone(lease, now, again) : again;
      });
    const { record } = wanted.run;
    // It was left, and somebody is about to take it up: there is nobody who could be asked yet.
    if (isLeft(record)) {
      if (await isStill(ctx, instance, wanted.run)) throw notBegun(instance, answer.holder.request);
      continue;
    }
    asked = wanted;
    const { act, isDone, run } = wanted;
    const shown = await askDriver(ctx, {
      instance: state.object,
      run,
      holder: answer.holder,
      act,
      isDone,
    });
    if (shown !== undefined) return control.told(shown, wanted);
  }
}

function uninstalled({ run: { record } }: Wanted): ControlResult {
  return controlResult(record, {
    result: "nothing-to-do",
    message: `run ${record.number} has come to its end: ${record.instance} is uninstalled`,
  });
}

/** Milliseconds that somebody is given to begin a run. */
const BEGIN_MS = 3000;

/** Whether a run is still as it was after a while. */
async function isStill(
  ctx: ActionContext,
  instance: string,
  { object }: StoredRun,
): Promise<boolean> {
  const until = ctx.clock.monotonic() + BEGIN_MS;
  while (ctx.clock.monotonic() < until && !ctx.stop.aborted) {
    await ctx.clock.sleep(BEGIN_MS / 10, ctx.stop).catch(() => undefined);
    const { runs } = await readInstanceState(ctx, instance);
    if (runs[0]?.object.metadata.resourceVersion !== object.metadata.resourceVersion) return false;
  }
  return true;
}

function notBegun(instance: string, request: string): KplanError {
  return new KplanError(
    "run-not-begun",
    `${instance}: \`${request}\` is being checked; its run has not begun and nothing is written`,
    { kind: "busy", hint: "repeat the command in a few seconds, or press Ctrl-C there" },
  );
}

/** Stores a run record that nobody drives, and the Instance's status with it; a request that was left on the Instance goes. */
export async function storeAlone(
  ctx: ActionContext,
  lease: HeldLease,
  state: KnownInstance,
  run: StoredRun,
  record: RunRecord,
): Promise<RunRecord> {
  const instance = instanceWriter(ctx.cluster, state.object, lease.token);
  lease.check();
  await instance.patch({
    metadata: {
      annotations: { [ANNOTATION.token]: String(lease.token), [ANNOTATION.request]: null },
    },
  });
  const keeper = keepRun({
    cluster: ctx.cluster,
    clock: ctx.clock,
    lease,
    run,
    instance,
    otherPlans: storedPlanStatus(state.object).filter(({ name }) => !record.plans.includes(name)),
    fold: foldEvent,
  });
  return await keeper.finish(record);
}
