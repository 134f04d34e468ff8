import type { KubeObject } from "../../model/kube-object.ts";
import { conditionOf } from "./conditions.ts";
import { podStatusOf } from "./shapes.ts";

/** True once the pod's deletion was asked for. */
export function isTerminating(pod: KubeObject): boolean {
  return pod.metadata.deletionTimestamp !== undefined;
}

/** True when a pod ran to its end, well or badly. */
export function isOver(pod: KubeObject): boolean {
  const { phase } = podStatusOf(pod);
  return phase === "Succeeded" || phase === "Failed";
}

/** True for a pod that a controller counts: it neither ended nor is to end. */
export function isActive(pod: KubeObject): boolean {
  return !isTerminating(pod) && !isOver(pod);
}

/** True when the pod's Ready condition says so, whether it is to end or not. */
export function isReady(pod: KubeObject): boolean {
  return conditionOf(podStatusOf(pod).conditions, "Ready")?.status === "True";
}

/** Milliseconds until a pod counts as available, 0 when it does; undefined while it is not ready. */
export function availableIn(
  pod: KubeObject,
  minReadySeconds: number,
  now: number,
): number | undefined {
  const ready = conditionOf(podStatusOf(pod).conditions, "Ready");
  if (ready?.status !== "True") return undefined;
  if (minReadySeconds === 0) return 0;
  const since = Date.parse(ready.lastTransitionTime ?? "");
  return Math.max(0, since + minReadySeconds * 1000 - now);
}
