import { errorIssue, type Issue, warningIssue } from "../../../model/issue.ts";
import { kudoTaskProblem } from "../../../model/kudo-task-problem.ts";
import type { Task } from "../../../model/task.ts";
import { pathOfUse } from "../../task-use.ts";
import type { KudoView } from "../kudo-view.ts";
import { meant } from "../meant.ts";

/** Tasks that could never run (verifier 4), that steps name and are not there, or that no step names (verifier 5). */
export function tasksOfPlans({ pkg, uses }: KudoView): Issue[] {
  const names = pkg.operator.tasks.map(({ name }) => name);
  const place = (name: string, part: string) =>
    pkg.placeOf("operator.yaml", ["tasks", names.indexOf(name), part]);
  const unfit = pkg.operator.tasks.flatMap((task) => {
    const problem = isSaid(task) ? undefined : kudoTaskProblem(task);
    return problem === undefined ? [] : [errorIssue("bad-task", problem, place(task.name, "spec"))];
  });
  const missing = uses
    .filter(({ task }) => task === undefined)
    .map((use) => {
      const message = `task "${use.name}" in plan "${use.plan.name}" is not defined`;
      const at = pkg.placeOf("operator.yaml", pathOfUse(use));
      return errorIssue("missing-task", message, at, meant(use.name, names));
    });
  const used = new Set(uses.map(({ name }) => name));
  const unused = names
    .filter((name) => !used.has(name))
    .map((name) =>
      warningIssue("unused-task", `task "${name}" defined but not used`, place(name, "name")),
    );
  return [...unfit, ...missing, ...unused];
}

/** What every load refuses was said when the package was read. */
function isSaid(task: Task): boolean {
  if (task.kind === "Toggle") return task.parameter === "";
  return task.kind === "Pipe" && task.pipe.length === 0;
}
