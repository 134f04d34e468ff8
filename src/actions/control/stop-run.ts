import { KplanError } from "../../model/kplan-error.ts";
import type { RunRecord } from "../../model/run.ts";
import type { ActionContext } from "../context.ts";
import type { KnownInstance } from "../instance/instance-state.ts";
import { cancelledOutcome } from "../run/cancelled.ts";
import { closedRecord } from "../run/run-record.ts";
import { NO_CANCEL } from "../run/run-steps.ts";
import { askerOf } from "./ask-driver.ts";
import { type ControlResult, controlResult } from "./control-result.ts";
import { type Control, controlRun, storeAlone } from "./control-run.ts";

/** What `plan pause` and `plan cancel` are asked for. */
export interface StopRunRequest {
  /** May be left out when the namespace has exactly one instance. */
  readonly instance?: string;
}

/** Lets the newest run stop at its next safe point, so that it can be resumed. Nothing to do when nobody drives it. */
export async function pauseRun(
  ctx: ActionContext,
  request: StopRunRequest,
): Promise<ControlResult> {
  return await controlRun(ctx, request.instance, {
    want: (state) => wanted(state, "pause"),
    told: (record) =>
      record.reason === "Paused"
        ? controlResult(record, {
            result: "paused",
            message: `run ${record.number}: ${record.message ?? "paused"}`,
            hint: "`kplan plan resume` goes on with it",
          })
        : endedFirst(record, "paused"),
    alone: (_, state) => Promise.resolve(notDriven(state)),
  });
}

/** Gives the newest run up: no further write begins, and it says where things stand. Works whether somebody drives it or nobody. Nothing is undone. */
export async function cancelRun(
  ctx: ActionContext,
  request: StopRunRequest,
): Promise<ControlResult> {
  const control: Control = {
    want: (state) => wanted(state, "cancel"),
    told: (record) =>
      record.reason === "Cancelled"
        ? controlResult(record, {
            result: "cancelled",
            message: `run ${record.number}: ${record.message ?? "cancelled"}`,
            ...(record.hint !== undefined && { hint: record.hint }),
          })
        : endedFirst(record, "cancelled"),
    alone: async (lease, state, { run }) => {
      const outcome = await cancelledOutcome(ctx.cluster, run.record, askerOf(ctx));
      const closed = closedRecord(run.record, outcome, ctx.clock.now());
      const record = await storeAlone(ctx, lease, state, run, closed);
      const { hint, standing } = outcome;
      const message = `run ${record.number}: ${outcome.message}`;
      return controlResult(record, {
        result: "cancelled",
        message,
        hint,
        ...(standing && { standing }),
      });
    },
  };
  return await controlRun(ctx, request.instance, control);
}

function wanted(state: KnownInstance, act: "pause" | "cancel"): ReturnType<Control["want"]> {
  const [run] = state.runs;
  const past = act === "pause" ? "paused" : "cancelled";
  if (run === undefined)
    return {
      result: "nothing-to-do",
      instance: state.name,
      namespace: state.namespace,
      message: `nothing to ${act}: ${state.name} has no run`,
    };
  const { record } = run;
  const nothing = (why: string): ControlResult =>
    controlResult(record, {
      result: "nothing-to-do",
      message: `nothing to ${act}: run ${record.number} ${why}`,
    });
  if (record.status === "COMPLETE") return nothing("is complete");
  if (record.reason === "Cancelled") return nothing("was cancelled already");
  if (act === "pause" && record.status === "FATAL_ERROR")
    return nothing(record.reason === "TimedOut" ? "has timed out" : "has failed");
  if (act === "pause" && record.reason !== undefined)
    return nothing(`is ${record.reason === "Paused" ? "paused" : "interrupted"} already`);
  if (act === "cancel" && record.kind === "uninstall")
    throw new KplanError("no-cancel", NO_CANCEL, { kind: "bad-input" });
  return {
    run,
    act: { act },
    isDone: (now) => now.reason === (past === "paused" ? "Paused" : "Cancelled"),
  };
}

/** The run came to another end before its driver heard of it. */
function endedFirst(record: RunRecord, past: string): ControlResult {
  return controlResult(record, {
    result: "nothing-to-do",
    message: `run ${record.number} ${howEnded(record)} before it could be ${past}`,
  });
}

/** What became of a run that nobody could stop any more. Pure. */
export function howEnded({
  status,
  reason,
  message,
}: Pick<RunRecord, "status" | "reason" | "message">): string {
  if (status === "COMPLETE") return "was complete";
  if (reason === "Cancelled") return "was cancelled";
  if (status !== "FATAL_ERROR") return `was stopped (${reason ?? "by its driver"})`;
  return `had ${reason === "TimedOut" ? "timed out" : "failed"} (${message ?? "no word why"})`;
}

function notDriven({ runs, name, namespace }: KnownInstance): ControlResult {
  const record = runs[0]?.record;
  const rest = {
    result: "nothing-to-do" as const,
    message: `nothing to pause: nobody drives run ${record?.number ?? ""} of ${name}`,
    hint: "`kplan plan resume` goes on with it",
  };
  return record ? controlResult(record, rest) : { ...rest, instance: name, namespace };
}
