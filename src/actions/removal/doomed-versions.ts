import { type Cluster, ClusterError } from "../../model/cluster.ts";
import { type KubeObject, refOf } from "../../model/kube-object.ts";
import { ANNOTATION } from "../../model/names.ts";

/** How often a version that others write is read again. */
const TRIES = 6;

/**
 * Marks OperatorVersions that are about to be removed with their packages, and looks once more whether an instance needs them: whoever makes an Instance
 * looks for the mark afterwards, so that one of the two sees the other. Undefined, with the marks taken back, when one is needed, is gone, or has another package by now.
 * Throws a ClusterError `conflict` for one that others never stop writing.
 */
export async function doom(
  cluster: Cluster,
  versions: readonly KubeObject[],
  isNeeded: () => Promise<boolean>,
): Promise<readonly KubeObject[] | undefined> {
  const marked: KubeObject[] = [];
  for (const version of versions) {
    const live = await markAnyhow(cluster, version, "true");
    if (live) marked.push(live);
  }
  if (marked.length === versions.length && !(await isNeeded())) return marked;
  for (const version of marked) await markAnyhow(cluster, version, null);
  return undefined;
}

/** Whether somebody is about to remove it. */
export function isDoomed({ metadata }: KubeObject): boolean {
  return metadata.annotations?.[ANNOTATION.removing] !== undefined;
}

/** Takes the mark of somebody back who does not go on; false when it changed meanwhile. */
export async function spare(cluster: Cluster, version: KubeObject): Promise<boolean> {
  try {
    await mark(cluster, version, null);
    return true;
  } catch (error) {
    if (!hasMoved(error)) throw error;
    return false;
  }
}

/** At a later version too, as long as it is of the same package: instances are looked at afterwards. Undefined when it is not. */
async function markAnyhow(
  cluster: Cluster,
  version: KubeObject,
  value: string | null,
): Promise<KubeObject | undefined> {
  let live: KubeObject | undefined = version;
  for (let tries = 1; live && isSamePackage(live, version); tries++) {
    try {
      return await mark(cluster, live, value);
    } catch (error) {
      if (!hasMoved(error) || tries >= TRIES) throw error;
      live = await cluster.get(refOf(version));
    }
  }
  return undefined;
}

function isSamePackage({ metadata: one }: KubeObject, { metadata: two }: KubeObject): boolean {
  return (
    one.uid === two.uid &&
    one.annotations?.[ANNOTATION.digest] === two.annotations?.[ANNOTATION.digest]
  );
}

/** At just the version that was read. */
async function mark(
  cluster: Cluster,
  version: KubeObject,
  value: string | null,
): Promise<KubeObject> {
  const { resourceVersion } = version.metadata;
  const annotations = { [ANNOTATION.removing]: value };
  return await cluster.patch(refOf(version), { metadata: { annotations, resourceVersion } });
}

function hasMoved(error: unknown): boolean {
  return error instanceof ClusterError && (error.kind === "conflict" || error.kind === "not-found");
}
