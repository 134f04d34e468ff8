import { type Issue, warningIssue } from "../../model/issue.ts";
import { nearest } from "../../model/nearest.ts";
import type { PackageView } from "../package-view.ts";

/** Every task is named by a step, or was meant by a misspelled name, which another rule reports. */
export function unusedTasks({ pkg, uses }: PackageView): Issue[] {
  const known = pkg.operator.tasks.map((task) => task.name);
  const used = new Set(uses.map(({ name, task }) => (task ? name : nearest(name, known))));
  return pkg.operator.tasks.flatMap(({ name }, index) => {
    if (used.has(name)) return [];
    const at = pkg.placeOf("operator.yaml", ["tasks", index, "name"]);
    return warningIssue("unused-task", `task "${name}" is named by no step`, at);
  });
}
