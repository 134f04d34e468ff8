import { KplanError } from "../../model/kplan-error.ts";
import type { RunOutcome, RunRecord } from "../../model/run.ts";
import type { ActionResult } from "../action-result.ts";
import type { ActionContext } from "../context.ts";
import { instanceName } from "../instance/find-instance.ts";
import { readInstanceState, requireInstance } from "../instance/instance-state.ts";
import { followRun, outcomeOf, STOPPED_LOOKING, tell } from "../run/follow-run.ts";
import { isLeft } from "../run/run-record.ts";
import { driverOf } from "./driver-of.ts";

/** What `plan attach` and `plan wait` are asked for. */
export interface AttachRunRequest {
  /** May be left out when the namespace has exactly one instance. */
  readonly instance?: string;
  /** uid of the run that is meant: another one is not followed. */
  readonly run?: string;
  /** Milliseconds; for ever when absent. */
  readonly timeout?: number;
}

/**
 * Shows the newest run of an instance, whoever drives it, until it ends; one that has ended, as it ended. Changes nothing: Ctrl-C only ends the looking. A driver that dies
 * leaves the run interrupted, and the outcome says how to go on. Throws a `timed-out` KplanError when it goes on for longer than `timeout`, a `bad-input` one when there is no run.
 * @param unless thrown when another run than `request.run` is driven
 */
export async function attachRun(
  ctx: ActionContext,
  request: AttachRunRequest,
  unless?: KplanError,
): Promise<ActionResult> {
  const instance = await instanceName(ctx, request.instance);
  const late = new AbortController();
  const ended = new AbortController();
  const { timeout } = request;
  if (timeout !== undefined)
    void ctx.clock.sleep(timeout, ended.signal).then(
      () => late.abort(),
      () => undefined,
    );
  try {
    const looking = { ...ctx, stop: AbortSignal.any([ctx.stop, late.signal]) };
    const outcome = await follow(looking, instance, request.run, unless);
    if (outcome === STOPPED_LOOKING && !ctx.stop.aborted) throw tooLate(instance, timeout ?? 0);
    return { kind: "attached", outcome };
  } finally {
    ended.abort();
  }
}

async function follow(
  ctx: ActionContext,
  instance: string,
  run: string | undefined,
  unless: KplanError | undefined,
): Promise<RunOutcome> {
  let before: RunRecord | undefined;
  // Once in any case: with no time at all it is still said how a run stands that has ended.
  do {
    const driver = await driverOf(ctx, instance);
    const state = await requireInstance(ctx, await readInstanceState(ctx, instance));
    const record = state.runs[0]?.record;
    if (unless !== undefined && record?.uid !== run) throw unless;
    if (driver !== undefined && (record === undefined || !isLeft(record))) {
      const outcome = await followRun(ctx, instance, driver);
      if (outcome !== undefined) return outcome;
      continue;
    }
    if (record === undefined)
      throw new KplanError("no-run", `${instance} has no run`, { kind: "bad-input" });
    if (driver === undefined || record.finishedAt !== undefined)
      return outcomeOf(record) ?? driverless(record);
    tell(ctx, record, before);
    before = record;
    // It was left, and somebody is about to take it up.
    await ctx.clock.sleep(PAUSE_MS, ctx.stop).catch(() => undefined);
  } while (!ctx.stop.aborted);
  return STOPPED_LOOKING;
}

/** Milliseconds between two looks. */
const PAUSE_MS = 500;

function driverless({ number }: RunRecord): RunOutcome {
  return {
    result: "interrupted",
    message: `nobody drives run ${number} any more: its driver died; \`kplan plan resume\` goes on with it`,
  };
}

function tooLate(instance: string, timeout: number): KplanError {
  return new KplanError(
    "still-running",
    `the run of ${instance} still goes on after ${Math.round(timeout / 100) / 10} s`,
    { kind: "timed-out", hint: "it goes on all the same; `kplan plan attach` shows it" },
  );
}
