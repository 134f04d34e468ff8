import type { StepRun } from "../run-step.ts";
import { checkLate, runTask, type StepState } from "../run-task.ts";
import type { PlacedStep } from "./next-steps.ts";
import { Halted } from "./task-stop.ts";
import { together } from "./together.ts";

/**
 * The tasks of a step as KUDO does them (compat section 7.3): each in listed order as soon as the one before has asked the cluster for what it wants, or has met something
 * that may mend itself; then all are waited for together. What is fatal to one ends all. The step begins when its turn has come, and hands the turn on when the last task
 * has asked. Throws what `runTask` throws.
 */
export async function kudoTasks(
  placed: PlacedStep,
  run: StepRun,
  begin: () => StepState,
): Promise<void> {
  const { turn, halt } = run;
  const mayBegin = (await turn?.come) ?? true;
  if (!mayBegin || halt.aborted) throw new Halted("told to stop");
  const { tasks } = placed.step;
  const state = begin();
  await checkLate(placed, tasks[0] ?? "", run, state);
  let before: Promise<void> = Promise.resolve();
  await together(
    tasks.map((name, index) => {
      const turnCome = before;
      const gate = createGate();
      before = gate.opened;
      return { name, isLast: index === tasks.length - 1, turnCome, open: gate.open };
    }),
    halt,
    async ({ name, isLast, turnCome, open }, signal) => {
      await turnCome;
      try {
        if (signal.aborted) throw new Halted("told to stop");
        const placedNow = (): void => {
          open();
          if (isLast) turn?.pass();
        };
        await runTask(placed, name, { ...run, halt: signal, placed: placedNow }, state);
        placedNow();
      } finally {
        open();
      }
    },
  );
}

function createGate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}
