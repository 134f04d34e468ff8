import { isMap } from "../../model/json.ts";
import type { KindRules } from "../kinds/kind-rules.ts";
import { type Draft, invalidValue, mapAt, mapsOf, required, valueAt } from "./rule.ts";

const RBAC = "rbac.authorization.k8s.io";

/** PodDisruptionBudgets. */
export const budgetRules: KindRules = {
  check: ({ spec }) =>
    isMap(spec) && spec.minAvailable !== undefined && spec.maxUnavailable !== undefined
      ? [invalidValue("spec", spec, "minAvailable and maxUnavailable cannot be both set")]
      : [],
};

/** RoleBindings and ClusterRoleBindings. */
export const roleBindingRules: KindRules = {
  defaults: (draft) => {
    if (isMap(draft.roleRef)) draft.roleRef.apiGroup ??= RBAC;
    for (const subject of mapsOf(draft.subjects))
      if (subject.kind !== "ServiceAccount") subject.apiGroup ??= RBAC;
  },
  check: ({ roleRef }) => (isMap(roleRef) ? [] : [required("roleRef")]),
  checkUpdate: ({ roleRef }, before) =>
    JSON.stringify(roleRef) === JSON.stringify(before.roleRef)
      ? []
      : [invalidValue("roleRef", roleRef, "cannot change roleRef")],
};

/** Ingresses. */
export const ingressRules: KindRules = {
  check: ({ spec }) => {
    const rules = mapsOf(valueAt(spec, "rules"));
    if (rules.length === 0 && valueAt(spec, "defaultBackend") === undefined)
      return [
        invalidValue("spec", spec ?? {}, "either `defaultBackend` or `rules` must be specified"),
      ];
    return rules.flatMap((rule, r) =>
      mapsOf(valueAt(rule, "http.paths")).flatMap((path, p) =>
        path.pathType === undefined
          ? [required(`spec.rules[${r}].http.paths[${p}].pathType`, "pathType must be specified")]
          : [],
      ),
    );
  },
};

/** NetworkPolicies. */
export const networkPolicyRules: KindRules = {
  defaults: (draft) => {
    const spec: Draft = mapAt(draft, "spec");
    spec.policyTypes ??= spec.egress === undefined ? ["Ingress"] : ["Ingress", "Egress"];
    for (const side of ["ingress", "egress"])
      for (const rule of mapsOf(spec[side]))
        for (const port of mapsOf(rule.ports)) port.protocol ??= "TCP";
  },
};
