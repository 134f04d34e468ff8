import { isMap } from "../../model/json.ts";
import type { FieldProblem } from "../http/api-error.ts";
import type { KindRules } from "../kinds/kind-rules.ts";
import { labelSelectorTest } from "../objects/selector.ts";
import { checkPodSpec } from "./pod-spec-checks.ts";
import { defaultPodSpec } from "./pod-spec-defaults.ts";
import {
  type Draft,
  immutable,
  invalidValue,
  mapAt,
  mapsOf,
  problem,
  required,
  unsupported,
  valueAt,
} from "./rule.ts";
import { checkClaimSpec, defaultClaim } from "./storage-rules.ts";

/** Deployments. */
export const deploymentRules: KindRules = {
  defaults: (draft) => {
    const spec = workloadDefaults(draft);
    spec.replicas ??= 1;
    spec.revisionHistoryLimit ??= 10;
    spec.progressDeadlineSeconds ??= 600;
    const strategy = mapAt(spec, "strategy");
    strategy.type ??= "RollingUpdate";
    if (strategy.type !== "RollingUpdate") return;
    const rolling = mapAt(strategy, "rollingUpdate");
    rolling.maxUnavailable ??= "25%";
    rolling.maxSurge ??= "25%";
  },
  check: ({ spec }) => [
    ...checkWorkload(spec),
    ...checkReplicas(spec),
    ...(valueAt(spec, "strategy.type") === "Recreate" && valueAt(spec, "strategy.rollingUpdate")
      ? [
          problem(
            "spec.strategy.rollingUpdate",
            "FieldValueForbidden",
            "Forbidden: may not be specified when strategy `type` is 'Recreate'",
          ),
        ]
      : []),
  ],
  checkUpdate: ({ spec }, before) => immutable(spec, before.spec, ["selector"]),
};

/** ReplicaSets. */
export const replicaSetRules: KindRules = {
  defaults: (draft) => {
    workloadDefaults(draft).replicas ??= 1;
  },
  check: ({ spec }) => [...checkWorkload(spec), ...checkReplicas(spec)],
  checkUpdate: ({ spec }, before) => immutable(spec, before.spec, ["selector"]),
};

/** DaemonSets. */
export const daemonSetRules: KindRules = {
  defaults: (draft) => {
    const spec = workloadDefaults(draft);
    spec.revisionHistoryLimit ??= 10;
    const strategy = mapAt(spec, "updateStrategy");
    strategy.type ??= "RollingUpdate";
    if (strategy.type !== "RollingUpdate") return;
    const rolling = mapAt(strategy, "rollingUpdate");
    rolling.maxUnavailable ??= 1;
    rolling.maxSurge ??= 0;
  },
  check: ({ spec }) => checkWorkload(spec),
  checkUpdate: ({ spec }, before) => immutable(spec, before.spec, ["selector"]),
};

/** Fields of a StatefulSet that an update may change. */
const CHANGEABLE = new Set([
  "replicas",
  "template",
  "updateStrategy",
  "persistentVolumeClaimRetentionPolicy",
  "minReadySeconds",
  "ordinals",
  "revisionHistoryLimit",
]);

/** StatefulSets. */
export const statefulSetRules: KindRules = {
  defaults: (draft) => {
    const spec = workloadDefaults(draft);
    spec.replicas ??= 1;
    spec.revisionHistoryLimit ??= 10;
    spec.podManagementPolicy ??= "OrderedReady";
    const strategy = mapAt(spec, "updateStrategy");
    strategy.type ??= "RollingUpdate";
    if (strategy.type === "RollingUpdate") mapAt(strategy, "rollingUpdate").partition ??= 0;
    for (const claim of mapsOf(spec.volumeClaimTemplates)) {
      claim.apiVersion ??= "v1";
      claim.kind ??= "PersistentVolumeClaim";
      defaultClaim(claim);
      mapAt(claim, "status").phase ??= "Pending";
    }
  },
  check: ({ spec }) => [
    ...checkWorkload(spec),
    ...checkReplicas(spec),
    ...checkPolicy(spec),
    ...mapsOf(valueAt(spec, "volumeClaimTemplates")).flatMap((claim, index) =>
      checkClaimSpec(claim.spec, `spec.volumeClaimTemplates[${index}].spec`),
    ),
  ],
  checkUpdate: ({ spec }, before) => {
    const fixed = (value: unknown): string =>
      JSON.stringify(
        Object.entries(isMap(value) ? value : {})
          .filter(([key]) => !CHANGEABLE.has(key))
          .sort(([a], [b]) => (a < b ? -1 : 1)),
      );
    return fixed(spec) === fixed(before.spec)
      ? []
      : [
          problem(
            "spec",
            "FieldValueForbidden",
            "Forbidden: updates to statefulset spec for fields other than 'replicas', 'template', and 'updateStrategy' are forbidden",
          ),
        ];
  },
};

function workloadDefaults(draft: Draft): Draft {
  const spec = mapAt(draft, "spec");
  defaultPodSpec(mapAt(mapAt(spec, "template"), "spec"));
  return spec;
}

function checkWorkload(spec: unknown): FieldProblem[] {
  const selector = valueAt(spec, "selector");
  const labels = valueAt(spec, "template.metadata.labels");
  const found: FieldProblem[] = [];
  if (!isMap(selector)) found.push(required("spec.selector"));
  else if (!hasTerms(selector))
    found.push(
      invalidValue(
        "spec.selector",
        selector,
        "empty selector is invalid for this kind of workload",
      ),
    );
  if (!isMap(selector) || !labelSelectorTest(selector)(stringMap(labels)))
    found.push(
      invalidValue(
        "spec.template.metadata.labels",
        isMap(labels) ? labels : null,
        "`selector` does not match template `labels`",
      ),
    );
  const claims = mapsOf(valueAt(spec, "volumeClaimTemplates")).map((claim) =>
    valueAt(claim, "metadata.name"),
  );
  found.push(...checkPodSpec(valueAt(spec, "template.spec"), "spec.template.spec", claims));
  const policy = valueAt(spec, "template.spec.restartPolicy");
  if (policy === "OnFailure" || policy === "Never")
    found.push(unsupported("spec.template.spec.restartPolicy", policy, ["Always"]));
  return found;
}

function hasTerms(selector: Draft): boolean {
  const { matchLabels, matchExpressions } = selector;
  return (
    (isMap(matchLabels) && Object.keys(matchLabels).length > 0) ||
    mapsOf(matchExpressions).length > 0
  );
}

function checkReplicas(spec: unknown): FieldProblem[] {
  const replicas = valueAt(spec, "replicas");
  return typeof replicas === "number" && replicas < 0
    ? [invalidValue("spec.replicas", replicas, "must be greater than or equal to 0")]
    : [];
}

function checkPolicy(spec: unknown): FieldProblem[] {
  const policy = valueAt(spec, "podManagementPolicy");
  return policy === "OrderedReady" || policy === "Parallel"
    ? []
    : [invalidValue("spec.podManagementPolicy", policy, "must be 'OrderedReady' or 'Parallel'")];
}

function stringMap(value: unknown): Record<string, string> {
  return isMap(value) ? (value as Record<string, string>) : {};
}
