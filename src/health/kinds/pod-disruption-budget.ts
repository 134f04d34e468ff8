import type { Health, HealthContext } from "../../model/health.ts";
import type { KubeObject } from "../../model/kube-object.ts";
import { conditionOf } from "../conditions.ts";
import { countAt } from "../fields.ts";
import { notYetObserved } from "../observed.ts";
import type { HealthRule } from "../rule.ts";
import { progressing, ready } from "../verdict.ts";

/** Ready when its controller guards it. That the budget is not met yet is said, but does not block: a budget may well come before its pods. */
export const podDisruptionBudget: HealthRule = { judge };

function judge(object: KubeObject, context: HealthContext): Health {
  const unseen = notYetObserved(object, context);
  if (unseen !== undefined) return unseen;
  const allowed = conditionOf(object, "DisruptionAllowed");
  if (allowed?.reason === "SyncFailed")
    return progressing(`its controller cannot work it out: ${allowed.message}`, allowed.reason);
  const healthy = countAt(object, "status", "currentHealthy");
  const least = countAt(object, "status", "desiredHealthy");
  return ready(
    healthy < least
      ? `guards its pods; the budget is not met yet: ${healthy} of ${least} healthy`
      : `${countAt(object, "status", "disruptionsAllowed")} disruptions allowed`,
  );
}
