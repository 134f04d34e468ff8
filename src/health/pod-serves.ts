import type { KubeObject } from "../model/kube-object.ts";
import { isTrue } from "./conditions.ts";

/** True once the pod's deletion was asked for. */
export function isTerminating(pod: KubeObject): boolean {
  return pod.metadata.deletionTimestamp !== undefined;
}

/** True when a pod serves: ready, and nobody asked for its end. */
export function isPodReady(pod: KubeObject): boolean {
  return !isTerminating(pod) && isTrue(pod, "Ready");
}
