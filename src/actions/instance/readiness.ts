import { computeHealth } from "../../health/health.ts";
import { DEFAULT_HEALTH_LIMITS } from "../../model/health.ts";
import { type KubeObject, type ObjectRef, refOf, refText } from "../../model/kube-object.ts";
import { LABEL } from "../../model/names.ts";
import type { ActionContext } from "../context.ts";

/** Whether the workloads of an instance are as they should be right now. */
export interface Readiness {
  readonly ready: boolean;
  /** How many were looked at. */
  readonly workloads: number;
  /** Those that are not ready, and why. */
  readonly waiting: readonly { readonly ref: ObjectRef; readonly message: string }[];
}

const KINDS: readonly (readonly [apiVersion: string, kind: string])[] = [
  ["apps/v1", "Deployment"],
  ["apps/v1", "StatefulSet"],
  ["apps/v1", "DaemonSet"],
  ["apps/v1", "ReplicaSet"],
  ["v1", "Pod"],
];

/**
 * Judges the Deployments, StatefulSets, DaemonSets, ReplicaSets and Pods that carry an instance's labels, as KUDO's controller did while no plan ran (compat section 6.1). What
 * another workload or a Job keeps is judged by that, and a pod that has done its work by nothing (D-11). Without any the instance is ready. Throws ClusterError.
 */
export async function readiness(
  { cluster, namespace }: Pick<ActionContext, "cluster" | "namespace">,
  instance: string,
): Promise<Readiness> {
  const labelSelector = `${LABEL.heritage}=kudo,${LABEL.instance}=${instance}`;
  const [now, ...lists] = await Promise.all([
    cluster.serverTime(),
    ...KINDS.map(async ([apiVersion, kind]) => {
      const { items } = await cluster.list({ apiVersion, kind, namespace, labelSelector });
      return items.map((item) => ({ ...item, apiVersion, kind }) as KubeObject);
    }),
  ]);
  const all = lists.flat();
  const judged = all.filter(isItsOwn).filter((object) => !hasEnded(object));
  const context = { now: new Date(now), limits: DEFAULT_HEALTH_LIMITS, related: all };
  const waiting = judged.flatMap((object) => {
    const health = computeHealth(object, context);
    return health.state === "ready" ? [] : [{ ref: refOf(object), message: health.message }];
  });
  return { ready: waiting.length === 0, workloads: judged.length, waiting };
}

/** KUDO's condition in a sentence. */
export function readinessText({ ready, workloads, waiting }: Readiness): string {
  if (ready) return `ready: ${workloads} ${workloads === 1 ? "workload" : "workloads"}`;
  return `not ready: ${waiting.map(({ ref, message }) => `${refText(ref)}: ${message}`).join(", ")}`;
}

function isItsOwn({ metadata }: KubeObject): boolean {
  const controller = metadata.ownerReferences?.find((owner) => owner.controller === true);
  return controller === undefined || controller.kind === "Instance";
}

function hasEnded({ kind, status }: KubeObject): boolean {
  return kind === "Pod" && (status as { phase?: string } | undefined)?.phase === "Succeeded";
}
