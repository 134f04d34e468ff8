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
  /** The minor version of Kubernetes 1 that serves it no more. */
  readonly gone: number;
  /** Group versions that took its place, the best first; none when nothing did. */
  readonly to: readonly string[];
  readonly convert: Conversion;
  readonly hint?: string;
}

const RBAC = "rbac.authorization.k8s.io";
const FLOW = "flowcontrol.apiserver.k8s.io";
const LEVEL = "PriorityLevelConfiguration";
const POD_SECURITY =
  "label the namespace with pod-security.kubernetes.io/enforce instead, and take the template away";

/** `group/version kind …` → what took their place. */
const TABLE: readonly (readonly [
  from: readonly string[],
  kinds: string,
  gone: number,
  to: readonly string[],
  convert?: Conversion,
  hint?: string,
])[] = [
  [["policy/v1beta1"], "PodDisruptionBudget", 25, ["policy/v1"], disruptionBudget],
  [["policy/v1beta1", "extensions/v1beta1"], "PodSecurityPolicy", 25, [], sameFields, POD_SECURITY],
  [[`${RBAC}/v1beta1`], "Role ClusterRole RoleBinding ClusterRoleBinding", 22, [`${RBAC}/v1`]],
  [[`${RBAC}/v1alpha1`], "Role ClusterRole", 23, [`${RBAC}/v1`]],
  [[`${RBAC}/v1alpha1`], "RoleBinding ClusterRoleBinding", 23, [`${RBAC}/v1`], bindingFromV1alpha1],
  [
    ["apiextensions.k8s.io/v1beta1"],
    "CustomResourceDefinition",
    22,
    ["apiextensions.k8s.io/v1"],
    customResourceDefinition,
  ],
  [
    ["extensions/v1beta1", "networking.k8s.io/v1beta1"],
    "Ingress",
    22,
    ["networking.k8s.io/v1"],
    ingress,
  ],
  [["networking.k8s.io/v1beta1"], "IngressClass", 22, ["networking.k8s.io/v1"]],
  [["extensions/v1beta1"], "NetworkPolicy", 16, ["networking.k8s.io/v1"]],
  [
    ["extensions/v1beta1", "apps/v1beta1", "apps/v1beta2"],
    "Deployment",
    16,
    ["apps/v1"],
    deployment,
  ],
  [["apps/v1beta1", "apps/v1beta2"], "StatefulSet", 16, ["apps/v1"], statefulSet],
  [["extensions/v1beta1", "apps/v1beta2"], "DaemonSet", 16, ["apps/v1"], daemonSet],
  [["extensions/v1beta1", "apps/v1beta2"], "ReplicaSet", 16, ["apps/v1"], replicaSet],
  [["apps/v1beta1", "apps/v1beta2"], "ControllerRevision", 16, ["apps/v1"]],
  [["batch/v1beta1", "batch/v2alpha1"], "CronJob", 25, ["batch/v1"]],
  [["autoscaling/v2beta2"], "HorizontalPodAutoscaler", 26, ["autoscaling/v2"]],
  [
    ["autoscaling/v2beta1"],
    "HorizontalPodAutoscaler",
    25,
    ["autoscaling/v2", "autoscaling/v2beta2"],
    autoscalerFromV2beta1,
  ],
  [
    ["admissionregistration.k8s.io/v1beta1"],
    "ValidatingWebhookConfiguration MutatingWebhookConfiguration",
    22,
    ["admissionregistration.k8s.io/v1"],
    webhookConfiguration,
  ],
  [
    ["storage.k8s.io/v1beta1"],
    "StorageClass VolumeAttachment CSIDriver CSINode",
    22,
    ["storage.k8s.io/v1"],
  ],
  [["storage.k8s.io/v1beta1"], "CSIStorageCapacity", 27, ["storage.k8s.io/v1"]],
  [
    ["scheduling.k8s.io/v1beta1", "scheduling.k8s.io/v1alpha1"],
    "PriorityClass",
    22,
    ["scheduling.k8s.io/v1"],
  ],
  [["coordination.k8s.io/v1beta1"], "Lease", 22, ["coordination.k8s.io/v1"]],
  [["apiregistration.k8s.io/v1beta1"], "APIService", 22, ["apiregistration.k8s.io/v1"]],
  [["node.k8s.io/v1beta1"], "RuntimeClass", 25, ["node.k8s.io/v1"]],
  [
    ["certificates.k8s.io/v1beta1"],
    "CertificateSigningRequest",
    22,
    ["certificates.k8s.io/v1"],
    certificateRequest,
  ],
  [["discovery.k8s.io/v1beta1"], "EndpointSlice", 25, ["discovery.k8s.io/v1"], endpointSlice],
  [[`${FLOW}/v1beta1`], "FlowSchema", 26, [`${FLOW}/v1`, `${FLOW}/v1beta3`]],
  [[`${FLOW}/v1beta2`], "FlowSchema", 29, [`${FLOW}/v1`, `${FLOW}/v1beta3`]],
  [[`${FLOW}/v1beta3`], "FlowSchema", 32, [`${FLOW}/v1`]],
  [[`${FLOW}/v1beta1`], LEVEL, 26, [`${FLOW}/v1`, `${FLOW}/v1beta3`], priorityLevel],
  [[`${FLOW}/v1beta2`], LEVEL, 29, [`${FLOW}/v1`, `${FLOW}/v1beta3`], priorityLevel],
  [[`${FLOW}/v1beta3`], LEVEL, 32, [`${FLOW}/v1`]],
];

const KNOWN: ReadonlyMap<string, KnownUpgrade> = new Map(
  TABLE.flatMap(([from, kinds, gone, to, convert = sameFields, hint]) =>
    from.flatMap((apiVersion) =>
      kinds
        .split(" ")
        .map((kind): [string, KnownUpgrade] => [
          `${apiVersion} ${kind}`,
          { gone, to, convert, ...(hint !== undefined && { hint }) },
        ]),
    ),
  ),
);

/** What took the place of a version of a kind; undefined when Kubernetes never took it away. */
export function knownUpgrade(apiVersion: string, kind: string): KnownUpgrade | undefined {
  return KNOWN.get(`${apiVersion} ${kind}`);
}
