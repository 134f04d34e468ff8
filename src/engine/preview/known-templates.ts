import { KplanError } from "../../model/kplan-error.ts";
import type { ApplyTask, DeleteTask } from "../../model/task.ts";
import { type MaterializeInputs, renderTask, type TaskPath } from "../objects/materialize.ts";
import { UnknownFact } from "./foresee.ts";

/** A task without some of its templates, and why each of those is not known, by its key. */
export interface KnownTemplates {
  readonly known: ApplyTask | DeleteTask;
  readonly later: ReadonlyMap<string, string>;
}

/**
 * The task without the templates whose objects are not known yet: those that read facts which are not (see `guardedFacts`), and, where it is not known whether the
 * task runs at all, those that do not render now.
 * @param why it is not known whether the task runs
 */
export function knownTemplates(
  inputs: MaterializeInputs,
  path: TaskPath,
  task: ApplyTask | DeleteTask,
  why?: string,
): KnownTemplates {
  const later = new Map<string, string>();
  for (const key of task.resources) {
    try {
      renderTask(inputs, path, { ...task, resources: [key] });
    } catch (error) {
      if (error instanceof UnknownFact) later.set(key, error.why);
      else if (why !== undefined && error instanceof KplanError) later.set(key, why);
    }
  }
  const resources = task.resources.filter((key) => !later.has(key));
  return { known: later.size === 0 ? task : { ...task, resources }, later };
}
