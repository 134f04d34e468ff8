import type { ActionResult } from "./action-result.ts";
import type { ActionContext } from "./context.ts";
import type { GivenValues } from "./given-values.ts";

/** What `install` is asked for. */
export interface InstallRequest {
  /** Folder or `.tgz` of the package. */
  readonly source: string;
  /** Name of the instance; `<operator>-instance` when absent. */
  readonly instance?: string;
  readonly values: GivenValues;
  /** Create the namespace when it is not there. */
  readonly createNamespace: boolean;
  /** Install over the claims (and secret values) that an earlier instance of that name left. */
  readonly reuseClaims: boolean;
  /** Delete them first. */
  readonly deleteClaims: boolean;
  /** Replace a package of the same name and version whose content differs. */
  readonly replaceVersion: boolean;
  readonly dryRun: boolean;
}

/** Installs a package as an instance, or goes on with an unfinished install of it. */
export async function install(
  _ctx: ActionContext,
  _request: InstallRequest,
): Promise<ActionResult> {
  throw new Error("not there yet");
}
