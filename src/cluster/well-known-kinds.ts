import type { Resource } from "../model/cluster.ts";
import { KUDO_API_VERSION } from "../model/names.ts";

const ALL_VERBS = ["create", "delete", "get", "list", "patch", "update", "watch"] as const;

/** Kinds that every supported version serves in the same way (1.20 and later), by apiVersion; `*` before the plural: not in a namespace. */
const KINDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  v1: {
    ConfigMap: "configmaps",
    Endpoints: "endpoints",
    Event: "events",
    LimitRange: "limitranges",
    Namespace: "*namespaces",
    Node: "*nodes",
    PersistentVolume: "*persistentvolumes",
    PersistentVolumeClaim: "persistentvolumeclaims",
    Pod: "pods",
    PodTemplate: "podtemplates",
    ReplicationController: "replicationcontrollers",
    ResourceQuota: "resourcequotas",
    Secret: "secrets",
    Service: "services",
    ServiceAccount: "serviceaccounts",
  },
  "admissionregistration.k8s.io/v1": {
    MutatingWebhookConfiguration: "*mutatingwebhookconfigurations",
    ValidatingWebhookConfiguration: "*validatingwebhookconfigurations",
  },
  "apiextensions.k8s.io/v1": { CustomResourceDefinition: "*customresourcedefinitions" },
  "apps/v1": {
    ControllerRevision: "controllerrevisions",
    DaemonSet: "daemonsets",
    Deployment: "deployments",
    ReplicaSet: "replicasets",
    StatefulSet: "statefulsets",
  },
  "autoscaling/v1": { HorizontalPodAutoscaler: "horizontalpodautoscalers" },
  "batch/v1": { Job: "jobs" },
  "coordination.k8s.io/v1": { Lease: "leases" },
  [KUDO_API_VERSION]: {
    Instance: "instances",
    Operator: "operators",
    OperatorVersion: "operatorversions",
  },
  "networking.k8s.io/v1": {
    Ingress: "ingresses",
    IngressClass: "*ingressclasses",
    NetworkPolicy: "networkpolicies",
  },
  "rbac.authorization.k8s.io/v1": {
    ClusterRole: "*clusterroles",
    ClusterRoleBinding: "*clusterrolebindings",
    Role: "roles",
    RoleBinding: "rolebindings",
  },
  "scheduling.k8s.io/v1": { PriorityClass: "*priorityclasses" },
  "storage.k8s.io/v1": { StorageClass: "*storageclasses" },
};

/** How a well-known kind is served, or undefined when the server has to be asked. */
export function wellKnown(apiVersion: string, kind: string): Resource | undefined {
  const kinds = Object.hasOwn(KINDS, apiVersion) ? KINDS[apiVersion] : undefined;
  const word = kinds !== undefined && Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
  if (word === undefined) return undefined;
  const namespaced = !word.startsWith("*");
  return {
    apiVersion,
    kind,
    plural: namespaced ? word : word.slice(1),
    namespaced,
    verbs: ALL_VERBS,
  };
}
