import type { KubeObject } from "../../model/kube-object.ts";
import type { FieldProblem } from "../http/api-error.ts";
import { webhookRules } from "../rules/admission-rules.ts";
import { configRules, secretRules } from "../rules/config-rules.ts";
import { customDefinitionRules } from "../rules/custom-definition-rules.ts";
import { cronJobRules, jobRules } from "../rules/job-rules.ts";
import { namespaceRules } from "../rules/namespace-rules.ts";
import { podRules } from "../rules/pod-rules.ts";
import {
  budgetRules,
  ingressRules,
  networkPolicyRules,
  roleBindingRules,
} from "../rules/policy-rules.ts";
import type { Draft } from "../rules/rule.ts";
import { serviceRules } from "../rules/service-rules.ts";
import { claimRules, storageClassRules, volumeRules } from "../rules/storage-rules.ts";
import {
  daemonSetRules,
  deploymentRules,
  replicaSetRules,
  statefulSetRules,
} from "../rules/workload-rules.ts";
import type { Store } from "../store.ts";

/** What a kind adds to reading, filling in and checking. All of it is optional. */
export interface KindRules {
  /** Fills in what was not given. May change the draft. */
  readonly defaults?: (draft: Draft) => void;
  /** Prepares a new object: the first status, allocated values. */
  readonly beforeCreate?: (draft: Draft, context: RuleContext) => void;
  /** Carries over what an update may leave out. */
  readonly beforeUpdate?: (draft: Draft, before: KubeObject, context: RuleContext) => void;
  /** All that is wrong with an object. */
  readonly check?: (object: KubeObject, context: RuleContext) => FieldProblem[];
  /** All that is wrong with a change. */
  readonly checkUpdate?: (object: KubeObject, before: KubeObject) => FieldProblem[];
}

/** What rules may look at. */
export interface RuleContext {
  readonly store: Store;
}

const RULES: Readonly<Record<string, KindRules>> = {
  "/Namespace": namespaceRules,
  "/Pod": podRules,
  "/Service": serviceRules,
  "/ConfigMap": configRules,
  "/Secret": secretRules,
  "/PersistentVolumeClaim": claimRules,
  "/PersistentVolume": volumeRules,
  "apps/Deployment": deploymentRules,
  "apps/StatefulSet": statefulSetRules,
  "apps/ReplicaSet": replicaSetRules,
  "apps/DaemonSet": daemonSetRules,
  "batch/Job": jobRules,
  "batch/CronJob": cronJobRules,
  "policy/PodDisruptionBudget": budgetRules,
  "networking.k8s.io/Ingress": ingressRules,
  "networking.k8s.io/NetworkPolicy": networkPolicyRules,
  "rbac.authorization.k8s.io/RoleBinding": roleBindingRules,
  "rbac.authorization.k8s.io/ClusterRoleBinding": roleBindingRules,
  "storage.k8s.io/StorageClass": storageClassRules,
  "admissionregistration.k8s.io/ValidatingWebhookConfiguration": webhookRules,
  "admissionregistration.k8s.io/MutatingWebhookConfiguration": webhookRules,
  "apiextensions.k8s.io/CustomResourceDefinition": customDefinitionRules,
};

const NONE: KindRules = {};

/** The rules of a kind. */
export function rulesOf(kind: { readonly group: string; readonly kind: string }): KindRules {
  return RULES[`${kind.group}/${kind.kind}`] ?? NONE;
}
