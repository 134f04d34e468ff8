import { type Cluster, ClusterError } from "../model/cluster.ts";
import type { KubeObject } from "../model/kube-object.ts";
import { refOf } from "../model/kube-object.ts";
import { KUDO_API_VERSION, LABEL } from "../model/names.ts";
import { operatorVersionOfPiece, packageSelector } from "../store/package-store.ts";
import { operatorVersionOf } from "./find-instance.ts";

/**
 * Removes the OperatorVersion of an instance with the pieces of its package, and the Operator, unless another instance or version needs them.
 * Done again, it finds what is left.
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
  const others = versions.items.filter((version) => version !== mine);
  await removePieces(cluster, namespace, operator, operatorVersion);
  if (!others.some((version) => operatorOf(version) === operator))
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
