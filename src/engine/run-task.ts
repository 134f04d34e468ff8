import { oneLine } from "../expressions/one-line.ts";
import { type KubeObject, refKey } from "../model/kube-object.ts";
import { judgeCondition } from "./objects/conditions.ts";
import { keepTrying } from "./objects/keep-trying.ts";
import { renderText } from "./objects/render-text.ts";
import type { Watchdog } from "./objects/watchdog.ts";
import { checkStep } from "./preview/check-step.ts";
import { holdGate } from "./rollout/gate.ts";
import type { StepShared, TaskContext } from "./run-context.ts";
import type { StepRun } from "./run-step.ts";
import { FailedStep } from "./steps/failed-step.ts";
import type { PlacedStep } from "./steps/next-steps.ts";
import { troubleText } from "./steps/step-message.ts";
import { taskNamed } from "./steps/task-named.ts";
import { TaskFailure } from "./steps/task-stop.ts";
import { doTask } from "./tasks/task.ts";

/** What the tasks of a step share. */
export interface StepState {
  readonly watchdog: Watchdog;
  /** Tasks that are being tried again. */
  readonly troubled: Set<string>;
  readonly shared: StepShared;
  /** The late check, which all tasks wait for. */
  checked?: Promise<void>;
}

/** Dry-runs what could not be checked before the run, on behalf of the step's first task. Throws what `attempt` throws. */
export async function checkLate(
  placed: PlacedStep,
  first: string,
  run: StepRun,
  state: StepState,
): Promise<void> {
  if (!run.isLate) return;
  await attempt(placed, first, run, state, (ctx) => checkStep(placed, ctx));
}

/** Carries out one task of a step, unless its condition is false. Throws what `attempt` throws. */
export async function runTask(
  placed: PlacedStep,
  name: string,
  run: StepRun,
  state: StepState,
): Promise<void> {
  await attempt(placed, name, run, state, async (ctx) => {
    const task = taskNamed(run.inputs.pkg, name);
    const { path } = ctx;
    if (task.when !== undefined && !judgeCondition(task.when, `when of task ${name}`, false, ctx)) {
      state.shared.skipped.add(name);
      run.emit({ type: "task-finished", path, skipped: `${oneLine(task.when)} is false` });
      return;
    }
    await doTask(task, ctx);
    await ctx.announced();
    run.recorder.done({ path });
    run.emit({ type: "task-finished", path });
  });
}

/** Waits until the step's gate holds, if it has one: its tasks are done. Throws what `attempt` throws. */
export async function holdStepGate(
  placed: PlacedStep,
  run: StepRun,
  state: StepState,
): Promise<void> {
  const { gate, tasks } = placed.step;
  const { sets, skipped } = state.shared;
  if (gate === undefined) return;
  // What would say which pods are asked was skipped, so there is nothing to ask about.
  if (gate.pods === undefined && sets.size === 0 && skipped.size > 0) return;
  await attempt(placed, tasks.at(-1) ?? "", run, state, async (ctx) => {
    await holdGate({ gate, set: gatedSet(ctx), beforeChange: false }, ctx);
  });
}

/** The StatefulSet that is rolled out, or else the only one that the step applies. */
function gatedSet({ step, shared, inputs, path }: TaskContext): KubeObject | undefined {
  const sets = [...shared.sets.values()];
  const named = step.rollout?.statefulSet;
  if (named === undefined) return sets.length === 1 ? sets[0] : undefined;
  const name = renderText(named, "the name in rollout", inputs, path);
  return sets.find(({ metadata }) => metadata.name === name);
}

/** A piece of a task, tried until it is done. Throws `FailedStep` with the task's place, `Halted`, a KplanError `lease-lost`, and bugs. */
async function attempt(
  { phase, step }: PlacedStep,
  task: string,
  run: StepRun,
  { watchdog, troubled, shared }: StepState,
  work: (ctx: StepTaskContext) => Promise<void>,
): Promise<void> {
  const path = { plan: run.plan, phase, step: step.name, task };
  const place = { phase, step: step.name };
  const progress = (): void => {
    if (troubled.delete(task) && troubled.size === 0) run.note({ ...place, type: "progress" });
  };
  const ctx = { ...run, path, step, shared, watchdog, progress, ...announcer(path, run) };
  try {
    await keepTrying(
      ctx,
      () => work(ctx),
      (message) => {
        troubled.add(task);
        run.note({ ...place, type: "trouble", message: troubleText(message, path, run.inputs) });
        run.placed?.();
      },
    );
    progress();
  } catch (error) {
    if (!(error instanceof TaskFailure)) throw error;
    throw new FailedStep({ path, message: error.message, ...error.details });
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
  const announce: TaskContext["announce"] = async (act, objects, record) => {
    const text = JSON.stringify([act, ...objects.map(refKey)]);
    if (said === text) return;
    if (objects.length > 0)
      await recorder.intent({ path, act, objects, ...(record !== undefined && { record }) });
    const made = act === "exec" ? [] : objects;
    for (const ref of record === undefined ? made : [...made, record]) inventory.add(refKey(ref));
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
