import { errorIssue, type Issue } from "../model/issue.ts";
import type { Json } from "../model/json.ts";
import { secretsName } from "../model/names.ts";
import type { Parameter, ParameterValues, SecretRef } from "../model/parameter.ts";

/**
 * The effective value of every declared parameter: the given one, else the default, else null; for a secret always where it is kept, because one that is
 * not given is generated. Reports the required ones that have no value. What is given and not declared is left out.
 * @param given values by name; of a secret only whether it is there counts
 * @param instance name of the instance, which the name of its Secret follows from
 * @param givenSecrets names of further secrets that have a value
 */
export function resolveParams(
  declared: readonly Parameter[],
  given: Readonly<Record<string, Json>>,
  instance: string,
  givenSecrets: Iterable<string> = [],
): { values: ParameterValues; issues: Issue[] } {
  const secrets = new Set(givenSecrets);
  const issues: Issue[] = [];
  const values = declared.map((parameter): [string, Json] => {
    const { name, type, required } = parameter;
    const isGiven = Object.hasOwn(given, name);
    const value = isGiven ? given[name] : parameter.default;
    const missing = type === "secret" ? !isGiven && !secrets.has(name) : value === undefined;
    if (required && missing) issues.push(missingIssue(parameter));
    return [name, type === "secret" ? secretRef(instance, name) : (value ?? null)];
  });
  return { values: Object.fromEntries(values), issues };
}

function secretRef(instance: string, key: string): SecretRef & Record<string, string> {
  return { name: secretsName(instance), key };
}

function missingIssue({ name, type, displayName }: Parameter): Issue {
  const what = displayName ? ` (${displayName})` : "";
  const message = `parameter ${name}${what} is required and has no value`;
  const value = type === "secret" ? "@FILE" : "VALUE";
  return errorIssue("required-missing", message, undefined, `give it: -p ${name}=${value}`);
}
