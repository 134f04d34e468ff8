import type { Expectation, Gate } from "../../model/gate.ts";
import { parseDuration } from "../../model/parse-duration.ts";
import { type ExpressionEntry, expressionOf } from "./native-expression.ts";

/** A gate as `operator.yaml` says it: with `exec`, or with `sql` and `client`. */
export interface GateEntry {
  readonly pods?: string;
  readonly container?: string;
  readonly exec?: readonly string[];
  readonly sql?: string;
  readonly client?: readonly string[];
  readonly expect: readonly ExpectationEntry[];
  readonly slowWhen?: ExpressionEntry;
  readonly period?: string;
}

/** An expectation as `operator.yaml` says it: with one of `all`, `any`, `count` and `same`. */
export interface ExpectationEntry {
  readonly all?: ExpressionEntry;
  readonly any?: ExpressionEntry;
  readonly count?: ExpressionEntry;
  readonly min?: ExpressionEntry;
  readonly max?: ExpressionEntry;
  readonly same?: string;
  readonly message?: string;
}

/** What decides the kind of an expectation. */
export const EXPECTATIONS = ["all", "any", "count", "same"] as const;

/** A step's gate; `sql` is the last word of the client's command. */
export function gateOf(entry: GateEntry): Gate {
  const { pods, container, exec, sql, client = [], slowWhen } = entry;
  const period = parseDuration(entry.period ?? "");
  return {
    ...(pods !== undefined && { pods }),
    ...(container !== undefined && { container }),
    command: sql === undefined ? [...(exec ?? client)] : [...client, sql],
    expect: entry.expect.map(expectationOf),
    ...(slowWhen !== undefined && { slowWhen: expressionOf(slowWhen) }),
    ...(period !== undefined && { period }),
  };
}

function expectationOf(entry: ExpectationEntry): Expectation {
  const { all, any, count, min, max, same = "", message } = entry;
  const said = message === undefined ? {} : { message };
  if (all !== undefined) return { kind: "all", of: expressionOf(all), ...said };
  if (any !== undefined) return { kind: "any", of: expressionOf(any), ...said };
  if (count === undefined) return { kind: "same", name: same, ...said };
  return {
    kind: "count",
    of: expressionOf(count),
    ...(min !== undefined && { min: expressionOf(min) }),
    ...(max !== undefined && { max: expressionOf(max) }),
    ...said,
  };
}
