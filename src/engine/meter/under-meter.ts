import { joinedLines, meterFigures, overBudget } from "../../gates/meter-figures.ts";
import { ClusterError } from "../../model/cluster.ts";
import { KplanError } from "../../model/kplan-error.ts";
import type { Meter, MeterLine, MeterSummary } from "../../model/meter.ts";
import type { Step } from "../../model/plan.ts";
import { pathText, type RunFailure, type RunInputs, type RunPath } from "../../model/run.ts";
import { PausedRun } from "../paused-run.ts";
import type { RunContext } from "../run-context.ts";
import type { StepRun } from "../run-step.ts";
import { FailedStep } from "../steps/failed-step.ts";
import type { PlacedStep } from "../steps/next-steps.ts";
import { Halted, TaskFailure, TaskTrouble } from "../steps/task-stop.ts";
import type { MeterSession } from "./meter-session.ts";
import { useMeter } from "./use-meter.ts";

/** Milliseconds for which a step is measured after its end, so that its last change is seen. */
const TAIL = 1000;
/** Milliseconds between two events of a meter, at least. */
const TELL_EVERY = 500;

/**
 * Does the work of a step while its meter measures, if it has one or the whole run is measured. Over the budget the work is halted at its next safe point.
 * Throws `FailedStep` (the meter does not measure, or it found too much), `PausedRun`, and what the work throws.
 */
export async function underMeter(
  { phase, step }: PlacedStep,
  run: StepRun,
  begin: () => void,
  work: (run: StepRun) => Promise<void>,
): Promise<void> {
  const path = { plan: run.plan, phase, step: step.name };
  const meter = meterOf(step, run.inputs, path);
  if (meter === undefined) return await work(run);
  begin();
  const session = await useMeter(meter, path, run).catch((error: unknown) => {
    throw asFailedStep(error, path);
  });
  const watch = watchBudget(meter, session, path, run);
  try {
    await work({ ...run, halt: AbortSignal.any([run.halt, watch.over]) });
    await watch.tail();
  } catch (error) {
    if (error instanceof Halted && !run.halt.aborted && watch.over.aborted) throw watch.verdict();
    throw error;
  } finally {
    watch.end();
    await session.close();
  }
}

/** The meter of a step. Throws `FailedStep` when it asks for the package's and there is none. */
function meterOf(step: Step, inputs: RunInputs, path: RunPath): Meter | undefined {
  const own = inputs.pkg.operator.meter;
  if (step.meter === undefined) return inputs.meter ? own : undefined;
  if (step.meter !== "package") return step.meter;
  if (own === undefined)
    throw new FailedStep({ path, result: "failed", message: "the package has no meter" });
  return own;
}

/** Why measuring could not begin, as the end of a step. What is a bug or ends the run stays as it is. */
function asFailedStep(error: unknown, path: RunPath): unknown {
  const failure = meterFailure(error, path);
  return failure === undefined ? error : new FailedStep(failure);
}

/** The same as the end of a run. */
export function meterFailure(error: unknown, path: RunPath): RunFailure | undefined {
  if (error instanceof TaskFailure) return { path, message: error.message, ...error.details };
  const isExpected =
    error instanceof ClusterError ||
    error instanceof TaskTrouble ||
    (error instanceof KplanError && error.code !== "lease-lost");
  if (!isExpected) return undefined;
  const why = error instanceof KplanError ? error.issues.map(({ message }) => message) : [];
  const message = `the meter does not measure: ${[error.message, ...why].join("; ")}`;
  const hint = error instanceof TaskTrouble ? undefined : error.hint;
  return { result: "failed", path, message, ...(hint !== undefined && { hint }) };
}

/** Adds up what a meter prints during a step, tells it and judges it. */
function watchBudget(
  meter: Meter,
  session: MeterSession,
  path: RunPath,
  run: RunContext,
): {
  /** Aborts when the budget is over, or nobody knows whether it is. */
  readonly over: AbortSignal;
  /** What ends the step then. */
  readonly verdict: () => Error;
  /** Goes on measuring a little, to the end of a line. Throws `Halted` when the budget is over by then or the run was told to stop. */
  readonly tail: () => Promise<void>;
  readonly end: () => void;
} {
  const { clock, halt } = run;
  const over = new AbortController();
  const figures = meterFigures(clock.monotonic());
  const teller = tellSometimes(path, run);
  let why: string | undefined;
  const exceed = (sentence: string): void => {
    why ??= sentence;
    over.abort();
  };
  const summary = (): MeterSummary => ({ ...figures.summary(), ...(why && { over: why }) });
  const unlisten = session.listen((line, at) => {
    figures.add(line, at);
    const found = overBudget(figures.summary(), meter.budget);
    if (found !== undefined) exceed(withCause(found, line));
    teller.line(line, summary());
  });
  const broken = (): void => {
    const sentence = `what clients feel is not known any more: ${String(session.broken.reason)}`;
    if (Object.keys(meter.budget).length > 0) exceed(sentence);
    else run.emit({ type: "warning", message: sentence });
  };
  if (session.broken.aborted) broken();
  session.broken.addEventListener("abort", broken, { once: true });
  return {
    over: over.signal,
    verdict: () => verdictOf(meter, path, why ?? ""),
    tail: async () => {
      const signal = AbortSignal.any([halt, over.signal]);
      if (session.measures) {
        await clock.sleep(TAIL, signal).catch(() => undefined);
        await nextLine(session, AbortSignal.any([signal, session.broken]));
      }
      if (signal.aborted) throw new Halted("told to stop");
    },
    end: () => {
      unlisten();
      session.broken.removeEventListener("abort", broken);
      teller.flush(summary());
    },
  };
}

/** Resolves with the next line, which tells of the time until now, or when the signal aborts. */
function nextLine(session: MeterSession, until: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (until.aborted) return resolve();
    const end = (): void => {
      unlisten();
      until.removeEventListener("abort", end);
      resolve();
    };
    const unlisten = session.listen(end);
    until.addEventListener("abort", end);
  });
}

function withCause(found: string, { error }: MeterLine): string {
  return error === undefined ? found : `${found}; the last: ${error}`;
}

function verdictOf(meter: Meter, path: RunPath, why: string): Error {
  const message = `the meter is over its budget: ${why}`;
  if (meter.over === "pause")
    return new PausedRun(
      `paused in ${pathText(path)}: ${message}; nothing was undone, and the same command goes on from here`,
    );
  return new FailedStep({
    ...{ path, message, result: "failed" },
    hint: "see what the pods were doing then; the same command goes on from here",
  });
}

/** Tells what came since the last time, not too often. */
function tellSometimes(
  path: RunPath,
  { clock, emit, recorder }: RunContext,
): {
  readonly line: (line: MeterLine, total: MeterSummary) => void;
  readonly flush: (total: MeterSummary) => void;
} {
  let untold: MeterLine[] = [];
  let told = Number.NEGATIVE_INFINITY;
  const flush = (total: MeterSummary): void => {
    if (untold.length === 0) return;
    emit({ type: "meter", path, last: joinedLines(untold), total });
    recorder.meter(pathText(path), total);
    untold = [];
    told = clock.monotonic();
  };
  return {
    flush,
    line: (line, total) => {
      untold.push(line);
      if (clock.monotonic() - told >= TELL_EVERY) flush(total);
    },
  };
}
