import { errorIssue, type Issue } from "../model/issue.ts";
import { isMap } from "../model/json.ts";
import { KUDO_API_VERSION, NATIVE_API_VERSION } from "../model/names.ts";
import { nearest } from "../model/nearest.ts";
import type { Dialect } from "../model/package.ts";
import type { ParsedYaml } from "../yaml/parse-yaml.ts";

/** Chooses the language of a package by the `apiVersion` of its operator.yaml; none means KUDO's, as for KUDO. An issue when it is no language at all. */
export function dialectOf(operator: ParsedYaml): Dialect | Issue {
  const fields = isMap(operator.value) ? operator.value : {};
  const { apiVersion } = fields;
  if (apiVersion === NATIVE_API_VERSION) return "native";
  if (apiVersion === KUDO_API_VERSION) return "kudo";
  if (apiVersion !== undefined) {
    const message = `apiVersion: expected ${NATIVE_API_VERSION}, found ${JSON.stringify(apiVersion)}`;
    return errorIssue("unknown-api-version", message, operator.placeOf(["apiVersion"]));
  }
  const misspelled = Object.keys(fields).find((field) => nearest(field, ["apiVersion"]));
  if (misspelled === undefined) return "kudo";
  const message = `unknown field "${misspelled}", did you mean "apiVersion"?`;
  return errorIssue("unknown-field", message, operator.placeOf([misspelled], "key"));
}
