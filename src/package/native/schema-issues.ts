import { describeValue } from "../../model/describe-value.ts";
import { errorIssue, type Issue } from "../../model/issue.ts";
import { isMap } from "../../model/json.ts";
import { didYouMean, nearest } from "../../model/nearest.ts";
import type { ParsedYaml } from "../../yaml/parse-yaml.ts";
import { type FieldPath, fieldPath, fieldText } from "../field-path.ts";
import { type SchemaError, type SchemaName, schemaErrors } from "../schema-errors.ts";

/** Every problem that a schema finds in a YAML file, in the words of the file's author: one issue for one mistake, at its place. */
export function schemaIssues(name: SchemaName, yaml: ParsedYaml): Issue[] {
  const errors = schemaErrors(name, yaml.value);
  const issues = new Map<string, Issue>();
  for (const error of errors) {
    if (isNoise(error, errors)) continue;
    const issue = issueOf(error, yaml);
    // A text that is both too long and of wrong letters is said once.
    issues.set(JSON.stringify([issue.message, issue.at]), issue);
  }
  return [...issues.values()];
}

/** Errors that only follow from another one. */
function isNoise(error: SchemaError, all: readonly SchemaError[]): boolean {
  switch (error.keyword) {
    case "propertyNames":
    case "discriminator":
    case "if":
      return true;
    case "required":
      return isMisspelled(error, all);
    default:
      return false;
  }
}

/** Whether an unknown field must have meant the missing one. */
function isMisspelled(missing: SchemaError, all: readonly SchemaError[]): boolean {
  return all.some(
    (other) =>
      other.keyword === "additionalProperties" &&
      other.instancePath === missing.instancePath &&
      nearest(String(other.params.additionalProperty), knownFields(other)) ===
        missing.params.missingProperty,
  );
}

function issueOf(error: SchemaError, yaml: ParsedYaml): Issue {
  const path = fieldPath(error.instancePath);
  const label = path.length === 0 ? "" : `${fieldText(path)}: `;
  switch (error.keyword) {
    case "additionalProperties": {
      const field = String(error.params.additionalProperty);
      const known = knownFields(error);
      const meant = didYouMean(field, known) || `; known here: ${known.join(", ")}`;
      const at = yaml.placeOf([...path, field], "key");
      const lacks = requiredFields(error).includes(nearest(field, known) ?? "");
      return errorIssue(
        lacks ? "misspelled-field" : "unknown-field",
        `${label}unknown field "${field}"${meant}`,
        at,
      );
    }
    case "required": {
      const field = String(error.params.missingProperty);
      return errorIssue("missing-field", `${label}field "${field}" is missing`, yaml.placeOf(path));
    }
    case "const":
      return wordIssue(path, error.data, [error.params.allowedValue], yaml);
    case "enum":
      return wordIssue(path, error.data, error.params.allowedValues, yaml);
    default: {
      if (error.propertyName !== undefined) return keyIssue(path, error, yaml);
      const message = `${label}expected ${expected(error)}, found ${describeValue(error.data)}`;
      return errorIssue("wrong-value", message, yaml.placeOf(path), quoteHint(path, error, yaml));
    }
  }
}

function wordIssue(path: FieldPath, found: unknown, allowed: unknown, yaml: ParsedYaml): Issue {
  const words = Array.isArray(allowed) ? allowed.map(String) : [];
  const last = words.at(-1) ?? "";
  const list = words.length < 2 ? last : `${words.slice(0, -1).join(", ")} or ${last}`;
  const meant = typeof found === "string" ? didYouMean(found, words) : "";
  const message = `${fieldText(path)}: expected ${list}, found ${describeValue(found)}${meant}`;
  return errorIssue("unknown-word", message, yaml.placeOf(path));
}

function keyIssue(path: FieldPath, error: SchemaError, yaml: ParsedYaml): Issue {
  const key = String(error.propertyName);
  const message = `${fieldText(path)}: expected ${expected(error)}, found ${describeValue(key)}`;
  return errorIssue("wrong-name", message, yaml.placeOf([...path, key], "key"));
}

const TYPES: Readonly<Record<string, string>> = {
  string: "a text",
  boolean: "true or false",
  array: "a list",
  object: "a map",
  integer: "a whole number",
};

/** What the schema asks for, in words: its title, if it has one. */
function expected({ keyword, params, parentSchema }: SchemaError): string {
  const title = parentSchema?.title;
  const type = TYPES[String(parentSchema?.type)];
  if (keyword === "minItems") return `at least ${params.limit} item`;
  if (typeof title === "string" && type !== "a map") return title;
  return type ?? "another value";
}

/** A version such as 10.10 is a number to YAML, which drops the last zero. */
function quoteHint(path: FieldPath, error: SchemaError, yaml: ParsedYaml): string | undefined {
  const wantsText = error.keyword === "type" && error.params.type === "string";
  const text = yaml.textOf(path);
  if (!wantsText || text === undefined || text === "") return undefined;
  return `write it in quotes: ${JSON.stringify(text)}`;
}

function requiredFields(error: SchemaError): unknown[] {
  return Array.isArray(error.parentSchema?.required) ? error.parentSchema.required : [];
}

function knownFields(error: SchemaError): string[] {
  return isMap(error.parentSchema?.properties) ? Object.keys(error.parentSchema.properties) : [];
}
