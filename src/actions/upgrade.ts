import type { ActionResult } from "./action-result.ts";
import type { ActionContext } from "./context.ts";
import type { GivenValues } from "./given-values.ts";

/** What `upgrade` is asked for. */
export interface UpgradeRequest {
  /** Folder or `.tgz` of the new version of the package. */
  readonly source: string;
  /** May be left out when the namespace has exactly one instance. */
  readonly instance?: string;
  readonly values: GivenValues;
  readonly dryRun: boolean;
  /** Replace a package of the same name and version whose content differs. */
  readonly replaceVersion: boolean;
}

/** Moves an instance to another version of its operator: runs plan `upgrade`, else `update`, else `deploy`. */
export async function upgrade(
  _ctx: ActionContext,
  _request: UpgradeRequest,
): Promise<ActionResult> {
  throw new Error("not there yet");
}
