import { errorIssue, type Issue } from "../../model/issue.ts";
import { didYouMean } from "../../model/nearest.ts";
import type { PackageView } from "../package-view.ts";

/** Every template that a task names must be there. */
export function missingTemplates({ pkg }: PackageView): Issue[] {
  return pkg.operator.tasks.flatMap((task, index) => {
    if (!("resources" in task)) return [];
    return task.resources.flatMap((key, resource) => {
      if (pkg.templates.has(key)) return [];
      const path = ["tasks", index, "spec", "resources", resource];
      const message = `task "${task.name}" names template "${key}", and there is no templates/${key}${meant(key)}`;
      return errorIssue("missing-template", message, pkg.placeOf("operator.yaml", path));
    });
  });

  function meant(key: string): string {
    const below = key.replace(/^(\.\/)?(templates\/)?/, "");
    if (below !== key && pkg.templates.has(below)) return `, did you mean "${below}"?`;
    const sameName = [...pkg.templates.keys()].filter((other) => other.endsWith(`/${key}`));
    return didYouMean(key, pkg.templates.keys()) || didYouMean(sameName[0] ?? "", sameName);
  }
}
