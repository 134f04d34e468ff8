import { ClusterError } from "../../model/cluster.ts";
import { type KubeObject, refOf, refText } from "../../model/kube-object.ts";
import { ANNOTATION, LABEL } from "../../model/names.ts";

/** An instance, as its objects name it. */
export interface InstanceName {
  readonly name: string;
  readonly namespace: string;
}

/**
 * Refuses to write or delete an object that another instance applied last: no field would conflict, for both write as kplan, and whichever is uninstalled first would
 * take it away from the other. Definitions of kinds may be shared. Throws a ClusterError that no repetition mends.
 */
export function refuseOtherInstance(
  live: KubeObject,
  instance: InstanceName | undefined,
  by: { readonly forceConflicts: boolean },
): void {
  if (by.forceConflicts || !instance || live.kind === "CustomResourceDefinition") return;
  const owner = otherOwner(live, instance);
  if (owner === undefined) return;
  const ref = refOf(live);
  const name = live.metadata.namespace === undefined ? "{{Namespace}} and {{Name}}" : "{{Name}}";
  throw new ClusterError("conflict", `${refText(ref)} belongs to instance ${owner}`, {
    status: 409,
    ref,
    conflicts: [{ manager: `instance ${owner}`, field: `.metadata.labels[${LABEL.instance}]` }],
    hint: `give it a name with ${name} in the template, or take it over with --force-conflicts`,
  });
}

/** The other instance that an object says it is of; undefined for one of this instance, and for one that does not say. */
export function otherOwner(
  { metadata }: KubeObject,
  { name, namespace }: InstanceName,
): string | undefined {
  const owner = metadata.labels?.[LABEL.instance];
  if (!owner) return undefined;
  if (metadata.namespace !== undefined) return owner === name ? undefined : owner;
  // What an earlier version of kplan made does not say in which namespace its instance is.
  const where = metadata.annotations?.[ANNOTATION.namespace];
  if (where === undefined || (where === namespace && owner === name)) return undefined;
  return where === namespace ? owner : `${owner} in namespace ${where}`;
}

/** The instance that an object, as it is to be applied, is of; undefined for one that does not say. */
export function ownerOf({ metadata }: KubeObject): InstanceName | undefined {
  const name = metadata.labels?.[LABEL.instance];
  const namespace = metadata.namespace ?? metadata.annotations?.[ANNOTATION.namespace];
  return name === undefined || namespace === undefined ? undefined : { name, namespace };
}
