import { readAssignments } from "../../params/read-assignments.ts";
import type { ActionResult } from "../action-result.ts";
import type { ActionContext } from "../context.ts";
import { installedPackage } from "../instance/installed-package.ts";
import { lookAtInstance } from "../instance/look-at-instance.ts";
import { carryOut } from "../run/carry-out.ts";
import { refuseUnknownAllowed } from "./allowed.ts";
import { decideUpdate } from "./decide-update.ts";
import { type GivenValues, NO_VALUES } from "./given-values.ts";
import { tellWarnings } from "./tell-warnings.ts";

/** What `update` is asked for. */
export interface UpdateRequest {
  /** May be left out when the namespace has exactly one instance. */
  readonly instance?: string;
  /** None: an unfinished run goes on. */
  readonly values?: GivenValues;
  /** Find out what would be written, and write nothing. */
  readonly dryRun?: boolean;
  /** Ids of requirements that need not hold (`--allow`). */
  readonly allow?: readonly string[];
}

/** Changes parameters of an instance and runs the plans that the changes trigger. */
export async function update(ctx: ActionContext, request: UpdateRequest): Promise<ActionResult> {
  const { state, capabilities } = await lookAtInstance(ctx, request.instance);
  const { name } = state;
  const pkg = await installedPackage(ctx, state);
  const { allow = [] } = request;
  refuseUnknownAllowed(pkg, allow);
  const assigned = await readAssignments(pkg, request.values ?? NO_VALUES);
  tellWarnings(ctx, assigned.issues);
  return await carryOut(
    ctx,
    {
      kind: "update",
      state,
      capabilities,
      allow,
      ...(Object.keys(assigned.secrets).length === 0 && {
        same: ["update", name, pkg.digest, assigned.given, assigned.unset, allow],
      }),
      decide: (now) => decideUpdate(pkg, assigned, now),
    },
    request.dryRun ?? false,
  );
}
