import { EvaluationError, ParseError, TypeError as TypeProblem } from "@marcbachmann/cel-js";
import type { Expression } from "../model/expression.ts";
import { KplanError } from "../model/kplan-error.ts";
import { oneLine } from "./one-line.ts";

/** What is wrong with an expression. */
export interface ExpressionProblem {
  /** A sentence without the expression. */
  readonly message: string;
  /** Where in the text, in characters from 0. */
  readonly offset: number;
}

/** A KplanError `expression`: the sentence, and as its hint the line of the expression with a caret below the place. */
export function expressionError(
  expression: Expression,
  { message, offset }: ExpressionProblem,
): KplanError {
  const before = expression.slice(0, offset).split("\n");
  const line = expression.split("\n")[before.length - 1] ?? "";
  const column = (before.at(-1) ?? "").length;
  // A long line is shown around the place.
  const from = Math.max(0, Math.min(column - 40, line.length - 80));
  const around = line.slice(from, from + 80).replaceAll("\t", " ");
  const hint = `${around}\n${" ".repeat(column - from)}^`;
  const shown = oneLine(expression, 60);
  return new KplanError("expression", `expression "${shown}": ${message}`, { hint });
}

/** What the library found, in our words. Throws again what is no failure of an expression. */
export function explain(error: unknown): ExpressionProblem {
  if (!(error instanceof Error)) throw error;
  // The library's own failures all have their place; a parser that ran out of stack has none.
  if (error instanceof RangeError)
    return { message: "it is too long or nested too deep", offset: 0 };
  if (!isOfLibrary(error)) return { message: error.message, offset: 0 };
  return { message: inOurWords(error.code, error.summary), offset: error.range?.start ?? 0 };
}

function isOfLibrary(error: Error): error is ParseError | EvaluationError | TypeProblem {
  return (
    error instanceof ParseError || error instanceof EvaluationError || error instanceof TypeProblem
  );
}

function inOurWords(code: string, summary: string): string {
  const text = summary
    .replaceAll(/dyn<(\w+)>/g, "$1")
    .replaceAll(/\b[A-Z]{2,}\b/g, (token) => TOKENS[token] ?? token)
    .replaceAll("matchesLinear", "matches");
  switch (code) {
    case "no_such_key":
      return text.replace(/^No such key: (.*)$/, "there is no $1");
    case "index_out_of_bounds":
      return text.replace(/^.*index (-?\d+) >= size (\d+)$/, "there is no item $1 in a list of $2");
    case "no_such_overload":
      return text.replace(/^no such overload: (.*)$/, "$1 has no meaning");
    case "no_matching_overload":
      return text.replace(/^found no matching overload for '(.*)'$/, "$1 has no meaning");
    case "invalid_macro_argument":
      return summary.startsWith("has()")
        ? 'has() takes names with dots between, as in has(Facts.look.uuid); for others there is "name" in Facts'
        : text;
    case "limit_exceeded":
      return "it is too long or nested too deep";
    default:
      return text.replace(/^[A-Z][a-z]/, (start) => start.toLowerCase());
  }
}

/** The parser's names of what it reads. */
const TOKENS: Readonly<Record<string, string>> = {
  EOF: "the end",
  LPAREN: "(",
  RPAREN: ")",
  LBRACKET: "[",
  RBRACKET: "]",
  LBRACE: "{",
  RBRACE: "}",
  DOT: ".",
  COMMA: ",",
  COLON: ":",
  QUESTION: "?",
  IDENTIFIER: "a name",
  NUMBER: "a number",
  STRING: "a text",
  BOOLEAN: "true or false",
  NULL: "null",
  PLUS: "+",
  MINUS: "-",
  MULTIPLY: "*",
  DIVIDE: "/",
  MODULO: "%",
  EQ: "==",
  NE: "!=",
  LT: "<",
  LE: "<=",
  GT: ">",
  GE: ">=",
  AND: "&&",
  OR: "||",
  NOT: "!",
  IN: "in",
};
