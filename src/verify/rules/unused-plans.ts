import { type Issue, warningIssue } from "../../model/issue.ts";
import { nearest } from "../../model/nearest.ts";
import type { PackageView } from "../package-view.ts";

/** Plans that commands run by their names. */
const WELL_KNOWN = new Set(["deploy", "update", "upgrade", "cleanup"]);

/** Every plan is run by a command or triggered by a parameter. One for emergencies may be meant to be triggered by hand, so it is a warning. */
export function unusedPlans({ pkg }: PackageView): Issue[] {
  const known = pkg.operator.plans.map(({ name }) => name);
  // A misspelled trigger is reported by another rule.
  const triggered = new Set(
    pkg.parameters.map(({ trigger = "" }) =>
      known.includes(trigger) ? trigger : nearest(trigger, known),
    ),
  );
  return pkg.operator.plans
    .filter(({ name }) => !WELL_KNOWN.has(name) && !triggered.has(name))
    .map(({ name }) => {
      const message = `plan "${name}" is triggered by no parameter: only "kplan plan trigger ${name}" runs it`;
      return warningIssue(
        "unused-plan",
        message,
        pkg.placeOf("operator.yaml", ["plans", name], "key"),
      );
    });
}
