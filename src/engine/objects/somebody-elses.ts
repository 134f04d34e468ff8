import { ClusterError } from "../../model/cluster.ts";
import { type KubeObject, refOf, refText } from "../../model/kube-object.ts";
import { LABEL } from "../../model/names.ts";

/**
 * Refuses to apply onto an object that somebody else has made and keeps: one that a controller owns (it would set it back, and delete it with its owner), and one of a Helm
 * release (whose next upgrade or uninstall would take it). What this instance has applied before is its own. Throws a ClusterError that no repetition mends.
 * @param object as it is to be applied
 */
export function refuseSomebodyElses(
  live: KubeObject,
  object: KubeObject,
  by: { readonly forceConflicts: boolean },
): void {
  const { labels = {}, ownerReferences = [], namespace } = live.metadata;
  const instance = object.metadata.labels?.[LABEL.instance];
  const isOurs = instance !== undefined && labels[LABEL.instance] === instance;
  if (by.forceConflicts || isOurs || namespace === undefined) return;
  const controller = ownerReferences.find((owner) => owner.controller === true);
  // An instance of KUDO owns what it has made, and we go on with that; a claim whose StatefulSet is to delete it one day is owned by that, and may be made larger.
  const isShared = controller?.kind === "Instance" || live.kind === "PersistentVolumeClaim";
  if (controller !== undefined && !isShared)
    throw keptBy(live, `${controller.kind} ${controller.name}`, ".metadata.ownerReferences");
  const release = live.metadata.annotations?.[HELM_RELEASE];
  if (release !== undefined && labels["app.kubernetes.io/managed-by"] === "Helm")
    throw keptBy(live, `Helm release ${release}`, `.metadata.annotations[${HELM_RELEASE}]`);
}

const HELM_RELEASE = "meta.helm.sh/release-name";

function keptBy(live: KubeObject, manager: string, field: string): ClusterError {
  const ref = refOf(live);
  return new ClusterError("conflict", `${refText(ref)} belongs to ${manager}`, {
    status: 409,
    ref,
    conflicts: [{ manager, field }],
    hint: "give it another name in the template, or take it over with --force-conflicts",
  });
}
