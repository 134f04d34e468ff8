import type { ExecTask } from "../../model/task.ts";
import type { TaskContext } from "../run-context.ts";
import { TaskFailure } from "../task-stop.ts";

/** Runs a command in pods and keeps what it prints. */
export async function execTask(task: ExecTask, _ctx: TaskContext): Promise<void> {
  await Promise.reject(new TaskFailure(`task ${task.name}: Exec is not carried out yet`));
}
