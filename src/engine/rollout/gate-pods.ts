import { selectorText } from "../../health/relatives.ts";
import { isMap } from "../../model/json.ts";
import type { KubeObject } from "../../model/kube-object.ts";
import { type OrderedPod, ownerOf, podsInOrder } from "../objects/pods-in-order.ts";
import type { Acting, RunContext } from "../run-context.ts";
import { TaskFailure } from "../steps/task-stop.ts";

/** The pods that a gate asks. */
export interface GatePods {
  /** By ordinal; those that are being deleted, or have ended, are left out. */
  readonly pods: readonly OrderedPod[];
  /** How many there should be right now. */
  readonly expected: number;
}

/**
 * Reads the pods of a selector, or of a StatefulSet, from the server: a watch may lag behind, and a gate that misses a pod holds too early.
 * Throws `TaskFailure` when neither says which pods, ClusterError.
 */
export async function gatePods(
  by: {
    readonly selector: string | undefined;
    readonly set: KubeObject | undefined;
    readonly expected?: number;
  },
  ctx: Pick<Acting, "cluster"> & Pick<RunContext, "inputs">,
  signal: AbortSignal,
): Promise<GatePods> {
  const { selector, set } = by;
  const labelSelector = selector?.trim() ?? selectorText(specOf(set).selector);
  if (labelSelector === "")
    throw new TaskFailure(
      "the gate does not say which pods it asks, and the step applies no StatefulSet, or several: give the gate `pods`",
    );
  const { namespace } = ctx.inputs.instance;
  const query = { apiVersion: "v1", kind: "Pod", namespace, labelSelector };
  const { items } = await ctx.cluster.list(query, { signal });
  const found = items.filter(
    (pod) => isAlive(pod) && (selector !== undefined || ownerOf(pod)?.uid === set?.metadata.uid),
  );
  const expected =
    by.expected ?? replicasOf(set) ?? (await wantedByOwners(found, namespace, ctx, signal));
  return { pods: podsInOrder(found), expected };
}

/** Neither on its way out nor at its end. */
function isAlive({ metadata, status }: KubeObject): boolean {
  const phase = isMap(status) ? status.phase : undefined;
  return metadata.deletionTimestamp === undefined && phase !== "Succeeded" && phase !== "Failed";
}

/** Replicas of those who made the pods; as many as there are, one at least, when nobody says. */
async function wantedByOwners(
  pods: readonly KubeObject[],
  namespace: string,
  { cluster }: Pick<Acting, "cluster">,
  signal: AbortSignal,
): Promise<number> {
  const owners = new Map(pods.flatMap((pod) => [ownerOf(pod)]).map((one) => [one?.uid, one]));
  const counts = await Promise.all(
    [...owners.values()].map(async (owner) => {
      const ownPods = pods.filter((pod) => ownerOf(pod)?.uid === owner?.uid).length;
      if (owner === undefined || !["StatefulSet", "ReplicaSet"].includes(owner.kind))
        return ownPods;
      const { apiVersion, kind, name } = owner;
      const live = await cluster.get({ apiVersion, kind, name, namespace }, { signal });
      return replicasOf(live) ?? ownPods;
    }),
  );
  return Math.max(
    1,
    counts.reduce((sum, count) => sum + count, 0),
  );
}

function replicasOf(object: KubeObject | undefined): number | undefined {
  if (object === undefined) return undefined;
  const { replicas } = specOf(object);
  return typeof replicas === "number" ? replicas : undefined;
}

function specOf(object: KubeObject | undefined): Readonly<Record<string, unknown>> {
  return isMap(object?.spec) ? object.spec : {};
}
