import type { Health, HealthContext, RelativesQuery } from "../model/health.ts";
import { groupOf, type KubeObject } from "../model/kube-object.ts";
import { customResourceDefinition } from "./kinds/custom-resource-definition.ts";
import { daemonSet } from "./kinds/daemon-set.ts";
import { deployment } from "./kinds/deployment.ts";
import { instance } from "./kinds/instance.ts";
import { job } from "./kinds/job.ts";
import { namespace } from "./kinds/namespace.ts";
import { persistentVolumeClaim } from "./kinds/persistent-volume-claim.ts";
import { pod } from "./kinds/pod.ts";
import { podDisruptionBudget } from "./kinds/pod-disruption-budget.ts";
import { replicaSet } from "./kinds/replica-set.ts";
import { service } from "./kinds/service.ts";
import { statefulSet } from "./kinds/stateful-set.ts";
import { unknownKind } from "./kinds/unknown.ts";
import { isOlderThanWrite } from "./observed.ts";
import type { HealthRule } from "./rule.ts";
import { failed, progressing, ready } from "./verdict.ts";

/**
 * How an object is doing, from what was read of it and of its relatives. `undefined`: it was there and has vanished.
 * Limits pass without anything changing in the cluster: ask again about once a second while it is not ready.
 */
export function computeHealth(object: KubeObject | undefined, context: HealthContext): Health {
  if (object === undefined)
    return failed("Vanished", "the object is gone: somebody deleted it while it was waited for");
  if (object.metadata.deletionTimestamp !== undefined) return deleting(object);
  if (isOlderThanWrite(object, context))
    return progressing("waiting for the cluster to show the change");
  return ruleOf(object).judge(object, context);
}

/** What else must be seen to judge an object; equal queries of several objects need only be watched once. */
export function relativesOf(object: KubeObject): RelativesQuery[] {
  return ruleOf(object).relatives?.(object) ?? [];
}

/** Nobody makes it again once it is gone, so there is nothing to wait for. */
function deleting(object: KubeObject): Health {
  const { name, namespace, finalizers = [] } = object.metadata;
  const waits = finalizers.length === 0 ? "" : `, held by the finalizers ${finalizers.join(", ")}`;
  return failed("Terminating", `${object.kind} ${name} is being deleted${waits}`, {
    hint: `kubectl ${namespace === undefined ? "" : `-n ${namespace} `}describe ${object.kind.toLowerCase()} ${name}`,
  });
}

function ruleOf(object: KubeObject): HealthRule {
  const name = `${groupOf(object.apiVersion)}/${object.kind}`;
  return RULES.get(name) ?? (SETTLED.has(name) ? settled : unknownKind);
}

const RULES: ReadonlyMap<string, HealthRule> = new Map([
  ["apps/Deployment", deployment],
  ["apps/StatefulSet", statefulSet],
  ["apps/DaemonSet", daemonSet],
  ["apps/ReplicaSet", replicaSet],
  ["batch/Job", job],
  ["/Pod", pod],
  ["/Service", service],
  ["/PersistentVolumeClaim", persistentVolumeClaim],
  ["apiextensions.k8s.io/CustomResourceDefinition", customResourceDefinition],
  ["/Namespace", namespace],
  ["kudo.dev/Instance", instance],
  ["policy/PodDisruptionBudget", podDisruptionBudget],
]);

/** Kinds that are as they should be once they are stored: nobody has to act for them. */
const settled: HealthRule = { judge: () => ready() };

const SETTLED: ReadonlySet<string> = new Set([
  "/ConfigMap",
  "/Secret",
  "/ServiceAccount",
  "/Endpoints",
  "/LimitRange",
  "/ResourceQuota",
  "/PersistentVolume",
  "/PodTemplate",
  "apps/ControllerRevision",
  "autoscaling/HorizontalPodAutoscaler",
  "batch/CronJob",
  "admissionregistration.k8s.io/MutatingWebhookConfiguration",
  "admissionregistration.k8s.io/ValidatingWebhookConfiguration",
  "coordination.k8s.io/Lease",
  "discovery.k8s.io/EndpointSlice",
  "kudo.dev/Operator",
  "kudo.dev/OperatorVersion",
  "networking.k8s.io/Ingress",
  "networking.k8s.io/IngressClass",
  "networking.k8s.io/NetworkPolicy",
  "node.k8s.io/RuntimeClass",
  "rbac.authorization.k8s.io/ClusterRole",
  "rbac.authorization.k8s.io/ClusterRoleBinding",
  "rbac.authorization.k8s.io/Role",
  "rbac.authorization.k8s.io/RoleBinding",
  "scheduling.k8s.io/PriorityClass",
  "storage.k8s.io/CSIDriver",
  "storage.k8s.io/StorageClass",
]);
