import { describeValue } from "../model/describe-value.ts";
import type { Expression } from "../model/expression.ts";
import { isMap, type Json } from "../model/json.ts";
import { didYouMean } from "../model/nearest.ts";
import { fromCel, toCel } from "./cel-values.ts";
import { compile } from "./compile.ts";
import { explain, expressionError } from "./problem.ts";
import type { NameUse } from "./uses-of.ts";

/** What an expression can see, by name. Whole numbers are CEL integers, other numbers doubles. */
export type ExpressionScope = Readonly<Record<string, Json>>;

/** The value of an expression. Throws a KplanError `expression` that says what is wrong with it, and where in its text. */
export function evaluate(expression: Expression, scope: ExpressionScope): Json {
  const compiled = compile(expression);
  if ("problem" in compiled) throw expressionError(expression, compiled.problem);
  const roots = new Map<string, unknown>();
  for (const { path, offset } of compiled.uses) {
    const [root = ""] = path;
    if (!Object.hasOwn(scope, root)) {
      const message = `there is no ${root}${didYouMean(root, Object.keys(scope))}`;
      throw expressionError(expression, { message, offset });
    }
    if (!roots.has(root)) roots.set(root, toCel(scope[root] ?? null));
  }
  try {
    return fromCel(compiled.run(roots));
  } catch (error) {
    const { message, offset } = explain(error);
    const near = nearestMember(message, compiled.uses, scope);
    throw expressionError(expression, { message: message + near, offset });
  }
}

/** The value of a condition. Throws a KplanError `expression`, also when the value is no boolean. */
export function isTrue(expression: Expression, scope: ExpressionScope): boolean {
  const value = evaluate(expression, scope);
  if (typeof value === "boolean") return value;
  const message = `a condition must be true or false, this is ${describeValue(value)}`;
  throw expressionError(expression, { message, offset: 0 });
}

/** `, did you mean …?` when it was the member of a written-out path that is not there. */
function nearestMember(message: string, uses: readonly NameUse[], scope: ExpressionScope): string {
  for (const { path } of uses) {
    let value: unknown = scope;
    for (const part of path) {
      if (!isMap(value)) break;
      if (!Object.hasOwn(value, part)) {
        if (message === `there is no ${part}`) return didYouMean(part, Object.keys(value));
        break;
      }
      value = value[part];
    }
  }
  return "";
}
