import { didYouMean } from "../model/nearest.ts";
import { compile } from "./compile.ts";
import type { ExpressionProblem } from "./problem.ts";
import type { NameUse } from "./uses-of.ts";

/** What can be said about an expression without its values. */
export interface ParsedExpression {
  /** The first thing that is wrong with it. */
  readonly problem?: ExpressionProblem;
  /** The names it reads, e.g. `["Facts", "look", "uuid"]`; none when it does not parse. */
  readonly uses: readonly NameUse[];
  /** Type of its value as far as it can be told: `bool`, `int`, `dyn` when it depends on the values. */
  readonly type: string;
}

/**
 * Parses an expression for checks; never throws.
 * @param names all that it may name: `Params`, `Facts`, …
 */
export function parseExpression(text: string, names: Iterable<string>): ParsedExpression {
  const compiled = compile(text);
  if ("problem" in compiled) return { problem: compiled.problem, uses: [], type: "dyn" };
  const { uses, type } = compiled;
  const known = new Set(names);
  const unknown = uses.find(({ path: [root = ""] }) => !known.has(root));
  if (unknown === undefined) return { uses, type };
  const [root = ""] = unknown.path;
  const message = `there is no ${root}${didYouMean(root, known) || `; there is ${[...known].join(", ")}`}`;
  return { problem: { message, offset: unknown.offset }, uses, type };
}
