import { isMap } from "../../model/json.ts";
import { groupOf, type KubeObject } from "../../model/kube-object.ts";
import { type FixedObject, pathText } from "../../model/run.ts";
import type { MaterializeInputs, TaskPath } from "./materialize.ts";

/** Of what a task renders, the objects that the run is about: all of them, unless it says which. */
export function wanted(
  rendered: readonly KubeObject[],
  path: TaskPath,
  { only, instance }: Pick<MaterializeInputs, "only" | "instance">,
): readonly KubeObject[] {
  if (only === undefined) return rendered;
  const here = only.filter((one) => pathText(one.path) === pathText(path));
  return rendered.flatMap((object) => {
    const found = here.find((one) => isNamed(object, one, instance.namespace));
    if (found === undefined) return [];
    return [found.unscaled ? unscaled(object) : object];
  });
}

/** An object as rendered need not say its namespace. */
function isNamed(object: KubeObject, { ref }: FixedObject, namespace: string): boolean {
  return (
    object.kind === ref.kind &&
    groupOf(object.apiVersion) === groupOf(ref.apiVersion) &&
    object.metadata.name === ref.name &&
    (ref.namespace === undefined || (object.metadata.namespace ?? namespace) === ref.namespace)
  );
}

function unscaled(object: KubeObject): KubeObject {
  if (!isMap(object.spec)) return object;
  const { replicas: _, ...spec } = object.spec;
  return { ...object, spec };
}
