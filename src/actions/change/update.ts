import { refuse } from "../../model/kplan-error.ts";
import type { OperatorPackage } from "../../model/package.ts";
import type { Assignments } from "../../params/parse-assignments.ts";
import { readAssignments } from "../../params/read-assignments.ts";
import { refuseBesideKudo } from "../../store/kudo-lookout.ts";
import type { ActionResult } from "../action-result.ts";
import type { ActionContext } from "../context.ts";
import { instanceName, storedParameters } from "../instance/find-instance.ts";
import { installedPackage } from "../instance/installed-package.ts";
import {
  type InstanceState,
  readInstanceState,
  requireInstance,
} from "../instance/instance-state.ts";
import { refuseUninstalling } from "../removal/refuse-uninstalling.ts";
import { carryOut, type Decided, type Settled } from "../run/carry-out.ts";
import { selectPlans } from "../run/select-plans.ts";
import { refuseUnknownAllowed } from "./allowed.ts";
import { desiredParameters, recordedParameters } from "./desired-parameters.ts";
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
  const name = await instanceName(ctx, request.instance);
  const [read, capabilities] = await Promise.all([
    readInstanceState(ctx, name),
    ctx.cluster.capabilities(),
    refuseBesideKudo(ctx.cluster, (message) => ctx.emit({ type: "warning", message })),
  ]);
  const state = await requireInstance(ctx, read);
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

/** What an update with these values comes to. Throws a `bad-input` KplanError with every problem of the values. */
export function decideUpdate(
  pkg: OperatorPackage,
  assigned: Assignments,
  state: InstanceState,
): Decided | Settled {
  refuseUninstalling(state);
  const { name, secrets, object } = state;
  const { desired, issues } = desiredParameters(pkg, assigned, {
    name,
    current: object ? storedParameters(object) : {},
    ...(secrets && { secrets }),
  });
  if (issues.some(({ severity }) => severity === "error")) refuse(`parameters of ${name}`, issues);
  const choice = selectPlans({
    pkg,
    desired: recordedParameters(desired, secrets),
    runs: state.runs.map(({ record }) => record),
  });
  if (choice.kind === "nothing") return { settled: `${name} has these values already` };
  return { pkg, storePackage: false, desired, choice };
}
