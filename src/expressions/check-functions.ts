import type { ASTNode } from "@marcbachmann/cel-js";
import { RE2JS } from "re2js";
import { didYouMean } from "../model/nearest.ts";
import { partsOf } from "./parts-of.ts";
import type { ExpressionProblem } from "./problem.ts";
import { MACROS } from "./uses-of.ts";

/** The functions of CEL that kplan's expressions have: what gives the same everywhere. */
export const FUNCTIONS: readonly string[] = [
  ...["bool", "double", "int", "string", "type", "size", "has"],
  ...["startsWith", "endsWith", "contains", "matches", "indexOf", "lastIndexOf", "substring"],
  ...["lowerAscii", "upperAscii", "trim", "split", "join"],
  ...MACROS,
];

/** What stands for `matches`, whose regular expressions could take any time in the library. */
const INSTEAD: Readonly<Record<string, string>> = { matches: "matchesLinear" };

/** The first call of a function that there is not. Calls of `matches` are made to go to a linear one. */
export function checkFunctions(node: ASTNode): ExpressionProblem | undefined {
  if (node.op === "value" && node.args instanceof Uint8Array)
    return { message: "there are no bytes here", offset: node.start };
  if (node.op === "call" || node.op === "rcall") {
    const [name] = node.args;
    if (!FUNCTIONS.includes(name)) {
      const message = `there is no function ${name}${didYouMean(name, FUNCTIONS)}`;
      return { message, offset: node.pos };
    }
    const bad = node.op === "rcall" ? badPattern(name, node.args[2]) : undefined;
    if (bad) return bad;
    if (node.op === "rcall") node.args[0] = INSTEAD[name] ?? name;
  }
  for (const part of partsOf(node)) {
    const problem = checkFunctions(part);
    if (problem) return problem;
  }
  return undefined;
}

/** A regular expression that stands in the text is tried at once. */
function badPattern(name: string, [pattern]: readonly ASTNode[]): ExpressionProblem | undefined {
  if (name !== "matches" || pattern?.op !== "value" || typeof pattern.args !== "string") return;
  try {
    RE2JS.compile(pattern.args);
  } catch (error) {
    return { message: error instanceof Error ? error.message : "", offset: pattern.start };
  }
  return undefined;
}
