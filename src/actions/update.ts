import type { ActionResult } from "./action-result.ts";
import type { ActionContext } from "./context.ts";
import type { GivenValues } from "./given-values.ts";

/** What `update` is asked for. */
export interface UpdateRequest {
  /** May be left out when the namespace has exactly one instance. */
  readonly instance?: string;
  readonly values: GivenValues;
  readonly dryRun: boolean;
}

/** Changes parameters of an instance and runs the plans that the changes trigger. */
export async function update(_ctx: ActionContext, _request: UpdateRequest): Promise<ActionResult> {
  throw new Error("not there yet");
}
