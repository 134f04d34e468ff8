import { isKudoTask, type NativeTask, type Task } from "../../model/task.ts";
import type { TaskContext } from "../run-context.ts";
import { applyTask } from "./apply.ts";
import { deleteTask } from "./delete.ts";
import { dummyTask } from "./dummy.ts";
import { execTask } from "./exec.ts";
import { kudoOperatorTask } from "./kudo-operator.ts";

/**
 * Carries out a task: resolves when all is as it should be. It may be called again after any failure, and then does only what is left.
 * Throws `TaskFailure`, `TaskTrouble`, `Halted`, ClusterError and KplanError; `keepTrying` knows what each means.
 */
export type TaskHandler<K extends NativeTask["kind"]> = (
  task: Extract<NativeTask, { kind: K }>,
  ctx: TaskContext,
) => Promise<void>;

/** All kinds of tasks, one file each. */
const HANDLERS: { readonly [K in NativeTask["kind"]]: TaskHandler<K> } = {
  Apply: applyTask,
  Delete: deleteTask,
  Exec: execTask,
  Dummy: dummyTask,
};

/** Carries out a task by its kind. */
export async function doTask(task: Task, ctx: TaskContext): Promise<void> {
  if (task.kind === "KudoOperator") return await kudoOperatorTask(task, ctx);
  // The loader lets no KUDO package through yet.
  if (isKudoTask(task)) throw new Error(`no handler for task ${task.name} of kind ${task.kind}`);
  await doNative(task, ctx);
}

async function doNative<K extends NativeTask["kind"]>(
  task: Extract<NativeTask, { kind: K }>,
  ctx: TaskContext,
): Promise<void> {
  const handler: TaskHandler<K> = HANDLERS[task.kind as K];
  await handler(task, ctx);
}
