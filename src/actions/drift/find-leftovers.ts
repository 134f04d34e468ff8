import { renderTask, type TaskPath } from "../../engine/objects/materialize.ts";
import { toggled } from "../../engine/objects/toggled.ts";
import { findsOut, foresee } from "../../engine/preview/foresee.ts";
import { taskNamed } from "../../engine/steps/task-named.ts";
import { KplanError } from "../../model/kplan-error.ts";
import { groupOf, type ObjectRef } from "../../model/kube-object.ts";
import type { InventoryEntry, RunInputs } from "../../model/run.ts";
import type { ToggleTask } from "../../model/task.ts";

/**
 * What an instance has made and no plan of its package would make with the values that it has now: what an earlier version or other values have left. None where
 * not all templates can be rendered, since nobody knows then.
 * @param inputs with the package and the values as they are
 */
export function findLeftovers(
  inventory: readonly InventoryEntry[],
  inputs: RunInputs,
  simulated: boolean,
): readonly InventoryEntry[] {
  const made = madeByAny(inputs, simulated);
  if (made === undefined) return [];
  const isApplied = ({ path }: InventoryEntry): boolean =>
    inputs.pkg.operator.tasks.every(
      ({ name, kind }) => name !== path.task || kind === "Apply" || kind === "Toggle",
    );
  return inventory.filter(
    (entry) => isApplied(entry) && !made.has(nameOf(entry.ref, inputs.instance.namespace)),
  );
}

function madeByAny(inputs: RunInputs, simulated: boolean): ReadonlySet<string> | undefined {
  const { pkg, instance } = inputs;
  const exec = pkg.operator.tasks.filter(({ name }) => findsOut(pkg, name, {}));
  const pending = new Set(exec.map(({ name }) => name));
  const isOff = (when: string | undefined): boolean =>
    when !== undefined && foresee(when, pending, inputs, simulated) === false;
  const made = new Set<string>();
  for (const plan of pkg.operator.plans)
    for (const phase of plan.phases)
      for (const step of phase.steps)
        for (const name of isOff(step.when) ? [] : step.tasks) {
          const named = taskNamed(pkg, name);
          const task = named.kind === "Toggle" ? onOrOff(named, inputs) : named;
          if (task === undefined) return undefined;
          if (task.kind !== "Apply" || isOff(task.when)) continue;
          const path = { plan: plan.name, phase: phase.name, step: step.name, task: name };
          const refs = refsOf(inputs, path, task);
          if (refs === undefined) return undefined;
          for (const ref of refs) made.add(nameOf(ref, instance.namespace));
        }
  return made;
}

/** Undefined where its parameter says neither. */
function onOrOff(
  task: ToggleTask,
  { pkg, parameters }: RunInputs,
): ReturnType<typeof toggled> | undefined {
  try {
    return toggled(task, pkg, parameters);
  } catch (error) {
    if (error instanceof KplanError) return undefined;
    throw error;
  }
}

function refsOf(
  inputs: RunInputs,
  path: TaskPath,
  task: Parameters<typeof renderTask>[2],
): readonly ObjectRef[] | undefined {
  try {
    return renderTask(inputs, path, task).map(({ object: { apiVersion, kind, metadata } }) => ({
      apiVersion,
      kind,
      name: metadata.name,
      ...(metadata.namespace !== undefined && { namespace: metadata.namespace }),
    }));
  } catch (error) {
    if (error instanceof KplanError) return undefined;
    throw error;
  }
}

/** A cluster-scoped object has the instance's namespace here: which kinds are, templates do not say. */
function nameOf(ref: ObjectRef, namespace: string): string {
  return [groupOf(ref.apiVersion), ref.kind, ref.namespace ?? namespace, ref.name].join("/");
}
