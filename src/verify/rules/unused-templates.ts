import { type Issue, warningIssue } from "../../model/issue.ts";
import { nearest } from "../../model/nearest.ts";
import type { PackageView } from "../package-view.ts";
import { placedMeters } from "../placed-meters.ts";

/** Every template is named by a task or a meter, or was meant by a misspelled name, which another rule reports. */
export function unusedTemplates({ pkg }: PackageView): Issue[] {
  const ofTasks = pkg.operator.tasks.flatMap((task) => ("resources" in task ? task.resources : []));
  const named = [...ofTasks, ...placedMeters(pkg).map(({ meter }) => meter.pod)];
  const used = new Set(
    named.map((key) => (pkg.templates.has(key) ? key : nearest(key, pkg.templates.keys()))),
  );
  return [...pkg.templates.keys()]
    .filter((key) => !used.has(key))
    .map((key) => {
      const at = { file: `templates/${key}`, line: 1, col: 1 };
      return warningIssue("unused-template", `templates/${key} is named by no task`, at);
    });
}
