import type { Health } from "../../model/health.ts";
import { isMap } from "../../model/json.ts";
import type { KubeObject } from "../../model/kube-object.ts";
import { at, textAt, timeAt } from "../fields.ts";
import type { HealthRule } from "../rule.ts";
import { failed, progressing, ready } from "../verdict.ts";

/** An Instance of another operator: ready when no plan is asked for or under way and the last one did not fail. */
export const instance: HealthRule = { judge };

function judge(object: KubeObject): Health {
  const asked = textAt(object, "spec", "planExecution", "planName");
  const plans = Object.entries(at(object, "status", "planStatus") ?? {})
    .filter(([, plan]) => isMap(plan))
    .map(([name, plan]) => ({
      name,
      status: textAt(plan, "status"),
      message: textAt(plan, "message"),
      time: timeAt(plan, "lastUpdatedTimestamp") ?? 0,
    }));
  const running = plans.find(({ status }) => RUNNING.includes(status));
  if (running !== undefined)
    return progressing(`plan ${running.name} is ${running.status}`, plans, object.status);
  if (asked !== "") return progressing(`plan ${asked} is asked for`, plans);

  const last = plans
    .filter(({ status }) => status === "COMPLETE" || status === "FATAL_ERROR")
    .sort((a, b) => b.time - a.time)[0];
  if (last === undefined) return progressing("no plan has run yet");
  if (last.status === "COMPLETE") return ready(`plan ${last.name} is COMPLETE`);
  return failed(
    "PlanFailed",
    `plan ${last.name} of Instance ${object.metadata.name} ended with FATAL_ERROR${last.message === "" ? "" : `: ${last.message}`}`,
    {
      hint: `kplan plan status --instance ${object.metadata.name} -n ${object.metadata.namespace ?? "default"}`,
    },
  );
}

const RUNNING: readonly string[] = ["PENDING", "IN_PROGRESS", "ERROR"];
