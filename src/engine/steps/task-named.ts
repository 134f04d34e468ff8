import { KplanError } from "../../model/kplan-error.ts";
import { didYouMean } from "../../model/nearest.ts";
import type { OperatorPackage } from "../../model/package.ts";
import type { Task } from "../../model/task.ts";

/** The task of that name. Throws a `bad-input` KplanError when the package has none. */
export function taskNamed({ operator }: OperatorPackage, name: string): Task {
  const task = operator.tasks.find((one) => one.name === name);
  if (task !== undefined) return task;
  const known = operator.tasks.map((one) => one.name);
  throw new KplanError("missing-task", `there is no task ${name}${didYouMean(name, known)}`, {
    kind: "bad-input",
  });
}
