import type { Issue } from "../model/issue.ts";
import type { OperatorPackage } from "../model/package.ts";
import type { Parameter } from "../model/parameter.ts";
import type { ParameterChange } from "../model/run.ts";
import { changedParams, type StoredValues } from "./change-params.ts";
import { kudoChangedParams } from "./kudo-changes.ts";

/**
 * What differs between two sets of stored values as the package's dialect counts it, and an issue for each immutable parameter among it.
 * @param declaredBefore declarations that `before` belongs to, when an upgrade has other ones
 */
export function parameterChanges(
  { dialect, parameters }: Pick<OperatorPackage, "dialect" | "parameters">,
  before: StoredValues,
  after: StoredValues,
  declaredBefore: readonly Parameter[] = parameters,
): { changes: ParameterChange[]; issues: Issue[] } {
  const changesOf = dialect === "kudo" ? kudoChangedParams : changedParams;
  return changesOf(parameters, before, after, declaredBefore);
}
