import { isMap } from "../../model/json.ts";
import type { KindRules } from "../kinds/kind-rules.ts";
import { checkPodSpec } from "./pod-spec-checks.ts";
import { defaultPodSpec } from "./pod-spec-defaults.ts";
import { type Draft, problem } from "./rule.ts";

/** Pods: what the API server fills in by itself and through its usual admission plugins, and what stays fixed. */
export const podRules: KindRules = {
  defaults: (draft) => {
    const spec = draft.spec as Draft;
    defaultPodSpec(spec);
    spec.serviceAccountName ??= "default";
    spec.serviceAccount ??= spec.serviceAccountName;
    spec.priority ??= 0;
    spec.preemptionPolicy ??= "PreemptLowerPriority";
    spec.enableServiceLinks ??= true;
    const tolerations = Array.isArray(spec.tolerations) ? spec.tolerations : [];
    for (const key of ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"])
      if (!tolerations.some((each) => isMap(each) && each.key === key))
        tolerations.push({ key, operator: "Exists", effect: "NoExecute", tolerationSeconds: 300 });
    spec.tolerations = tolerations;
  },
  beforeCreate: (draft) => {
    draft.status = { phase: "Pending", qosClass: qosClass(draft.spec) };
  },
  check: (object) => checkPodSpec(object.spec, "spec"),
  checkUpdate: (object, before) => {
    const fixed = (value: unknown): string => {
      const { tolerations: _t, activeDeadlineSeconds: _a, ...spec } = value as Draft;
      const containers = (list: unknown): unknown =>
        Array.isArray(list) ? list.map((each) => ({ ...each, image: "" })) : list;
      return JSON.stringify({
        ...spec,
        containers: containers(spec.containers),
        initContainers: containers(spec.initContainers),
        // May be set once, by the scheduler.
        ...(isMap(before.spec) && !before.spec.nodeName && { nodeName: "" }),
      });
    };
    return sorted(fixed(object.spec)) === sorted(fixed(before.spec))
      ? []
      : [
          problem(
            "spec",
            "FieldValueForbidden",
            "Forbidden: pod updates may not change fields other than `spec.containers[*].image`, `spec.initContainers[*].image`, `spec.activeDeadlineSeconds` or `spec.tolerations` (only additions to existing tolerations)",
          ),
        ];
  },
};

/** Equal for equal values, whatever the order of their members. */
function sorted(json: string): string {
  const order = (value: unknown): unknown =>
    isMap(value)
      ? Object.fromEntries(
          Object.keys(value)
            .sort()
            .map((key) => [key, order(value[key])]),
        )
      : Array.isArray(value)
        ? value.map(order)
        : value;
  return JSON.stringify(order(JSON.parse(json)));
}

/** BestEffort, Burstable or Guaranteed, by requests and limits of the containers. */
function qosClass(spec: unknown): string {
  const containers = isMap(spec) && Array.isArray(spec.containers) ? spec.containers : [];
  const sets = containers.filter(isMap).map(({ resources }) => {
    const { requests, limits } = isMap(resources) ? resources : {};
    return { requests: isMap(requests) ? requests : {}, limits: isMap(limits) ? limits : {} };
  });
  const none = sets.every(
    (s) =>
      !("cpu" in s.requests || "memory" in s.requests || "cpu" in s.limits || "memory" in s.limits),
  );
  if (none) return "BestEffort";
  const full = sets.every(({ requests, limits }) =>
    ["cpu", "memory"].every(
      (name) => limits[name] !== undefined && (requests[name] ?? limits[name]) === limits[name],
    ),
  );
  return full ? "Guaranteed" : "Burstable";
}
