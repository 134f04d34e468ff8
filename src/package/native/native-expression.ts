import type { Expression } from "../../model/expression.ts";
import type { Requirement } from "../../model/requirement.ts";

/** An expression as YAML may say it: `true` without quotes is one, and so is a whole number where one is wanted. */
export type ExpressionEntry = string | boolean | number;

/** A requirement as `operator.yaml` says it. */
export interface RequirementEntry {
  readonly id: string;
  readonly expression: ExpressionEntry;
  readonly message: string;
}

/** The text of an expression. */
export function expressionOf(entry: ExpressionEntry): Expression {
  return String(entry);
}

/** A requirement of a plan or a step. */
export function requirementOf({ id, expression, message }: RequirementEntry): Requirement {
  return { id, expression: expressionOf(expression), message };
}
