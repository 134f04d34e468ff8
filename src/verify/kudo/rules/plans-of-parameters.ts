import { errorIssue, type Issue } from "../../../model/issue.ts";
import type { KudoView } from "../kudo-view.ts";
import { meant } from "../meant.ts";

/** Plans that parameters trigger are there, and so is `deploy` (verifier 6). */
export function plansOfParameters({ pkg }: KudoView): Issue[] {
  const plans = pkg.operator.plans.map(({ name }) => name);
  const missing = pkg.parameters.flatMap(({ name, trigger }, index) => {
    if (trigger === undefined || plans.includes(trigger)) return [];
    const at = pkg.placeOf("params.yaml", ["parameters", index, "trigger"]);
    const message = `plan "${trigger}" used in parameter "${name}" is not defined`;
    return [errorIssue("missing-plan", message, at, meant(trigger, plans))];
  });
  if (plans.includes("deploy")) return missing;
  const at = pkg.placeOf("operator.yaml", ["plans"], "key");
  const message = `an operator is required to have a plan "deploy"`;
  return [...missing, errorIssue("missing-plan", message, at, meant("deploy", plans))];
}
