import { KplanError } from "../../model/kplan-error.ts";
import type { ObjectRef } from "../../model/kube-object.ts";
import { kudoTaskProblem } from "../../model/kudo-task-problem.ts";
import { pipeArtifactName } from "../../model/pipe-names.ts";
import type { PlannedObject, RunInputs } from "../../model/run.ts";
import type { Task } from "../../model/task.ts";
import type { TaskPath, WritingTask } from "../objects/materialize.ts";
import { toggled } from "../objects/toggled.ts";

/** What a task writes with the parameters of a run, why it cannot be done at all, or nothing for one that writes no objects of its own. */
export function writingTask(
  task: Task,
  { pkg, parameters }: Pick<RunInputs, "pkg" | "parameters">,
): WritingTask | { readonly problem: string } | undefined {
  const problem = pkg.dialect === "kudo" ? kudoTaskProblem(task) : undefined;
  if (problem !== undefined) return { problem };
  switch (task.kind) {
    case "Apply":
    case "Delete":
    case "Pipe":
      return task;
    case "Toggle":
      try {
        return toggled(task, pkg, parameters);
      } catch (error) {
        if (error instanceof KplanError) return { problem: error.message };
        throw error;
      }
    default:
      return undefined;
  }
}

/** The artifacts of a Pipe task: what they hold is known when its pod has run. */
export function artifactsOf(
  task: WritingTask,
  path: TaskPath,
  { instance }: Pick<RunInputs, "instance">,
): readonly (PlannedObject & { readonly ref: ObjectRef })[] {
  if (task.kind !== "Pipe") return [];
  return task.pipe.map(({ kind, key }) => {
    const name = pipeArtifactName(instance.name, path, key);
    const ref = { apiVersion: "v1", kind, name, namespace: instance.namespace };
    return { path, ref, change: "later", why: `its pod writes what it holds` };
  });
}

/** Tasks that make pods or instances, which may define kinds themselves: what is not served yet may be by the time a later step comes. */
export function mayDefineKinds(pkg: RunInputs["pkg"], { kind }: Task): boolean {
  return (
    pkg.dialect === "kudo" && (kind === "Apply" || kind === "Toggle" || kind === "KudoOperator")
  );
}
