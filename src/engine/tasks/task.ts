import type { Task } from "../../model/task.ts";
import type { TaskContext } from "../run-context.ts";
import { applyTask } from "./apply.ts";
import { deleteTask } from "./delete.ts";
import { dummyTask } from "./dummy.ts";
import { execTask } from "./exec.ts";

/**
 * Carries out a task: resolves when all is as it should be. It may be called again after any failure, and then does only what is left.
 * Throws `TaskFailure`, `TaskTrouble`, `Halted`, ClusterError and KplanError; `keepTrying` knows what each means.
 */
export type TaskHandler<K extends Task["kind"]> = (
  task: Extract<Task, { kind: K }>,
  ctx: TaskContext,
) => Promise<void>;

/** All kinds of tasks, one file each. */
const HANDLERS: { readonly [K in Task["kind"]]: TaskHandler<K> } = {
  Apply: applyTask,
  Delete: deleteTask,
  Exec: execTask,
  Dummy: dummyTask,
};

/** Carries out a task by its kind. */
export async function doTask<K extends Task["kind"]>(
  task: Extract<Task, { kind: K }>,
  ctx: TaskContext,
): Promise<void> {
  const handler: TaskHandler<K> = HANDLERS[task.kind as K];
  await handler(task, ctx);
}
