import { isMap } from "../../model/json.ts";
import { KplanError } from "../../model/kplan-error.ts";
import { groupOf, type KubeObject, refOf, refText } from "../../model/kube-object.ts";
import { KUDO_API_VERSION } from "../../model/names.ts";
import type { RunInputs } from "../../model/run.ts";
import type { WantedChild } from "./children.ts";

/**
 * Whether an object that a task of a KUDO package applies is an Instance: there is no controller that would run its plans, so it is driven like one that a KudoOperator task makes.
 * In native packages it is an object like any other.
 */
export function isDriven(
  { apiVersion, kind }: KubeObject,
  { pkg }: Pick<RunInputs, "pkg">,
): boolean {
  return pkg.dialect === "kudo" && kind === "Instance" && groupOf(apiVersion) === "kudo.dev";
}

/** What such an object wants. Throws a `bad-input` KplanError for one without an OperatorVersion, or with one of another namespace, where no package is looked for. */
export function appliedInstance(
  object: KubeObject,
  { instance }: Pick<RunInputs, "instance">,
): WantedChild {
  const { name, namespace } = instance;
  const spec = isMap(object.spec) ? object.spec : {};
  const version = isMap(spec.operatorVersion) ? spec.operatorVersion : {};
  const parameters = Object.entries(isMap(spec.parameters) ? spec.parameters : {});
  if (typeof version.name !== "string" || version.name === "")
    throw wrong(object, "names no OperatorVersion");
  if (typeof version.namespace === "string" && version.namespace !== namespace)
    throw wrong(
      object,
      `has its OperatorVersion in namespace ${version.namespace}; it must be in ${namespace}`,
    );
  return {
    ref: { apiVersion: KUDO_API_VERSION, kind: "Instance", namespace, name: object.metadata.name },
    operatorVersion: version.name,
    values: Object.fromEntries(parameters.map(([key, value]) => [key, String(value)])),
    parent: {
      ...{ apiVersion: KUDO_API_VERSION, kind: "Instance", name, uid: instance.uid },
      ...{ controller: true, blockOwnerDeletion: true },
    },
  };
}

function wrong(object: KubeObject, why: string): KplanError {
  return new KplanError("applied-instance", `${refText(refOf(object))} ${why}`, {
    kind: "bad-input",
  });
}
