import { errorIssue, type Issue } from "../../model/issue.ts";
import { didYouMean } from "../../model/nearest.ts";
import type { PackageView } from "../package-view.ts";

/** A package needs a plan `deploy`: what `install` runs. */
export function deployPlan({ pkg }: PackageView): Issue[] {
  const names = pkg.operator.plans.map((plan) => plan.name);
  if (names.includes("deploy")) return [];
  const misspelled = names.find((name) => didYouMean("deploy", [name]) !== "");
  const meant = misspelled === undefined ? "" : ` (is "${misspelled}" meant to be it?)`;
  const message = `there is no plan "deploy", which installs the operator${meant}`;
  return [errorIssue("no-deploy-plan", message, pkg.placeOf("operator.yaml", ["plans"], "key"))];
}
