import type { Issue } from "../model/issue.ts";
import type { Json } from "../model/json.ts";
import type { Parameter, ParameterValues } from "../model/parameter.ts";

/** Fills in defaults and secret references. */
export function resolveParams(
  _declared: readonly Parameter[],
  _given: Readonly<Record<string, Json>>,
  _instance: string,
  _givenSecrets: Iterable<string> = [],
): { values: ParameterValues; issues: Issue[] } {
  throw new Error("not written yet");
}
