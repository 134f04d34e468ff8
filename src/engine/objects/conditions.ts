import { compile } from "../../expressions/compile.ts";
import { type ExpressionScope, isTrue } from "../../expressions/evaluate.ts";
import type { Expression } from "../../model/expression.ts";
import { KplanError } from "../../model/kplan-error.ts";
import type { RunInputs } from "../../model/run.ts";
import type { RunContext } from "../run-context.ts";
import { TaskFailure } from "../steps/task-stop.ts";

/** What conditions are judged by. */
export type ConditionInputs = Pick<RunInputs, "parameters" | "facts" | "capabilities">;

/** What a condition sees of a run. */
export function conditionScope({
  parameters,
  facts,
  capabilities,
}: ConditionInputs): ExpressionScope {
  const { KubeVersion, APIVersions } = capabilities;
  return {
    Params: parameters,
    Facts: facts,
    Capabilities: { KubeVersion: { ...KubeVersion }, APIVersions },
  };
}

/** Names of the facts that an expression reads; `*` is among them when it uses `Facts` as a whole. None for one that does not parse. */
export function factsIn(expression: Expression): ReadonlySet<string> {
  const compiled = compile(expression);
  if ("problem" in compiled) return new Set();
  const paths = compiled.uses.map(({ path }) => path).filter(([root]) => root === "Facts");
  return new Set(paths.map(([, name = "*"]) => name));
}

/**
 * Whether a condition of a step or task is true right now. `what` names it to people. One that cannot be evaluated because a simulated cluster answered no
 * command is taken for `otherwise`, with a warning; any other throws a `TaskFailure`.
 */
export function judgeCondition(
  expression: Expression,
  what: string,
  otherwise: boolean,
  ctx: Pick<RunContext, "cluster" | "emit"> & { readonly inputs: ConditionInputs },
): boolean {
  try {
    return isTrue(expression, conditionScope(ctx.inputs));
  } catch (error) {
    if (!(error instanceof KplanError)) throw error;
    if (!ctx.cluster.simulated || !lacksFact(expression, ctx.inputs))
      throw new TaskFailure(`${what} cannot be evaluated: ${error.message}`);
    ctx.emit({ type: "warning", message: `${what}: not evaluated (simulated)` });
    return otherwise;
  }
}

/** Whether an expression reads a fact that nobody found out: in a simulated pod no command runs unless the package says what it answers. */
export function lacksFact(expression: Expression, { facts }: ConditionInputs): boolean {
  return [...factsIn(expression)].some((name) => name !== "*" && (facts[name] ?? null) === null);
}
