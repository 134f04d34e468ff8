import { type Issue, warningIssue } from "../../model/issue.ts";
import type { PackageView } from "../package-view.ts";

/** Every task is named by a step. */
export function unusedTasks({ pkg, uses }: PackageView): Issue[] {
  const used = new Set(uses.map((use) => use.name));
  return pkg.operator.tasks.flatMap(({ name }, index) => {
    if (used.has(name)) return [];
    const at = pkg.placeOf("operator.yaml", ["tasks", index, "name"]);
    return warningIssue("unused-task", `task "${name}" is named by no step`, at);
  });
}
