import type { Issue } from "../model/issue.ts";
import type { Parameter } from "../model/parameter.ts";
import type { ParameterChange } from "../model/run.ts";

/** What differs between two sets of stored values. */
export function changedParams(
  _declared: readonly Parameter[],
  _before: Readonly<Record<string, string>>,
  _after: Readonly<Record<string, string>>,
  _declaredBefore: readonly Parameter[] = _declared,
): { changes: ParameterChange[]; issues: Issue[] } {
  throw new Error("not written yet");
}
