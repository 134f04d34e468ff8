import { isMap } from "../../model/json.ts";
import { KplanError } from "../../model/kplan-error.ts";
import {
  groupOf,
  type KubeObject,
  type OwnerReference,
  refKey,
  refOf,
  refText,
} from "../../model/kube-object.ts";
import { KUDO_API_VERSION } from "../../model/names.ts";
import type { RunInputs } from "../../model/run.ts";
import type { UnwantedChild, WantedChild } from "./children.ts";

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

/** What such an object wants. Throws a `bad-input` KplanError for one without an OperatorVersion. */
export function appliedInstance(
  object: KubeObject,
  { instance }: Pick<RunInputs, "instance">,
): WantedChild {
  const { namespace } = instance;
  const spec = isMap(object.spec) ? object.spec : {};
  const version = isMap(spec.operatorVersion) ? spec.operatorVersion : {};
  const parameters = Object.entries(isMap(spec.parameters) ? spec.parameters : {});
  if (typeof version.name !== "string" || version.name === "")
    throw wrong(object, "names no OperatorVersion");
  const elsewhere = elsewhereOf(object, namespace);
  return {
    ref: instanceRef(object, namespace),
    operatorVersion: version.name,
    ...(elsewhere !== undefined && { operatorVersionNamespace: elsewhere }),
    values: Object.fromEntries(parameters.map(([key, value]) => [key, String(value)])),
    parent: { ...parentOf(instance), controller: true, blockOwnerDeletion: true },
  };
}

/** What a task that deletes such an object in this plan wants: an instance that is to be gone. */
export function deletedInstance(
  object: KubeObject,
  plan: string,
  { instance, inventory }: Pick<RunInputs, "instance" | "inventory">,
): UnwantedChild {
  const { namespace } = instance;
  const ref = instanceRef(object, namespace);
  return {
    ref,
    parent: parentOf(instance),
    isMade: inventory.some((entry) => refKey(entry.ref) === refKey(ref)),
    // What was copied into this namespace goes; with the one who wants it, all goes.
    keepsVersion: plan !== "cleanup" && elsewhereOf(object, namespace) === undefined,
  };
}

function instanceRef({ metadata: { name } }: KubeObject, namespace: string): WantedChild["ref"] {
  return { apiVersion: KUDO_API_VERSION, kind: "Instance", namespace, name };
}

function parentOf({ name, uid }: RunInputs["instance"]): OwnerReference {
  return { apiVersion: KUDO_API_VERSION, kind: "Instance", name, uid };
}

/** The namespace of its OperatorVersion, when that is another one. */
function elsewhereOf({ spec }: KubeObject, namespace: string): string | undefined {
  const version = isMap(spec) && isMap(spec.operatorVersion) ? spec.operatorVersion : {};
  const { namespace: other } = version;
  return typeof other === "string" && other !== "" && other !== namespace ? other : undefined;
}

function wrong(object: KubeObject, why: string): KplanError {
  return new KplanError("applied-instance", `${refText(refOf(object))} ${why}`, {
    kind: "bad-input",
  });
}
