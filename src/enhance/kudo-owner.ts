import { KplanError } from "../model/kplan-error.ts";
import { groupOf, type KubeObject, refOf, refText } from "../model/kube-object.ts";
import { KUDO_API_VERSION } from "../model/names.ts";
import type { Identity } from "./enhance.ts";

/** Kinds of the core group that hold what cannot be made anew: they stay when somebody deletes the Instance, or its definition (design section 2). */
const KEPT: readonly string[] = ["PersistentVolumeClaim", "Secret"];

/**
 * The Instance as controller of what it applies in its namespace (compat section 4.2). Nothing in no namespace, no claim and no Secret is owned, and nothing
 * at all as long as there is no Instance. Throws a `bad-input` KplanError where the template names another controller.
 */
export function addKudoOwner(object: KubeObject, identity: Identity): void {
  const { instance, instanceUid } = identity;
  if (!instanceUid || !identity.isNamespaced(object) || isKept(object)) return;
  const { ownerReferences = [] } = object.metadata;
  const other = ownerReferences.find(
    ({ controller, uid }) => controller === true && uid !== instanceUid,
  );
  if (other !== undefined)
    throw new KplanError(
      "other-owner",
      `${refText(refOf(object))} names ${other.kind} ${other.name} as its controller in the template, so ${instance} cannot own it`,
      { kind: "bad-input" },
    );
  object.metadata.ownerReferences = [
    ...ownerReferences.filter(({ uid }) => uid !== instanceUid),
    {
      apiVersion: KUDO_API_VERSION,
      kind: "Instance",
      name: instance,
      uid: instanceUid,
      controller: true,
      blockOwnerDeletion: true,
    },
  ];
}

function isKept({ apiVersion, kind }: KubeObject): boolean {
  return groupOf(apiVersion) === "" && KEPT.includes(kind);
}
