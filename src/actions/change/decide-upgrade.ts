import { errorIssue, type Issue } from "../../model/issue.ts";
import { refuse } from "../../model/kplan-error.ts";
import { operatorVersionName } from "../../model/names.ts";
import type { OperatorPackage } from "../../model/package.ts";
import type { Parameter } from "../../model/parameter.ts";
import { valuesInDialect } from "../../params/across-dialects.ts";
import { parameterChanges } from "../../params/parameter-changes.ts";
import type { Assignments } from "../../params/parse-assignments.ts";
import { storedParameters } from "../instance/find-instance.ts";
import type { InstanceState } from "../instance/instance-state.ts";
import { refuseUninstalling } from "../removal/refuse-uninstalling.ts";
import type { Decided, Settled } from "../run/carry-out.ts";
import { selectPlans } from "../run/select-plans.ts";
import { desiredParameters, recordedParameters } from "./desired-parameters.ts";

/** What moving from one package to another with these values comes to. Throws a `bad-input` KplanError with every problem of the values. */
export function decideUpgrade(
  before: OperatorPackage,
  pkg: OperatorPackage,
  assigned: Assignments,
  state: InstanceState,
): Decided | Settled {
  refuseUninstalling(state);
  const { name, secrets, object } = state;
  const stored = object ? storedParameters(object) : {};
  const { texts: current } = valuesInDialect(stored, before.dialect, pkg);
  // Which changes an upgrade allows is judged below, by both sets of declarations.
  const { desired, issues } = desiredParameters(pkg, assigned, {
    name,
    stored: current,
    declaredBefore: before.parameters,
    ...(secrets && { secrets }),
  });
  const wasThere = recordedParameters({ ...desired, stored: current, secrets: {} }, secrets);
  const recorded = recordedParameters(desired, secrets);
  const all = [
    ...valuesInDialect(kept(stored, assigned), before.dialect, pkg).issues,
    ...issues,
    ...parameterChanges(pkg, wasThere, recorded, immutablesOf(before)).issues,
    ...immutableIssues(before, pkg, recorded),
  ];
  if (all.some(({ severity }) => severity === "error")) refuse(`parameters of ${name}`, all);
  const known = new Set(before.parameters.map((parameter) => parameter.name));
  const choice = selectPlans({
    pkg,
    desired: recorded,
    introduced: new Set(
      pkg.parameters.map((parameter) => parameter.name).filter((each) => !known.has(each)),
    ),
    runs: state.runs.map(({ record }) => record),
  });
  if (choice.kind === "nothing")
    return { settled: `${name} is at ${operatorVersionName(pkg.operator)} already` };
  return { pkg, storePackage: true, desired, choice };
}

/** What an instance has and goes on to have. */
function kept(
  stored: Readonly<Record<string, string>>,
  { given, secrets, unset }: Assignments,
): Readonly<Record<string, string>> {
  const gone = new Set([...Object.keys(given), ...Object.keys(secrets), ...unset]);
  return Object.fromEntries(Object.entries(stored).filter(([name]) => !gone.has(name)));
}

/** A parameter that becomes immutable, or comes in as such, must have a value of its own: a default could be another one in the next version. */
function immutableIssues(
  before: OperatorPackage,
  pkg: OperatorPackage,
  recorded: Readonly<Record<string, string>>,
): readonly Issue[] {
  const already = new Set(immutablesOf(before).map(({ name }) => name));
  return immutablesOf(pkg)
    .filter(({ name, type }) => !already.has(name) && !(name in recorded) && type !== "secret")
    .map(({ name, at }) =>
      errorIssue(
        "immutable-without-value",
        `${name} becomes immutable with this version and has no value of its own`,
        at,
        `give it one: -p ${name}=VALUE`,
      ),
    );
}

function immutablesOf(pkg: OperatorPackage): readonly Parameter[] {
  return pkg.parameters.filter(({ immutable }) => immutable);
}
