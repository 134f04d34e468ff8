import { Environment } from "@marcbachmann/cel-js";
import { RE2JS } from "re2js";
import type { Expression } from "../model/expression.ts";
import { meter, newBudget } from "./budget.ts";
import { checkFunctions } from "./check-functions.ts";
import { type ExpressionProblem, explain } from "./problem.ts";
import { type NameUse, usesOf } from "./uses-of.ts";

/** An expression that can be evaluated, or what is wrong with its text. */
export type Compiled =
  | { readonly problem: ExpressionProblem }
  | {
      /** Names from outside that it reads, in the order of their places. */
      readonly uses: readonly NameUse[];
      /** Type of its value as far as it can be told: `bool`, `int`, `dyn`, … */
      readonly type: string;
      /** Its value by CEL's types; throws what the library throws. */
      readonly run: (roots: ReadonlyMap<string, unknown>) => unknown;
    };

/** Parses an expression and looks for what is wrong in it whatever the values; what was parsed is kept. */
export function compile(expression: Expression): Compiled {
  const known = cache.get(expression);
  if (known) return known;
  if (cache.size >= MAX_CACHED) cache.clear();
  const compiled = compileNew(expression);
  cache.set(expression, compiled);
  return compiled;
}

/** Characters of an expression, at most. */
const MAX_LENGTH = 4000;

const MAX_CACHED = 1000;
const cache = new Map<Expression, Compiled>();

function compileNew(expression: Expression): Compiled {
  if (expression.length > MAX_LENGTH)
    return problem(`it is longer than ${MAX_LENGTH} characters`, MAX_LENGTH);
  if (expression.trim() === "") return problem("there is no expression", 0);
  try {
    const parsed = environment().parse(expression);
    const unknown = checkFunctions(parsed.ast);
    if (unknown) return { problem: unknown };
    const uses = usesOf(parsed.ast);
    const budget = newBudget();
    meter(parsed.ast, budget);
    const { error, type = "dyn" } = parsed.check();
    if (error) return { problem: explain(error) };
    return {
      uses,
      type,
      run: (roots) => {
        budget.reset();
        return parsed(new Map(roots));
      },
    };
  } catch (error) {
    return { problem: explain(error) };
  }
}

function problem(message: string, offset: number): Compiled {
  return { problem: { message, offset } };
}

let known: Environment | undefined;

/** What CEL leaves to an implementation, and what kplan adds: arithmetic between integers and doubles, and regular expressions that take linear time. */
function environment(): Environment {
  if (known) return known;
  known = new Environment({
    unlistedVariablesAreDyn: true,
    homogeneousAggregateLiterals: false,
    limits: { maxAstNodes: 500, maxDepth: 50, maxListElements: 200, maxMapEntries: 200 },
  });
  for (const [sign, call] of Object.entries(ARITHMETIC)) {
    const mixed = (a: number | bigint, b: number | bigint) => call(Number(a), Number(b));
    known.registerOperator(`int ${sign} double`, mixed);
    known.registerOperator(`double ${sign} int`, mixed);
  }
  known.registerFunction("string.matchesLinear(string): bool", (text: string, re: string) =>
    RE2JS.compile(re).matcher(text).find(),
  );
  return known;
}

const ARITHMETIC: Readonly<Record<string, (a: number, b: number) => number>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
};
