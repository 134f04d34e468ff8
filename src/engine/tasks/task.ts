import { kudoTaskProblem } from "../../model/kudo-task-problem.ts";
import type { NativeTask, Task } from "../../model/task.ts";
import { toggled } from "../objects/toggled.ts";
import type { TaskContext } from "../run-context.ts";
import { TaskFailure } from "../steps/task-stop.ts";
import { applyTask } from "./apply.ts";
import { deleteTask } from "./delete.ts";
import { dummyTask } from "./dummy.ts";
import { execTask } from "./exec.ts";
import { kudoOperatorTask } from "./kudo-operator.ts";
import { pipeTask } from "./pipe.ts";

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
  const problem = ctx.inputs.pkg.dialect === "kudo" ? kudoTaskProblem(task) : undefined;
  if (problem !== undefined) throw new TaskFailure(problem);
  if (task.kind === "KudoOperator") return await kudoOperatorTask(task, ctx);
  if (task.kind === "Pipe") return await pipeTask(task, ctx);
  const { pkg, parameters } = ctx.inputs;
  await doNative(task.kind === "Toggle" ? toggled(task, pkg, parameters) : task, ctx);
}

async function doNative<K extends NativeTask["kind"]>(
  task: Extract<NativeTask, { kind: K }>,
  ctx: TaskContext,
): Promise<void> {
  const handler: TaskHandler<K> = HANDLERS[task.kind as K];
  await handler(task, ctx);
}
