import { errorIssue, type Issue } from "../../model/issue.ts";
import { didYouMean } from "../../model/nearest.ts";
import type { PackageView } from "../package-view.ts";
import { pathOfUse, stepText } from "../task-use.ts";

/** Every task that a step names must be there. */
export function missingTasks({ pkg, uses }: PackageView): Issue[] {
  const known = pkg.operator.tasks.map((task) => task.name);
  return uses
    .filter((use) => use.task === undefined)
    .map((use) => {
      const meant = didYouMean(use.name, known);
      const message = `step ${stepText(use)} names task "${use.name}", which is not defined${meant}`;
      return errorIssue("missing-task", message, pkg.placeOf("operator.yaml", pathOfUse(use)));
    });
}
