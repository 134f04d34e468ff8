import { KplanError, refuse } from "../../model/kplan-error.ts";
import { didYouMean } from "../../model/nearest.ts";
import type { OperatorPackage } from "../../model/package.ts";
import type { RunRecord } from "../../model/run.ts";
import { parameterChanges } from "../../params/parameter-changes.ts";
import type { Assignments } from "../../params/parse-assignments.ts";
import { readAssignments } from "../../params/read-assignments.ts";
import { isBaseline } from "../../store/run-store.ts";
import type { ActionResult } from "../action-result.ts";
import type { ActionContext } from "../context.ts";
import { storedParameters } from "../instance/find-instance.ts";
import { installedPackage } from "../instance/installed-package.ts";
import type { InstanceState } from "../instance/instance-state.ts";
import { lookAtInstance } from "../instance/look-at-instance.ts";
import { refuseUninstalling } from "../removal/refuse-uninstalling.ts";
import { carryOut, type Decided } from "../run/carry-out.ts";
import type { PlanChoice } from "../run/select-plans.ts";
import { refuseUnknownAllowed } from "./allowed.ts";
import { desiredParameters, recordedParameters } from "./desired-parameters.ts";
import { type GivenValues, NO_VALUES } from "./given-values.ts";
import { tellWarnings } from "./tell-warnings.ts";
import { update } from "./update.ts";

/** What `plan trigger` is asked for. */
export interface TriggerPlanRequest {
  /** May be left out when the namespace has exactly one instance. */
  readonly instance?: string;
  /** Name of a plan of the package. */
  readonly plan: string;
  /** Values for this run alone, over those of the instance, which keeps its own. */
  readonly values?: GivenValues;
  /** Find out what would be written, and write nothing. */
  readonly dryRun?: boolean;
  /** Ids of requirements that need not hold (`--allow`). */
  readonly allow?: readonly string[];
}

/** Runs one plan with the parameters as they are, but for values of this run alone; goes on with it when it was triggered before, with the same values, and is unfinished. */
export async function triggerPlan(
  ctx: ActionContext,
  request: TriggerPlanRequest,
): Promise<ActionResult> {
  const { state, capabilities } = await lookAtInstance(ctx, request.instance);
  const { name } = state;
  const pkg = await installedPackage(ctx, state);
  const { allow = [] } = request;
  refuseUnknownAllowed(pkg, allow);
  refuseUnknown(pkg, request.plan);
  const assigned = await readAssignments(pkg, request.values ?? NO_VALUES);
  tellWarnings(ctx, assigned.issues);
  refuseSecrets(assigned);
  const given = Object.keys(assigned.given).length > 0;
  // A deploy that never completed is gone on with, as every update does.
  if (request.plan === "deploy" && !state.runs.some(isBaseline)) {
    if (given) throw deployFirst(name);
    return await update(ctx, { instance: name, dryRun: request.dryRun ?? false, allow });
  }
  return await carryOut(
    ctx,
    {
      kind: "trigger",
      state,
      capabilities,
      allow,
      same: ["trigger", name, pkg.digest, request.plan, allow, ...(given ? [assigned.given] : [])],
      decide: (now) => decideTrigger(pkg, request.plan, assigned, now),
    },
    request.dryRun ?? false,
  );
}

function decideTrigger(
  pkg: OperatorPackage,
  plan: string,
  assigned: Assignments,
  state: InstanceState,
): Decided {
  refuseUninstalling(state);
  const { name, secrets, object } = state;
  const lasting = object ? storedParameters(object) : {};
  const { desired, issues } = desiredParameters(pkg, assigned, {
    name,
    current: lasting,
    ...(secrets && { secrets }),
  });
  if (issues.some(({ severity }) => severity === "error")) refuse(`parameters of ${name}`, issues);
  const recorded = recordedParameters(desired, secrets);
  const before = recordedParameters({ ...desired, stored: lasting }, secrets);
  const { changes } = parameterChanges(pkg, before, recorded);
  const choice = choiceOf(pkg, plan, state.runs[0]?.record, recorded);
  return { pkg, storePackage: false, desired, choice: { ...choice, changes }, lasting };
}

function refuseSecrets({ secrets }: Assignments): void {
  const [name] = Object.keys(secrets);
  if (name === undefined) return;
  throw new KplanError(
    "secret-for-a-run",
    `${name} is a secret: it cannot be given for one run alone, which would have to keep it`,
    { kind: "bad-input", hint: `\`kplan update -p ${name}=@FILE\` changes it for good` },
  );
}

function deployFirst(name: string): KplanError {
  return new KplanError("deploy-first", `plan deploy of ${name} never completed`, {
    kind: "bad-input",
    hint: "`kplan update -p NAME=VALUE` goes on with it and other values",
  });
}

/** The last run goes on when it is this very one and unfinished. */
function choiceOf(
  pkg: OperatorPackage,
  plan: string,
  last: RunRecord | undefined,
  recorded: Readonly<Record<string, string>>,
): Extract<PlanChoice, { kind: "run" }> {
  const goesOn =
    last?.kind === "trigger" &&
    last.status !== "COMPLETE" &&
    last.plans.join() === plan &&
    last.digest === pkg.digest &&
    JSON.stringify(sorted(last.parameters)) === JSON.stringify(sorted(recorded));
  return {
    kind: "run",
    plans: [plan],
    keep: goesOn ? [plan] : [],
    changes: [],
    ...(goesOn && { from: last }),
  };
}

function sorted(values: Readonly<Record<string, string>>): readonly (readonly string[])[] {
  return Object.entries(values).sort(([a], [b]) => a.localeCompare(b));
}

function refuseUnknown(pkg: OperatorPackage, plan: string): void {
  const names = pkg.operator.plans.map(({ name }) => name);
  if (plan === "cleanup")
    throw new KplanError("cleanup-plan", "plan cleanup runs only as a part of `kplan uninstall`", {
      kind: "bad-input",
    });
  if (names.includes(plan)) return;
  throw new KplanError(
    "no-such-plan",
    `${pkg.operator.name} has no plan ${plan}${didYouMean(plan, names)}`,
    { kind: "bad-input", hint: `its plans: ${names.join(", ")}` },
  );
}
