import { type ApplyOptions, type Cluster, ClusterError } from "../../model/cluster.ts";
import type { KubeObject } from "../../model/kube-object.ts";
import { ANNOTATION } from "../../model/names.ts";
import { withWayOn } from "./immutable-fields.ts";

/**
 * Applies an object. Where nothing but fields that its template takes from whoever owns them (annotation `kplan.dev/take-fields`) is in the way, they are taken: what a
 * controller sets once and never again, like the size of a StatefulSet's claim. Throws ClusterError as `Cluster.apply` does; for a field that cannot be changed with the ways on.
 */
export async function applyTaking(
  cluster: Pick<Cluster, "apply">,
  object: KubeObject,
  options: ApplyOptions,
): Promise<KubeObject> {
  const refused = (error: unknown): never => {
    throw options.live === undefined ? error : withWayOn(error, object, options.live);
  };
  try {
    return await cluster.apply(object, options);
  } catch (error) {
    if (!(error instanceof ClusterError) || !mayTake(object, error)) return refused(error);
    return await cluster.apply(object, { ...options, force: true }).catch(refused);
  }
}

/** Whether a conflict is about nothing else than fields that the template of the object takes. */
export function mayTake(
  { metadata }: KubeObject,
  { conflicts }: Pick<ClusterError, "conflicts">,
): boolean {
  const taken = (metadata.annotations?.[ANNOTATION.takeFields] ?? "").split(",");
  const fields = taken.map((field) => field.trim());
  return conflicts.length > 0 && conflicts.every(({ field }) => fields.includes(field));
}
