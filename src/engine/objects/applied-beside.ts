import { KplanError } from "../../model/kplan-error.ts";
import { groupOf, type KubeObject, refKey, refOf } from "../../model/kube-object.ts";
import type { Phase, Plan } from "../../model/plan.ts";
import { taskNamed } from "../steps/task-named.ts";
import { enhanceTask, type MaterializeInputs, renderTask, type TaskPath } from "./materialize.ts";
import { toggled } from "./toggled.ts";

/**
 * The ConfigMaps and Secrets that a KUDO package applies beside a task, as they will be, by `refKey`: by other tasks of its step, and of steps that it does not wait for. KUDO
 * goes over all of them until all are done, so that its hash of what pods use (compat section 4.3) is at last about all of them, whichever comes first.
 */
export function appliedBeside(inputs: MaterializeInputs, path: TaskPath): Map<string, KubeObject> {
  const beside = new Map<string, KubeObject>();
  const plan = inputs.pkg.operator.plans.find(({ name }) => name === path.plan);
  for (const place of plan === undefined ? [] : placesBeside(plan, path))
    for (const object of objectsOf(inputs, place)) beside.set(refKey(refOf(object)), object);
  return beside;
}

function placesBeside(plan: Plan, path: TaskPath): TaskPath[] {
  const phases = plan.phases.filter(
    (phase) => phase.name === path.phase || (isParallel(plan) && isParallel(phase)),
  );
  return phases.flatMap((phase) =>
    phase.steps
      .filter((step) => isParallel(phase) || step.name === path.step)
      .flatMap((step) =>
        step.tasks
          .filter((task) => step.name !== path.step || task !== path.task)
          .map((task) => ({ plan: plan.name, phase: phase.name, step: step.name, task })),
      ),
  );
}

function isParallel({ strategy }: Plan | Phase): boolean {
  return strategy === "parallel";
}

/** None of a task that cannot be rendered: that is told where it is done. */
function objectsOf(inputs: MaterializeInputs, path: TaskPath): KubeObject[] {
  const lookup = { isNamespaced: () => true, dependency: () => undefined };
  try {
    const named = taskNamed(inputs.pkg, path.task);
    const task = named.kind === "Toggle" ? toggled(named, inputs.pkg, inputs.parameters) : named;
    if (task.kind !== "Apply") return [];
    const rendered = renderTask(inputs, path, task).map(({ object }) => object);
    return enhanceTask(inputs, path, rendered.filter(isUsedByPods), lookup);
  } catch (error) {
    if (error instanceof KplanError) return [];
    throw error;
  }
}

function isUsedByPods({ apiVersion, kind }: KubeObject): boolean {
  return groupOf(apiVersion) === "" && (kind === "ConfigMap" || kind === "Secret");
}
