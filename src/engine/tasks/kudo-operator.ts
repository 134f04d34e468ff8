import type { KudoOperatorTask } from "../../model/task.ts";
import { driveWanted } from "../children/drive-wanted.ts";
import { wantedChild } from "../children/wanted-child.ts";
import type { TaskContext } from "../run-context.ts";

/**
 * Brings an instance of another package to what the task says and waits until its plans are complete (compat section 5.2).
 */
export async function kudoOperatorTask(task: KudoOperatorTask, ctx: TaskContext): Promise<void> {
  // What is put right are objects; an instance puts its own right.
  if (ctx.inputs.only !== undefined) return;
  const wanted = wantedChild(task, ctx.inputs);
  await ctx.announce("apply", [wanted.ref]);
  await driveWanted(wanted, ctx, () => ctx.placed?.());
}
