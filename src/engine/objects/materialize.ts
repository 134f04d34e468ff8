import { enhance, type Identity } from "../../enhance/enhance.ts";
import type { KubeObject } from "../../model/kube-object.ts";
import type { OperatorPackage } from "../../model/package.ts";
import { pipePodName } from "../../model/pipe-names.ts";
import type { RunInputs, RunPath } from "../../model/run.ts";
import type { TemplateScope } from "../../model/scope.ts";
import type { ApplyTask, DeleteTask, PipeTask } from "../../model/task.ts";
import { pipePod } from "../../render/pipe-pod.ts";
import { type RenderedObject, renderObjects } from "../../render/render-objects.ts";
import { pipesOf, withPipeHints } from "../pipe/pipes-of.ts";

/** What rendering looks at: a run's inputs, or what stands in for them offline. */
export type MaterializeInputs = Pick<
  RunInputs,
  | "uid"
  | "pkg"
  | "instance"
  | "parameters"
  | "facts"
  | "capabilities"
  | "constants"
  | "hashSalt"
  | "only"
  | "apiUpgrade"
  | "pipeImage"
> &
  Partial<Pick<RunInputs, "plans" | "inventory">>;

/** Tasks that put what their templates say into the cluster, or take it away; of a Pipe task it is the pod. */
export type WritingTask = ApplyTask | DeleteTask | PipeTask;

/** What enhancing asks about the cluster; offline, callbacks that know enough. */
export type MaterializeLookup = Pick<Identity, "isNamespaced" | "dependency">;

/** A task's place in a run. */
export type TaskPath = Required<RunPath>;

/** The objects of a task as they are applied: rendered, then enhanced. Pure. Throws a `bad-input` KplanError when a template does not render. */
export function materialize(
  inputs: MaterializeInputs,
  path: TaskPath,
  task: WritingTask,
  lookup: MaterializeLookup,
): KubeObject[] {
  const rendered = renderTask(inputs, path, task).map(({ object }) => object);
  return enhanceTask(inputs, path, rendered, lookup);
}

/** The first half of `materialize`: what the templates say. */
export function renderTask(
  inputs: MaterializeInputs,
  path: TaskPath,
  task: WritingTask,
): RenderedObject[] {
  const { pkg, constants, instance, pipeImage: image } = inputs;
  const keys = task.kind === "Pipe" ? [task.pod] : task.resources;
  const scope = scopeOf(inputs, path);
  const named = task.kind === "Pipe" ? pipePodName(instance.name, path) : undefined;
  const rendered = withHints(pkg, () => renderObjects(pkg, keys, scope, constants, named));
  if (task.kind !== "Pipe") return rendered;
  const pod = pipePod(
    rendered.map(({ object }) => object),
    task,
    image,
  );
  return rendered.map((one) => ({ ...one, object: pod }));
}

function withHints<T>(pkg: OperatorPackage, render: () => T): T {
  try {
    return render();
  } catch (error) {
    throw withPipeHints(error, pkg);
  }
}

/** The second half of `materialize`: labels, annotations, namespace, restart hash. */
export function enhanceTask(
  inputs: MaterializeInputs,
  path: TaskPath,
  objects: readonly KubeObject[],
  lookup: MaterializeLookup,
): KubeObject[] {
  const { operator } = inputs.pkg;
  return enhance(objects, {
    dialect: inputs.pkg.dialect,
    instanceUid: inputs.instance.uid,
    operatorName: operator.name,
    operatorVersion: operator.operatorVersion,
    instance: inputs.instance.name,
    namespace: inputs.instance.namespace,
    path: { plan: path.plan, phase: path.phase, step: path.step },
    runUid: inputs.uid,
    salt: inputs.hashSalt,
    ...lookup,
  });
}

/** The names that a template of a task can use. */
export function scopeOf(inputs: MaterializeInputs, path: TaskPath): TemplateScope {
  const { operator } = inputs.pkg;
  return {
    Name: inputs.instance.name,
    Namespace: inputs.instance.namespace,
    OperatorName: operator.name,
    OperatorVersion: operator.operatorVersion,
    AppVersion: operator.appVersion ?? "",
    PlanName: path.plan,
    PhaseName: path.phase,
    StepName: path.step,
    TaskName: path.task,
    Params: inputs.parameters,
    Pipes: pipesOf(inputs, path.plan),
    Facts: inputs.facts,
    Capabilities: inputs.capabilities,
  };
}
