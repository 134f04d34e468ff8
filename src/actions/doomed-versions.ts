import { type Cluster, ClusterError } from "../model/cluster.ts";
import { type KubeObject, refOf } from "../model/kube-object.ts";
import { ANNOTATION } from "../model/names.ts";

/**
 * Marks OperatorVersions that are about to be removed with their packages, and looks once more whether an instance needs them: whoever makes an Instance
 * looks for the mark afterwards, so that one of the two sees the other. Undefined, with the marks taken back, when one is needed, or was changed meanwhile.
 */
export async function doom(
  cluster: Cluster,
  versions: readonly KubeObject[],
  isNeeded: () => Promise<boolean>,
): Promise<readonly KubeObject[] | undefined> {
  const marked: KubeObject[] = [];
  for (const version of versions) {
    const live = await mark(cluster, version, "true");
    if (live) marked.push(live);
  }
  if (marked.length === versions.length && !(await isNeeded())) return marked;
  for (const version of marked) await mark(cluster, version, null);
  return undefined;
}

/** Whether somebody is about to remove it. */
export function isDoomed({ metadata }: KubeObject): boolean {
  return metadata.annotations?.[ANNOTATION.removing] !== undefined;
}

/** Takes the mark of somebody back who does not go on; false when it changed meanwhile. */
export async function spare(cluster: Cluster, version: KubeObject): Promise<boolean> {
  return (await mark(cluster, version, null)) !== undefined;
}

/** At just the version that was read; undefined when that is another by now. */
async function mark(
  cluster: Cluster,
  version: KubeObject,
  value: string | null,
): Promise<KubeObject | undefined> {
  const { resourceVersion } = version.metadata;
  const annotations = { [ANNOTATION.removing]: value };
  try {
    return await cluster.patch(refOf(version), { metadata: { annotations, resourceVersion } });
  } catch (error) {
    const moved =
      error instanceof ClusterError && (error.kind === "conflict" || error.kind === "not-found");
    if (!moved) throw error;
    return undefined;
  }
}
