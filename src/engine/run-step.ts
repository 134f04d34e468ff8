import type { RunFailure, RunPause, RunReason } from "../model/run.ts";
import { underMeter } from "./meter/under-meter.ts";
import { createWatchdog } from "./objects/watchdog.ts";
import { PausedRun } from "./paused-run.ts";
import { createStepShared, type Limit, type RunContext } from "./run-context.ts";
import { checkLate, holdStepGate, runTask, type StepState } from "./run-task.ts";
import type { StepEvent } from "./steps/advance.ts";
import { FailedStep } from "./steps/failed-step.ts";
import { kudoTasks } from "./steps/kudo-tasks.ts";
import type { PlacedStep } from "./steps/next-steps.ts";
import { stepBegins } from "./steps/step-begins.ts";
import { failureText } from "./steps/step-message.ts";
import { Halted } from "./steps/task-stop.ts";
import { together } from "./steps/together.ts";
import type { Turn } from "./steps/turns.ts";

/** How a step ended. Halted or paused: it stays as it is, a resumed run does it again. */
export type StepEnd = "done" | "halted" | RunFailure | RunPause;

/** What running a step needs besides the run. */
export interface StepRun extends RunContext {
  readonly plan: string;
  /** Bounds the tasks that run at the same time. */
  readonly slots: Limit;
  /** Of a KUDO package: when the step may begin, and how the next one learns that it may. */
  readonly turn?: Turn;
  /** See `Acting`. */
  readonly placed?: () => void;
  /** Moves the step in the status of its plan. */
  readonly note: (event: StepEvent, reason?: RunReason) => void;
  /** Whether some objects of the step could not be checked before the run. */
  readonly isLate: boolean;
}

/**
 * Runs a step: what it asks for first (`stepBegins`), then its tasks, serial ones gated on the one before, parallel ones at the same time, each when there is room; those of
 * a KUDO package as KUDO does them (`kudoTasks`).
 * The step begins with its first task. Throws a KplanError `lease-lost` and bugs only.
 */
export async function runStep(placed: PlacedStep, run: StepRun): Promise<StepEnd> {
  const { phase, step } = placed;
  const place = { phase, step: step.name };
  const begin = once((): StepState => {
    run.note({ ...place, type: "begin" });
    const limits = {
      step: step.timeout ?? run.limits.step,
      noActivity: step.noActivity ?? run.limits.noActivity,
    };
    const watchdog = createWatchdog(run.clock, limits);
    return { watchdog, troubled: new Set(), shared: createStepShared() };
  });
  try {
    const skipped = stepBegins(placed, run);
    if (skipped !== undefined) {
      run.note({ ...place, type: "skip", message: skipped }, "Skipped");
      return "done";
    }
    const doTasks = run.inputs.pkg.dialect === "kudo" ? kudoTasks : runTasks;
    await underMeter(placed, run, begin, async (measured) => {
      await doTasks(placed, measured, begin);
      await holdStepGate(placed, measured, begin());
    });
    run.note({ ...place, type: "done" });
    return "done";
  } catch (error) {
    if (error instanceof Halted) return "halted";
    if (error instanceof PausedRun) return error.pause;
    run.turn?.pass("failed");
    if (!(error instanceof FailedStep)) throw error;
    const reason = error.failure.result === "timed-out" ? "TimedOut" : "Failed";
    const message = failureText(error.failure, run.inputs);
    run.note({ ...place, type: "fail", message }, reason);
    return error.failure;
  } finally {
    run.turn?.pass();
  }
}

async function runTasks(placed: PlacedStep, run: StepRun, begin: () => StepState): Promise<void> {
  const { step } = placed;
  const groups = step.strategy === "parallel" ? step.tasks.map((name) => [name]) : [step.tasks];
  await together(groups, run.halt, (names, halt) =>
    run.slots(async () => {
      if (halt.aborted) throw new Halted("told to stop");
      const state = begin();
      state.checked ??= checkLate(placed, names[0] ?? "", { ...run, halt }, state);
      await state.checked;
      for (const name of names) await runTask(placed, name, { ...run, halt }, state);
    }),
  );
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
