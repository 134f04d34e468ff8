import { errorIssue, type Issue } from "../model/issue.ts";
import { canonicalJson, type Json } from "../model/json.ts";
import type { Dialect, OperatorPackage } from "../model/package.ts";
import type { Parameter } from "../model/parameter.ts";
import type { StoredValues } from "./change-params.ts";
import { kudoPlain, kudoYaml } from "./kudo-text.ts";
import { parseValue } from "./parse-value.ts";

/**
 * Stored values of one dialect as a package of the other would store them, for an instance whose package was converted. An issue for each value that the package cannot
 * take, which is left out. Values of names that it does not declare stay in KUDO's dialect only.
 */
export function valuesInDialect(
  texts: StoredValues,
  from: Dialect,
  { dialect, parameters }: Pick<OperatorPackage, "dialect" | "parameters">,
): { readonly texts: StoredValues; readonly issues: readonly Issue[] } {
  if (from === dialect) return { texts, issues: [] };
  if (dialect === "kudo") return { texts: mapped(texts, kudoText), issues: [] };
  const issues: Issue[] = [];
  const values = parameters.flatMap((parameter): [string, string][] => {
    const text = texts[parameter.name];
    if (text === undefined) return [];
    if (parameter.type === "secret") {
      issues.push(secretIssue(parameter));
      return [];
    }
    const parsed = parseValue(parameter, text);
    if ("value" in parsed) return [[parameter.name, canonicalJson(parsed.value)]];
    issues.push(parsed.issue);
    return [];
  });
  return { texts: Object.fromEntries(values), issues };
}

/** A text that is no JSON is the hash of a secret, which tells nothing. */
function kudoText(text: string): string | undefined {
  try {
    const value = JSON.parse(text) as Json;
    return typeof value === "object" && value !== null ? kudoYaml(value) : kudoPlain(value);
  } catch {
    return undefined;
  }
}

/** Never generated anew unasked: what the instance runs with has the old value. */
function secretIssue({ name }: Parameter): Issue {
  const message = `parameter ${name} is a secret in this package, and its value stands in the Instance`;
  return errorIssue("secret-in-instance", message, undefined, `give it: -p ${name}=@FILE`);
}

function mapped(
  texts: StoredValues,
  change: (text: string) => string | undefined,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(texts).flatMap(([name, text]) => {
      const changed = change(text);
      return changed === undefined ? [] : [[name, changed]];
    }),
  );
}
