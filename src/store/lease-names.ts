import { type Cluster, ClusterError } from "../model/cluster.ts";
import { LABEL } from "../model/names.ts";
import { LEASE_KIND, LEASE_ROLE } from "./lease-object.ts";

/** Names of the instances that have a Lease, sorted: also of those of which nothing else is left. None where Leases may not be listed. */
export async function namesOfLeases(ctx: {
  readonly cluster: Cluster;
  readonly namespace: string;
}): Promise<readonly string[]> {
  const { namespace } = ctx;
  const labelSelector = `${LABEL.role}=${LEASE_ROLE}`;
  try {
    const { items } = await ctx.cluster.list({ ...LEASE_KIND, namespace, labelSelector });
    return items.map(({ metadata }) => metadata.labels?.[LABEL.instance] ?? "").sort();
  } catch (error) {
    if (error instanceof ClusterError && error.kind === "forbidden") return [];
    throw error;
  }
}
