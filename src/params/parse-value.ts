import { errorIssue, type Issue } from "../model/issue.ts";
import type { Json } from "../model/json.ts";
import type { Parameter } from "../model/parameter.ts";
import { typeText } from "../model/parameter-type.ts";
import { parseYaml } from "../yaml/parse-yaml.ts";
import { checkValue } from "./check-value.ts";

/**
 * The value that a text of the command line means for a parameter: a string and a secret are the text itself, an integer is decimal digits with an
 * optional sign, a number is JSON's, a boolean is true or false, an array and a map are YAML (so also JSON).
 */
export function parseValue(parameter: Parameter, text: string): { value: Json } | { issue: Issue } {
  const value = meaningOf(parameter, text);
  const problem = value === undefined ? notOfType(parameter, text) : checkValue(parameter, value);
  return problem === undefined ? { value: value ?? null } : { issue: problem };
}

function meaningOf({ type, name }: Parameter, text: string): Json | undefined {
  switch (type) {
    case "string":
    case "secret":
      return text;
    case "integer":
      return /^[-+]?[0-9]+$/.test(text) ? safeInteger(text) : undefined;
    case "number":
      return /^[-+]?([0-9]+(\.[0-9]+)?|\.[0-9]+)([eE][-+]?[0-9]+)?$/.test(text)
        ? finite(text)
        : undefined;
    case "boolean":
      return text === "true" ? true : text === "false" ? false : undefined;
    case "array":
    case "map": {
      const yaml = parseYaml(text, name);
      return yaml.issues.length === 0 ? (yaml.value as Json) : undefined;
    }
  }
}

function safeInteger(text: string): number | undefined {
  const value = Number(text);
  return Number.isSafeInteger(value) ? value + 0 : undefined;
}

function finite(text: string): number | undefined {
  const value = Number(text);
  return Number.isFinite(value) ? value + 0 : undefined;
}

function notOfType({ name, type }: Parameter, text: string): Issue {
  const shown = text.length > 60 ? `${text.slice(0, 57)}...` : text;
  const digits = type === "integer" && /^[-+]?[0-9]+$/.test(text);
  const expected = digits ? "an integer of at most 2^53" : typeText(type);
  const why = type === "array" || type === "map" ? whyNotYaml(text) : "";
  return errorIssue(
    "wrong-type",
    `-p ${name}: expected ${expected}, found ${JSON.stringify(shown)}${why}`,
  );
}

function whyNotYaml(text: string): string {
  const [first] = parseYaml(text, "").issues;
  return first ? ` (${first.message})` : "";
}
