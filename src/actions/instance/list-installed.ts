import type { KubeObject } from "../../model/kube-object.ts";
import { KUDO_API_VERSION } from "../../model/names.ts";
import { isNotServed } from "../../store/is-not-served.ts";
import type { ActionContext } from "../context.ts";

/** What `get` can list. */
export type InstalledKind = "instances" | "operators" | "operatorversions";

const KINDS: Readonly<Record<InstalledKind, string>> = {
  instances: "Instance",
  operators: "Operator",
  operatorversions: "OperatorVersion",
};

/** The Instances, Operators or OperatorVersions of the namespace, by name. An empty list when the cluster does not know the kind. */
export async function listInstalled(
  ctx: Pick<ActionContext, "cluster" | "namespace">,
  kind: InstalledKind,
): Promise<readonly KubeObject[]> {
  const { namespace } = ctx;
  const query = { apiVersion: KUDO_API_VERSION, kind: KINDS[kind], namespace };
  try {
    const { items } = await ctx.cluster.list(query);
    return items.sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  } catch (error) {
    if (isNotServed(error)) return [];
    throw error;
  }
}
