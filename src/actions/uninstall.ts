import type { ActionResult } from "./action-result.ts";
import type { ActionContext } from "./context.ts";

/** What `uninstall` is asked for. */
export interface UninstallRequest {
  /** May be left out when the namespace has exactly one instance. */
  readonly instance?: string;
  /** Also delete the instance's claims (not those of backups) and its secret values. */
  readonly deleteClaims: boolean;
  readonly dryRun: boolean;
}

/** Runs the `cleanup` plan if there is one, removes all that the instance made in reverse order, and then the instance. */
export async function uninstall(
  _ctx: ActionContext,
  _request: UninstallRequest,
): Promise<ActionResult> {
  throw new Error("not there yet");
}
