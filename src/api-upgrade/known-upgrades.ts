import { autoscalerFromV2beta1 } from "./autoscaler.ts";
import { certificateRequest } from "./certificate-request.ts";
import { type Conversion, sameFields } from "./conversion.ts";
import { customResourceDefinition } from "./custom-resource-definition.ts";
import { disruptionBudget } from "./disruption-budget.ts";
import { endpointSlice } from "./endpoint-slice.ts";
import { ingress } from "./ingress.ts";
import { priorityLevel } from "./priority-level.ts";
import { bindingFromV1alpha1 } from "./role-binding.ts";
import { webhookConfiguration } from "./webhook-configuration.ts";
import { daemonSet, deployment, replicaSet, statefulSet } from "./workloads.ts";

/** A version of a kind that Kubernetes took away. */
export interface KnownUpgrade {
  /** Group versions that took its place, the best first; none when nothing did. */
  readonly to: readonly string[];
  readonly convert: Conversion;
  readonly hint?: string;
}

const RBAC = "rbac.authorization.k8s.io";
const POD_SECURITY =
  "label the namespace with pod-security.kubernetes.io/enforce instead, and take the template away";

/** `group/version kind …` → what took their place. */
const TABLE: readonly (readonly [
  from: readonly string[],
  kinds: string,
  to: readonly string[],
  convert?: Conversion,
  hint?: string,
])[] = [
  [["policy/v1beta1"], "PodDisruptionBudget", ["policy/v1"], disruptionBudget],
  [["policy/v1beta1", "extensions/v1beta1"], "PodSecurityPolicy", [], sameFields, POD_SECURITY],
  [[`${RBAC}/v1beta1`], "Role ClusterRole RoleBinding ClusterRoleBinding", [`${RBAC}/v1`]],
  [[`${RBAC}/v1alpha1`], "Role ClusterRole", [`${RBAC}/v1`]],
  [[`${RBAC}/v1alpha1`], "RoleBinding ClusterRoleBinding", [`${RBAC}/v1`], bindingFromV1alpha1],
  [
    ["apiextensions.k8s.io/v1beta1"],
    "CustomResourceDefinition",
    ["apiextensions.k8s.io/v1"],
    customResourceDefinition,
  ],
  [
    ["extensions/v1beta1", "networking.k8s.io/v1beta1"],
    "Ingress",
    ["networking.k8s.io/v1"],
    ingress,
  ],
  [["networking.k8s.io/v1beta1"], "IngressClass", ["networking.k8s.io/v1"]],
  [["extensions/v1beta1"], "NetworkPolicy", ["networking.k8s.io/v1"]],
  [["extensions/v1beta1", "apps/v1beta1", "apps/v1beta2"], "Deployment", ["apps/v1"], deployment],
  [["apps/v1beta1", "apps/v1beta2"], "StatefulSet", ["apps/v1"], statefulSet],
  [["extensions/v1beta1", "apps/v1beta2"], "DaemonSet", ["apps/v1"], daemonSet],
  [["extensions/v1beta1", "apps/v1beta2"], "ReplicaSet", ["apps/v1"], replicaSet],
  [["apps/v1beta1", "apps/v1beta2"], "ControllerRevision", ["apps/v1"]],
  [["batch/v1beta1", "batch/v2alpha1"], "CronJob", ["batch/v1"]],
  [["autoscaling/v2beta2"], "HorizontalPodAutoscaler", ["autoscaling/v2"]],
  [
    ["autoscaling/v2beta1"],
    "HorizontalPodAutoscaler",
    ["autoscaling/v2", "autoscaling/v2beta2"],
    autoscalerFromV2beta1,
  ],
  [
    ["admissionregistration.k8s.io/v1beta1"],
    "ValidatingWebhookConfiguration MutatingWebhookConfiguration",
    ["admissionregistration.k8s.io/v1"],
    webhookConfiguration,
  ],
  [
    ["storage.k8s.io/v1beta1"],
    "StorageClass VolumeAttachment CSIDriver CSINode CSIStorageCapacity",
    ["storage.k8s.io/v1"],
  ],
  [
    ["scheduling.k8s.io/v1beta1", "scheduling.k8s.io/v1alpha1"],
    "PriorityClass",
    ["scheduling.k8s.io/v1"],
  ],
  [["coordination.k8s.io/v1beta1"], "Lease", ["coordination.k8s.io/v1"]],
  [["apiregistration.k8s.io/v1beta1"], "APIService", ["apiregistration.k8s.io/v1"]],
  [["node.k8s.io/v1beta1"], "RuntimeClass", ["node.k8s.io/v1"]],
  [
    ["certificates.k8s.io/v1beta1"],
    "CertificateSigningRequest",
    ["certificates.k8s.io/v1"],
    certificateRequest,
  ],
  [["discovery.k8s.io/v1beta1"], "EndpointSlice", ["discovery.k8s.io/v1"], endpointSlice],
  [
    [
      "flowcontrol.apiserver.k8s.io/v1beta1",
      "flowcontrol.apiserver.k8s.io/v1beta2",
      "flowcontrol.apiserver.k8s.io/v1beta3",
    ],
    "FlowSchema",
    ["flowcontrol.apiserver.k8s.io/v1", "flowcontrol.apiserver.k8s.io/v1beta3"],
  ],
  [
    [
      "flowcontrol.apiserver.k8s.io/v1beta1",
      "flowcontrol.apiserver.k8s.io/v1beta2",
      "flowcontrol.apiserver.k8s.io/v1beta3",
    ],
    "PriorityLevelConfiguration",
    ["flowcontrol.apiserver.k8s.io/v1", "flowcontrol.apiserver.k8s.io/v1beta3"],
    priorityLevel,
  ],
];

const KNOWN: ReadonlyMap<string, KnownUpgrade> = new Map(
  TABLE.flatMap(([from, kinds, to, convert = sameFields, hint]) =>
    from.flatMap((apiVersion) =>
      kinds
        .split(" ")
        .map((kind): [string, KnownUpgrade] => [
          `${apiVersion} ${kind}`,
          { to, convert, ...(hint !== undefined && { hint }) },
        ]),
    ),
  ),
);

/** What took the place of a version of a kind; undefined when Kubernetes never took it away. */
export function knownUpgrade(apiVersion: string, kind: string): KnownUpgrade | undefined {
  return KNOWN.get(`${apiVersion} ${kind}`);
}
