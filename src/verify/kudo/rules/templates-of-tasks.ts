import { type Issue, warningIssue } from "../../../model/issue.ts";
import { templateFile } from "../../../render/problem.ts";
import type { KudoView } from "../kudo-view.ts";

/** Templates that nothing uses (verifier 8). One that a task names and is not there was found when the package was read. */
export function templatesOfTasks({ pkg, purposes }: KudoView): Issue[] {
  return [...pkg.templates.keys()]
    .filter((key) => !purposes.has(key))
    .map((key) => {
      const message = `template "${key}" is not referenced from any task`;
      const at = { file: templateFile(key), line: 1, col: 1 };
      return warningIssue("unused-template", message, at);
    });
}
