import type { CallOptions, Cluster } from "../model/cluster.ts";
import type { RequestEar } from "./run-request.ts";

/**
 * The cluster as a run sees it: `mayWrite` is awaited before each call that changes something and, where the client goes by `CallOptions.before`, before each request
 * that a call sends, later attempts too. Its throw is the call's.
 */
export function heedingCluster(
  cluster: Cluster,
  { mayWrite, mayTidy }: Pick<RequestEar, "mayWrite" | "mayTidy">,
): Cluster {
  const heeded = async <Options extends CallOptions & { readonly dryRun?: boolean }, Answer>(
    options: Options | undefined,
    act: (options: Options | undefined) => Promise<Answer>,
    before: () => Promise<void> = mayWrite,
  ): Promise<Answer> => {
    if (options?.dryRun === true) return await act(options);
    await before();
    return await act({ ...options, before } as Options);
  };
  return {
    ...cluster,
    create: (object, options) => heeded(options, (how) => cluster.create(object, how)),
    apply: (object, options) => heeded(options, (how) => cluster.apply(object, how)),
    replace: (object, options) => heeded(options, (how) => cluster.replace(object, how)),
    patch: (ref, patch, options) => heeded(options, (how) => cluster.patch(ref, patch, how)),
    delete: (ref, options) =>
      heeded(options, (how) => cluster.delete(ref, how), options?.tidies ? mayTidy : mayWrite),
    exec: (pod, options) => heeded(options, (how) => cluster.exec(pod, how ?? options)),
  };
}
