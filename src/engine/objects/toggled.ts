import { describeValue } from "../../model/describe-value.ts";
import { KplanError } from "../../model/kplan-error.ts";
import type { OperatorPackage } from "../../model/package.ts";
import type { ParameterValues } from "../../model/parameter.ts";
import type { ApplyTask, DeleteTask, ToggleTask } from "../../model/task.ts";

/** What Go's strconv.ParseBool takes. */
const TRUE = new Set(["1", "t", "T", "TRUE", "true", "True"]);
const FALSE = new Set(["0", "f", "F", "FALSE", "false", "False"]);

/**
 * What a Toggle task is with these parameters (compat section 5): an Apply of its templates, or a Delete. Throws a `bad-input` KplanError where the parameter is not there,
 * is no text, or is neither true nor false.
 */
export function toggled(
  { name, resources, parameter }: ToggleTask,
  pkg: Pick<OperatorPackage, "parameters">,
  values: ParameterValues,
): ApplyTask | DeleteTask {
  const declared = pkg.parameters.find((one) => one.name === parameter);
  if (declared === undefined)
    throw wrong(`task ${name}: the package has no parameter ${parameter}`);
  const value = values[parameter] ?? "";
  if (declared.type === "map" || declared.type === "array" || typeof value !== "string")
    throw wrong(`task ${name}: parameter ${parameter} is no text that says true or false`);
  if (TRUE.has(value)) return { kind: "Apply", name, resources };
  if (FALSE.has(value)) return { kind: "Delete", name, resources };
  throw wrong(
    `task ${name}: parameter ${parameter} must be true or false (or 1, t, 0, f), found ${describeValue(value)}`,
  );
}

function wrong(message: string): KplanError {
  return new KplanError("bad-toggle", message, { kind: "bad-input" });
}
