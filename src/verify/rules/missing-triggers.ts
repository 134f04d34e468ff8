import { errorIssue, type Issue } from "../../model/issue.ts";
import { didYouMean } from "../../model/nearest.ts";
import type { PackageView } from "../package-view.ts";

/** Every plan that a parameter triggers must be there. */
export function missingTriggers({ pkg }: PackageView): Issue[] {
  const known = pkg.operator.plans.map((plan) => plan.name);
  return pkg.parameters.flatMap(({ name, trigger }, index) => {
    if (trigger === undefined || known.includes(trigger)) return [];
    const at = pkg.placeOf("params.yaml", ["parameters", index, "trigger"]);
    const meant = didYouMean(trigger, known) || `; there is ${known.join(", ")}`;
    const message = `parameter ${name} triggers plan "${trigger}", which is not defined${meant}`;
    return errorIssue("missing-plan", message, at);
  });
}
