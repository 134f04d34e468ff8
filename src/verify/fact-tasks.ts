import { didYouMean } from "../model/nearest.ts";
import type { OperatorPackage } from "../model/package.ts";
import type { ExecTask } from "../model/task.ts";

/** The tasks that find facts out. */
export function factTasks({ operator }: OperatorPackage): ExecTask[] {
  return operator.tasks.filter((task) => task.kind === "Exec");
}

/**
 * What is wrong with a fact of this name; undefined when a task finds it out, or for `Facts` as a whole.
 * @param where an expression takes `Facts.a-b` for a subtraction
 */
export function factProblem(
  pkg: OperatorPackage,
  name: string | undefined,
  where: "expression" | "template",
): { readonly message: string; readonly hint?: string } | undefined {
  const known = factTasks(pkg).map((task) => task.name);
  if (name === undefined || known.includes(name)) return undefined;
  const cut = where === "expression" && known.find((task) => task.startsWith(`${name}-`));
  if (cut)
    return {
      message: `there is no task ${name}: "-" is a minus here`,
      hint: `write Facts["${cut}"]`,
    };
  const other = pkg.operator.tasks.find((task) => task.name === name);
  if (other)
    return {
      message: `Facts.${name}: task ${name} is of kind ${other.kind}, which finds nothing out`,
    };
  const near = didYouMean(name, known) || (known.length === 0 ? ": no task is of kind Exec" : "");
  return { message: `Facts.${name}: there is no task ${name} of kind Exec${near}` };
}
