import type { ActionResult } from "./action-result.ts";
import type { ActionContext } from "./context.ts";

/** What `plan trigger` is asked for. */
export interface TriggerPlanRequest {
  /** May be left out when the namespace has exactly one instance. */
  readonly instance?: string;
  /** Name of a plan of the package. */
  readonly plan: string;
  readonly dryRun: boolean;
}

/** Runs one plan with the parameters as they are. */
export async function triggerPlan(
  _ctx: ActionContext,
  _request: TriggerPlanRequest,
): Promise<ActionResult> {
  throw new Error("not there yet");
}
