import { refKey } from "../model/kube-object.ts";
import type { RunFailure, RunReason } from "../model/run.ts";
import type { StepEvent } from "./advance.ts";
import { checkStep } from "./check-step.ts";
import { keepTrying } from "./keep-trying.ts";
import type { PlacedStep } from "./next-steps.ts";
import type { Limit, RunContext, TaskContext } from "./run-context.ts";
import { taskNamed } from "./task-named.ts";
import { Halted, TaskFailure } from "./task-stop.ts";
import { doTask } from "./tasks/task.ts";
import { together } from "./together.ts";
import { createWatchdog, type Watchdog } from "./watchdog.ts";

/** How a step ended. Halted: it stays as it is, a resumed run does it again. */
export type StepEnd = "done" | "halted" | RunFailure;

/** What running a step needs besides the run. */
export interface StepRun extends RunContext {
  readonly plan: string;
  /** Bounds the tasks that run at the same time. */
  readonly slots: Limit;
  /** Moves the step in the status of its plan. */
  readonly note: (event: StepEvent, reason?: RunReason) => void;
  /** Whether some objects of the step could not be checked before the run. */
  readonly isLate: boolean;
}

/**
 * Runs the tasks of a step: serial ones gated on the one before, parallel ones at the same time, each when there is room. The step begins with its first task.
 * Throws a KplanError `lease-lost` and bugs only.
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
    return { watchdog: createWatchdog(run.clock, limits), troubled: new Set() };
  });
  const groups = step.strategy === "parallel" ? step.tasks.map((name) => [name]) : [step.tasks];
  try {
    await together(groups, run.halt, (names, halt) =>
      run.slots(async () => {
        if (halt.aborted) throw new Halted("told to stop");
        const state = begin();
        state.checked ??= checkLate(placed, names[0] ?? "", { ...run, halt }, state);
        await state.checked;
        for (const name of names) await runTask(placed, name, { ...run, halt }, state);
      }),
    );
    begin();
    run.note({ ...place, type: "done" });
    return "done";
  } catch (error) {
    if (error instanceof Halted) return "halted";
    if (!(error instanceof FailedTask)) throw error;
    const { message, result } = error.failure;
    const reason = result === "timed-out" ? "TimedOut" : "Failed";
    run.note({ ...place, type: "fail", message }, reason);
    return error.failure;
  }
}

/** What the tasks of a step share. */
interface StepState {
  readonly watchdog: Watchdog;
  /** Tasks that are being tried again. */
  readonly troubled: Set<string>;
  /** The late check, which all tasks wait for. */
  checked?: Promise<void>;
}

async function checkLate(
  placed: PlacedStep,
  first: string,
  run: StepRun,
  state: StepState,
): Promise<void> {
  if (!run.isLate) return;
  await attempt(placed, first, run, state, (ctx) => checkStep(placed, ctx));
}

async function runTask(
  placed: PlacedStep,
  name: string,
  run: StepRun,
  state: StepState,
): Promise<void> {
  await attempt(placed, name, run, state, async (ctx) => {
    await doTask(taskNamed(run.inputs.pkg, name), ctx);
    await ctx.announced();
    run.recorder.done({ path: ctx.path });
    run.emit({ type: "task-finished", path: ctx.path });
  });
}

/** A piece of a task, tried until it is done; its failure carries its place. */
async function attempt(
  { phase, step }: PlacedStep,
  task: string,
  run: StepRun,
  { watchdog, troubled }: StepState,
  work: (ctx: StepTaskContext) => Promise<void>,
): Promise<void> {
  const path = { plan: run.plan, phase, step: step.name, task };
  const place = { phase, step: step.name };
  const progress = (): void => {
    if (troubled.delete(task) && troubled.size === 0) run.note({ ...place, type: "progress" });
  };
  const ctx = { ...run, path, watchdog, progress, ...announcer(path, run) };
  try {
    await keepTrying(
      ctx,
      () => work(ctx),
      (message) => {
        troubled.add(task);
        run.note({ ...place, type: "trouble", message });
      },
    );
    progress();
  } catch (error) {
    if (!(error instanceof TaskFailure)) throw error;
    throw new FailedTask({ path, message: error.message, ...error.details });
  }
}

interface StepTaskContext extends TaskContext {
  /** Says that the task has begun, for one that had nothing to say so itself. */
  readonly announced: () => Promise<void>;
}

/** Announces a task's writes once, however often it is tried. */
function announcer(
  path: TaskContext["path"],
  { recorder, emit, inventory }: StepRun,
): Pick<StepTaskContext, "announce" | "announced"> {
  let said: string | undefined;
  const announce: TaskContext["announce"] = async (act, objects) => {
    const text = JSON.stringify([act, ...objects.map(refKey)]);
    if (said === text) return;
    if (objects.length > 0) await recorder.intent({ path, act, objects });
    for (const ref of objects) inventory.add(refKey(ref));
    if (said === undefined) emit({ type: "task-started", path, objects, act });
    said = text;
  };
  return {
    announce,
    announced: async () => {
      if (said === undefined) await announce("apply", []);
    },
  };
}

/** A `TaskFailure` with its place. */
class FailedTask extends Error {
  override readonly name = "FailedTask";
  readonly failure: RunFailure;

  constructor(failure: RunFailure) {
    super(failure.message);
    this.failure = failure;
  }
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
