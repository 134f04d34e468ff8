import { type Issue, warningIssue } from "../../../model/issue.ts";
import { type KubeObject, refKey, refOf, refText } from "../../../model/kube-object.ts";
import type { OperatorPackage } from "../../../model/package.ts";
import { needsOf } from "../../needs-of.ts";
import { pathOfUse, runsAfter, stepText } from "../../task-use.ts";
import type { KudoView } from "../kudo-view.ts";

/**
 * A workload that a plan applies and deletes again is there to do something once: to begin a cluster, say. Nothing makes it once, though: a pod of it that restarts does it again
 * by the same configuration, and so does every further run of the plan, which for `deploy` is every change of a parameter without a trigger.
 */
export function passingWorkloads({ pkg, renderings }: KudoView): Issue[] {
  return renderings.flatMap(({ templates }) => {
    const deleted = templates.filter(({ act }) => act === "delete");
    return templates.flatMap(({ act, use, objects }) =>
      act !== "apply"
        ? []
        : objects.flatMap(({ object }) => {
            if (!KEEPS_PODS.has(object.kind)) return [];
            const key = refKey(refOf(object));
            const deleter = deleted.find(
              (one) =>
                runsAfter(one.use, use) &&
                one.objects.some((other) => refKey(refOf(other.object)) === key),
            );
            if (deleter === undefined) return [];
            const message = `${refText(refOf(object))} is applied in step ${stepText(use)} and deleted in step ${stepText(deleter.use)}: what it begins${configurationOf(object)} it begins anew when its pod restarts, and in every run of plan ${use.plan.name}`;
            const at = pkg.placeOf("operator.yaml", pathOfUse(use));
            return [warningIssue("passing-workload", message, at, rerunsOf(pkg, use.plan.name))];
          }),
    );
  });
}

/** Whose pods are started again when they end. */
const KEEPS_PODS = new Set(["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"]);

function configurationOf(object: KubeObject): string {
  const configs = needsOf(object).filter(({ kind }) => kind === "ConfigMap" || kind === "Secret");
  const names = [...new Set(configs.map(({ kind, name }) => `${kind} ${name}`))];
  return names.length === 0 ? "" : ` by ${names.join(" and ")}`;
}

/** Which parameters run the plan when they change. */
function rerunsOf({ operator, parameters }: OperatorPackage, plan: string): string | undefined {
  const untriggered = operator.plans.some(({ name }) => name === "update") ? "update" : "deploy";
  const names = parameters
    .filter(({ trigger }) => (trigger ?? untriggered) === plan)
    .map(({ name }) => name);
  return names.length === 0
    ? undefined
    : `plan ${plan} runs when one of these changes: ${names.join(", ")}`;
}
