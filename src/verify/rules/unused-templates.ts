import { type Issue, warningIssue } from "../../model/issue.ts";
import type { PackageView } from "../package-view.ts";

/** Every template is named by a task. */
export function unusedTemplates({ pkg }: PackageView): Issue[] {
  const used = new Set(
    pkg.operator.tasks.flatMap((task) => (task.kind === "Dummy" ? [] : task.resources)),
  );
  return [...pkg.templates.keys()]
    .filter((key) => !used.has(key))
    .map((key) => {
      const at = { file: `templates/${key}`, line: 1, col: 1 };
      return warningIssue("unused-template", `templates/${key} is named by no task`, at);
    });
}
