import { errorIssue, type Issue } from "../model/issue.ts";
import { canonicalJson } from "../model/json.ts";
import type { Parameter } from "../model/parameter.ts";
import type { ParameterChange } from "../model/run.ts";

/** Texts by parameter name, as the Instance or a run record keeps them: canonical JSON, or a hash of a secret. */
export type StoredValues = Readonly<Record<string, string>>;

/**
 * What differs between two sets of stored values, in the order of declaration, and an issue for each immutable parameter among it. Defaults count: a value
 * that is set to what the default said is no change, and one that is unset goes back to the default.
 * @param declaredBefore declarations that `before` belongs to, when an upgrade has other ones
 */
export function changedParams(
  declared: readonly Parameter[],
  before: StoredValues,
  after: StoredValues,
  declaredBefore: readonly Parameter[] = declared,
): { changes: ParameterChange[]; issues: Issue[] } {
  const earlier = new Map(declaredBefore.map((parameter) => [parameter.name, parameter]));
  const changes: ParameterChange[] = [];
  const issues: Issue[] = [];
  for (const parameter of declared) {
    const from = textOf(earlier.get(parameter.name), before);
    const to = textOf(parameter, after);
    if (from === to) continue;
    const change = shown(parameter, from, to);
    changes.push(change);
    // A parameter that an upgrade brings along has its first value yet to get.
    if (parameter.immutable && earlier.has(parameter.name)) issues.push(immutableIssue(change));
  }
  return { changes, issues };
}

function textOf(parameter: Parameter | undefined, values: StoredValues): string | null {
  if (parameter === undefined) return null;
  if (Object.hasOwn(values, parameter.name)) return values[parameter.name] ?? null;
  return parameter.default === undefined ? null : canonicalJson(parameter.default);
}

function shown({ name, type }: Parameter, from: string | null, to: string | null): ParameterChange {
  if (type !== "secret") return { name, from, to };
  return { name, from: from === null ? null : "***", to: to === null ? null : "***" };
}

function immutableIssue({ name, from, to }: ParameterChange): Issue {
  const message = `parameter ${name} is immutable: it is ${from ?? "not set"} since install and cannot become ${to ?? "not set"}`;
  return errorIssue("immutable-changed", message);
}
