import type { DummyTask } from "../../model/task.ts";
import { createBell } from "../bell.ts";
import type { TaskContext } from "../run-context.ts";
import { TaskFailure, TaskTrouble } from "../steps/task-stop.ts";
import { untilSettled } from "../steps/until-settled.ts";

/** Does nothing, in the way it is told: ends, never ends, fails for now or for good (compat section 5). */
export async function dummyTask(task: DummyTask, ctx: TaskContext): Promise<void> {
  if (task.wantErr)
    throw task.fatal ? new TaskFailure("dummy error") : new TaskTrouble("dummy error");
  await ctx.announce("apply", []);
  ctx.placed?.();
  const waitingFor = `task ${task.name}, which is told never to be done`;
  await untilSettled(
    () => (task.done ? true : undefined),
    () => waitingFor,
    createBell(ctx.clock),
    ctx,
  );
}
