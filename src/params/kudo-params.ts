import { type GoValue, nilSlice } from "../functions/go/value.ts";
import { errorIssue, hasErrors, type Issue } from "../model/issue.ts";
import type { Parameter } from "../model/parameter.ts";
import { goJson, parseGoYaml } from "../yaml/parse-go-yaml.ts";
import { kudoDefault } from "./kudo-text.ts";

/** Texts by parameter name, as an Instance keeps them. */
export type KudoTexts = Readonly<Record<string, string>>;

/** Values by parameter name as Go templates see them: texts, and what the YAML of arrays and maps says, its numbers floats. */
export type KudoValues = Record<string, GoValue>;

/**
 * What templates see as `.Params` (compat section 2.5): every declared parameter, with the given text even when it is empty, else its default, else an empty text. An issue for
 * each text of an array or map that cannot be read.
 */
export function kudoParams(
  declared: readonly Parameter[],
  given: KudoTexts,
): { readonly values: KudoValues; readonly issues: Issue[] } {
  const issues: Issue[] = [];
  const values = declared.map((parameter): [string, GoValue] => {
    const text = Object.hasOwn(given, parameter.name) ? given[parameter.name] : undefined;
    const seen = kudoValue(parameter, text ?? kudoDefault(parameter) ?? "");
    if ("problem" in seen) issues.push(seen.problem);
    return [parameter.name, "problem" in seen ? null : seen.value];
  });
  return { values: Object.fromEntries(values), issues };
}

/** What a template sees of a text: a map is whatever its YAML says, an array must be a list, everything else (numbers and booleans too) is the text. */
export function kudoValue(
  { name, type }: Pick<Parameter, "name" | "type">,
  text: string,
): { readonly value: GoValue } | { readonly problem: Issue } {
  if (type !== "array" && type !== "map") return { value: text };
  const { root, issues } = parseGoYaml(text, name);
  if (hasErrors(issues)) {
    const why = issues.map(({ message }) => message).join("; ");
    return { problem: errorIssue("wrong-type", `parameter ${name} is no YAML: ${why}`) };
  }
  const value = root ? goJson(root.node) : null;
  if (type === "map") return { value };
  if (value === null) return { value: nilSlice() };
  if (Array.isArray(value)) return { value };
  return { problem: errorIssue("wrong-type", `parameter ${name}: expected a list in its YAML`) };
}

/** Names of the parameters that are required, have no default and are not given; one that is given as an empty text counts as given. */
export function missingKudoParams(declared: readonly Parameter[], given: KudoTexts): string[] {
  return declared
    .filter((parameter) => parameter.required && kudoDefault(parameter) === undefined)
    .map(({ name }) => name)
    .filter((name) => !Object.hasOwn(given, name));
}
