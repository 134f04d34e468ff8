import type { ScalePaths, ServedKind } from "./served-kind.ts";
import { builtinShape } from "./type-schema.ts";

/** What a row of the table may say besides group version, kind and plural. */
interface RowOptions {
  readonly short?: string;
  readonly singular?: string;
  readonly categories?: string;
  /** Cluster-scoped. */
  readonly cluster?: true;
  readonly status?: true;
  readonly generation?: true;
  readonly versioned?: true;
  readonly virtual?: true;
  readonly scale?: ScalePaths;
  /** Name of the type in `types/`, when it is not the kind's. */
  readonly type?: string;
}

const SCALE: ScalePaths = {
  replicas: ".spec.replicas",
  statusReplicas: ".status.replicas",
  selector: ".status.selector",
};
const all = "all";

/**
 * The built-in kinds: one row serves a kind. A row's columns are in `columns.ts`, its defaults in `defaults/`, its rules in
 * `validation/`; a kind without any of these is stored as it is given.
 */
const ROWS: readonly (readonly [string, string, string, RowOptions])[] = [
  ["v1", "Namespace", "namespaces", { short: "ns", cluster: true, status: true }],
  ["v1", "Pod", "pods", { short: "po", categories: all, status: true, generation: true }],
  ["v1", "Service", "services", { short: "svc", categories: all, status: true }],
  ["v1", "Endpoints", "endpoints", { short: "ep", singular: "endpoints" }],
  ["v1", "ConfigMap", "configmaps", { short: "cm" }],
  ["v1", "Secret", "secrets", {}],
  ["v1", "ServiceAccount", "serviceaccounts", { short: "sa" }],
  ["v1", "PersistentVolumeClaim", "persistentvolumeclaims", { short: "pvc", status: true }],
  ["v1", "PersistentVolume", "persistentvolumes", { short: "pv", cluster: true, status: true }],
  ["v1", "Event", "events", { short: "ev" }],
  ["v1", "Node", "nodes", { short: "no", cluster: true, status: true }],
  ["v1", "ResourceQuota", "resourcequotas", { short: "quota", status: true }],
  ["v1", "LimitRange", "limitranges", { short: "limits" }],
  [
    "apps/v1",
    "Deployment",
    "deployments",
    { short: "deploy", categories: all, status: true, generation: true, scale: SCALE },
  ],
  [
    "apps/v1",
    "StatefulSet",
    "statefulsets",
    { short: "sts", categories: all, status: true, generation: true, scale: SCALE },
  ],
  [
    "apps/v1",
    "ReplicaSet",
    "replicasets",
    { short: "rs", categories: all, status: true, generation: true, scale: SCALE },
  ],
  [
    "apps/v1",
    "DaemonSet",
    "daemonsets",
    { short: "ds", categories: all, status: true, generation: true },
  ],
  ["apps/v1", "ControllerRevision", "controllerrevisions", {}],
  ["batch/v1", "Job", "jobs", { categories: all, status: true, generation: true }],
  [
    "batch/v1",
    "CronJob",
    "cronjobs",
    { short: "cj", categories: all, status: true, generation: true },
  ],
  ["rbac.authorization.k8s.io/v1", "Role", "roles", {}],
  ["rbac.authorization.k8s.io/v1", "RoleBinding", "rolebindings", {}],
  ["rbac.authorization.k8s.io/v1", "ClusterRole", "clusterroles", { cluster: true }],
  ["rbac.authorization.k8s.io/v1", "ClusterRoleBinding", "clusterrolebindings", { cluster: true }],
  [
    "policy/v1",
    "PodDisruptionBudget",
    "poddisruptionbudgets",
    { short: "pdb", status: true, generation: true, versioned: true },
  ],
  [
    "networking.k8s.io/v1",
    "Ingress",
    "ingresses",
    { short: "ing", status: true, generation: true },
  ],
  ["networking.k8s.io/v1", "IngressClass", "ingressclasses", { cluster: true, generation: true }],
  [
    "networking.k8s.io/v1",
    "NetworkPolicy",
    "networkpolicies",
    { short: "netpol", generation: true },
  ],
  [
    "admissionregistration.k8s.io/v1",
    "ValidatingWebhookConfiguration",
    "validatingwebhookconfigurations",
    { cluster: true, generation: true },
  ],
  [
    "admissionregistration.k8s.io/v1",
    "MutatingWebhookConfiguration",
    "mutatingwebhookconfigurations",
    { cluster: true, generation: true },
  ],
  ["storage.k8s.io/v1", "StorageClass", "storageclasses", { short: "sc", cluster: true }],
  ["coordination.k8s.io/v1", "Lease", "leases", { versioned: true }],
  ["scheduling.k8s.io/v1", "PriorityClass", "priorityclasses", { short: "pc", cluster: true }],
  ["discovery.k8s.io/v1", "EndpointSlice", "endpointslices", { generation: true }],
  [
    "autoscaling/v2",
    "HorizontalPodAutoscaler",
    "horizontalpodautoscalers",
    { short: "hpa", categories: all, status: true, type: "HorizontalPodAutoscalerV2" },
  ],
  [
    "autoscaling/v1",
    "HorizontalPodAutoscaler",
    "horizontalpodautoscalers",
    { short: "hpa", categories: all, status: true },
  ],
  [
    "apiextensions.k8s.io/v1",
    "CustomResourceDefinition",
    "customresourcedefinitions",
    { short: "crd,crds", cluster: true, status: true, generation: true, versioned: true },
  ],
  [
    "authorization.k8s.io/v1",
    "SelfSubjectAccessReview",
    "selfsubjectaccessreviews",
    { cluster: true, virtual: true },
  ],
  [
    "authorization.k8s.io/v1",
    "SelfSubjectRulesReview",
    "selfsubjectrulesreviews",
    { cluster: true, virtual: true },
  ],
  [
    "authorization.k8s.io/v1",
    "SubjectAccessReview",
    "subjectaccessreviews",
    { cluster: true, virtual: true },
  ],
];

/** All built-in kinds; the first version of a group is the preferred one. */
export function builtinKinds(): ServedKind[] {
  return ROWS.map(([apiVersion, kind, plural, row]) => {
    const [group, version] = apiVersion.includes("/") ? apiVersion.split("/") : ["", apiVersion];
    return {
      group: group ?? "",
      version: version ?? "",
      kind,
      plural,
      singular: row.singular ?? kind.toLowerCase(),
      shortNames: row.short?.split(",") ?? [],
      categories: row.categories?.split(",") ?? [],
      namespaced: !row.cluster,
      shape: builtinShape(row.type ?? kind),
      status: row.status ?? false,
      ...(row.scale && { scale: row.scale }),
      generation: row.generation ?? false,
      versionedUpdate: row.versioned ?? false,
      virtual: row.virtual ?? false,
    };
  });
}
