import type { Health } from "../../model/health.ts";
import type { KubeObject } from "../../model/kube-object.ts";
import { textAt } from "../fields.ts";
import type { HealthRule } from "../rule.ts";
import { progressing, ready } from "../verdict.ts";

/** Ready when active. */
export const namespace: HealthRule = { judge };

function judge(object: KubeObject): Health {
  const phase = textAt(object, "status", "phase");
  return phase === "Active" ? ready() : progressing("waiting for it to be active", phase);
}
