import { refuse } from "../../model/kplan-error.ts";
import type { OperatorPackage } from "../../model/package.ts";
import type { Assignments } from "../../params/parse-assignments.ts";
import { storedParameters } from "../instance/find-instance.ts";
import type { InstanceState } from "../instance/instance-state.ts";
import { refuseUninstalling } from "../removal/refuse-uninstalling.ts";
import type { Decided, Settled } from "../run/carry-out.ts";
import { selectPlans } from "../run/select-plans.ts";
import { desiredParameters, recordedParameters } from "./desired-parameters.ts";

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
