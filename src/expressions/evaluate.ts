import type { Expression } from "../model/expression.ts";
import type { Json } from "../model/json.ts";

/** What an expression can see, by name. Whole numbers are CEL integers, other numbers doubles. */
export type ExpressionScope = Readonly<Record<string, Json>>;

/** The value of an expression. Throws a KplanError `expression` that says what is wrong with it, and where in its text. */
export function evaluate(_expression: Expression, _scope: ExpressionScope): Json {
  throw new Error("not built yet");
}

/** The value of a condition. Throws a KplanError `expression`, also when the value is no boolean. */
export function isTrue(expression: Expression, scope: ExpressionScope): boolean {
  return evaluate(expression, scope) === true;
}
