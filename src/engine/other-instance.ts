import { ClusterError } from "../model/cluster.ts";
import { type KubeObject, refOf, refText } from "../model/kube-object.ts";
import { LABEL } from "../model/names.ts";

/**
 * Refuses to write or delete an object that another instance of the namespace applied last: no field would conflict, for both write as kplan, and whichever
 * is uninstalled first would take it away from the other. What stands in no namespace may be shared. Throws a ClusterError that no repetition mends.
 */
export function refuseOtherInstance(
  live: KubeObject,
  instance: string | undefined,
  by: { readonly forceConflicts: boolean },
): void {
  const owner = live.metadata.labels?.[LABEL.instance];
  const isShared = live.metadata.namespace === undefined;
  if (by.forceConflicts || isShared || !owner || !instance || owner === instance) return;
  const ref = refOf(live);
  throw new ClusterError("conflict", `${refText(ref)} belongs to instance ${owner}`, {
    status: 409,
    ref,
    conflicts: [{ manager: `instance ${owner}`, field: `.metadata.labels[${LABEL.instance}]` }],
    hint: "give it a name with {{Name}} in the template, or take it over with --force-conflicts",
  });
}
