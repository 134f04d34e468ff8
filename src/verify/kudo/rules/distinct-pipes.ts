import { type Issue, warningIssue } from "../../../model/issue.ts";
import { defaultInstanceName } from "../../../model/names.ts";
import { pipedBy, pipeTwins } from "../../../model/piped.ts";
import type { KudoView } from "../kudo-view.ts";

/** Files of Pipe tasks of one plan do not get each other's names: an install refuses them. */
export function distinctPipes({ pkg }: KudoView): Issue[] {
  const { name, plans } = pkg.operator;
  const piped = pipedBy(pkg, defaultInstanceName(name));
  return plans.flatMap((plan) => {
    const at = pkg.placeOf("operator.yaml", ["plans", plan.name], "key");
    const own = piped.filter((one) => one.plan === plan.name);
    return pipeTwins(own).map((message) => warningIssue("duplicate-pipe", message, at));
  });
}
