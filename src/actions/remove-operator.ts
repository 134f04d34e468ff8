import { type Cluster, ClusterError } from "../model/cluster.ts";
import type { KubeObject } from "../model/kube-object.ts";
import { refOf } from "../model/kube-object.ts";
import { ANNOTATION, KUDO_API_VERSION, LABEL } from "../model/names.ts";
import { operatorVersionOfPiece, packageSelector } from "../store/package-store.ts";
import { operatorVersionOf } from "./find-instance.ts";

/**
 * Removes the OperatorVersion of an instance with the pieces of its package, those of earlier versions that an upgrade left, and the Operator, unless
 * another instance needs them. What kplan did not store (it has no digest) stays. Done again, it finds what is left.
 */
export async function removeOperator(
  cluster: Cluster,
  where: { readonly namespace: string; readonly instance: string },
  operatorVersion: string,
): Promise<void> {
  const { namespace } = where;
  const [instances, versions] = await Promise.all([
    cluster.list({ apiVersion: KUDO_API_VERSION, kind: "Instance", namespace }),
    cluster.list({ apiVersion: KUDO_API_VERSION, kind: "OperatorVersion", namespace }),
  ]);
  const isOther = (instance: KubeObject): boolean => instance.metadata.name !== where.instance;
  const users = instances.items.filter(isOther).map(operatorVersionOf);
  if (users.includes(operatorVersion)) return;
  const mine = versions.items.find(({ metadata }) => metadata.name === operatorVersion);
  if (!mine) return;
  const operator = operatorOf(mine);
  const siblings = versions.items.filter(
    (version) => version !== mine && operatorOf(version) === operator,
  );
  const unused = siblings.filter(
    ({ metadata }) =>
      metadata.annotations?.[ANNOTATION.digest] !== undefined && !users.includes(metadata.name),
  );
  for (const version of unused) {
    await removePieces(cluster, namespace, operator, version.metadata.name);
    await cluster.delete(refOf(version));
  }
  await removePieces(cluster, namespace, operator, operatorVersion);
  if (unused.length === siblings.length)
    await cluster.delete({
      apiVersion: KUDO_API_VERSION,
      kind: "Operator",
      namespace,
      name: operator,
    });
  // Last: as long as it is there, the rest is found again.
  await cluster.delete(refOf(mine));
}

async function removePieces(
  cluster: Cluster,
  namespace: string,
  operator: string,
  operatorVersion: string,
): Promise<void> {
  const labelSelector = packageSelector(operator);
  const pieces = await cluster
    .list({ apiVersion: "v1", kind: "Secret", namespace, labelSelector })
    .catch((error: unknown) => {
      // Who may not list Secrets leaves the pieces behind; they are of no use to anybody.
      if (error instanceof ClusterError && error.kind === "forbidden") return { items: [] };
      throw error;
    });
  await Promise.all(
    pieces.items
      .filter((piece) => operatorVersionOfPiece(piece) === operatorVersion)
      .map((piece) => cluster.delete(refOf(piece))),
  );
}

function operatorOf(version: KubeObject): string {
  const spec = version.spec as { operator?: { name?: string } } | undefined;
  return spec?.operator?.name ?? version.metadata.labels?.[LABEL.operator] ?? "";
}
