import type { Cluster } from "../model/cluster.ts";

/** The cluster as a run sees it: `mayWrite` is awaited before each call that changes something, and its throw is the call's. */
export function heedingCluster(cluster: Cluster, mayWrite: () => Promise<void>): Cluster {
  const heeding =
    <First, Options extends { readonly dryRun?: boolean } | undefined, Answer>(
      act: (first: First, options?: Options) => Promise<Answer>,
    ) =>
    async (first: First, options?: Options): Promise<Answer> => {
      if (options?.dryRun !== true) await mayWrite();
      return await act(first, options);
    };
  return {
    ...cluster,
    create: heeding(cluster.create),
    apply: heeding(cluster.apply),
    replace: heeding(cluster.replace),
    delete: heeding(cluster.delete),
    async patch(ref, patch, options) {
      if (options?.dryRun !== true) await mayWrite();
      return await cluster.patch(ref, patch, options);
    },
    async exec(pod, options) {
      await mayWrite();
      return await cluster.exec(pod, options);
    },
  };
}
