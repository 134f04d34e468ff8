import { knownUpgrade } from "./known-upgrades.ts";
import type { Serves } from "./upgrade-object.ts";

/** The minor version from which on a successor is served; those that are not here were there before 1.20. */
const SINCE: Readonly<Record<string, number>> = {
  "policy/v1 PodDisruptionBudget": 21,
  "batch/v1 CronJob": 21,
  "discovery.k8s.io/v1 EndpointSlice": 21,
  "autoscaling/v2 HorizontalPodAutoscaler": 23,
  "storage.k8s.io/v1 CSIStorageCapacity": 24,
  "flowcontrol.apiserver.k8s.io/v1beta3 FlowSchema": 26,
  "flowcontrol.apiserver.k8s.io/v1beta3 PriorityLevelConfiguration": 26,
  "flowcontrol.apiserver.k8s.io/v1 FlowSchema": 29,
  "flowcontrol.apiserver.k8s.io/v1 PriorityLevelConfiguration": 29,
};

/** What Kubernetes 1.`minor` serves by default of what was taken away and of what took its place; of other kinds it is said that they are served. */
export function servedBy(minor: number): Serves {
  return (apiVersion, kind) => {
    const known = knownUpgrade(apiVersion, kind);
    if (known !== undefined && minor >= known.gone) return false;
    return minor >= (SINCE[`${apiVersion} ${kind}`] ?? 0);
  };
}
