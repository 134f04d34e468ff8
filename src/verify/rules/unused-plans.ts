import { type Issue, warningIssue } from "../../model/issue.ts";
import { nearest } from "../../model/nearest.ts";
import type { PackageView } from "../package-view.ts";

/** Plans that commands run by their names. */
const WELL_KNOWN = new Set(["deploy", "update", "upgrade", "cleanup"]);

/**
 * Every plan is run by a command or triggered by a parameter. One for emergencies may be meant to be triggered by hand: it is a warning, unless the package's README.md
 * tells how.
 */
export function unusedPlans({ pkg }: PackageView): Issue[] {
  const known = pkg.operator.plans.map(({ name }) => name);
  const readme = new TextDecoder().decode(pkg.files.get("README.md"));
  // A misspelled trigger is reported by another rule.
  const triggered = new Set(
    pkg.parameters.map(({ trigger = "" }) =>
      known.includes(trigger) ? trigger : nearest(trigger, known),
    ),
  );
  return pkg.operator.plans
    .filter(({ name }) => !WELL_KNOWN.has(name) && !triggered.has(name))
    .filter(({ name }) => !new RegExp(`\\bplan trigger ${name}\\b`).test(readme))
    .map(({ name }) => {
      const message = `plan "${name}" is triggered by no parameter: only "kplan plan trigger ${name}" runs it`;
      return warningIssue(
        "unused-plan",
        message,
        pkg.placeOf("operator.yaml", ["plans", name], "key"),
      );
    });
}
