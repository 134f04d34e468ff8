import { describeValue } from "../../model/describe-value.ts";
import { canonicalJson } from "../../model/json.ts";
import { didYouMean } from "../../model/nearest.ts";
import type { ParameterType } from "../../model/parameter.ts";
import { fitsType, typeText } from "../../model/parameter-type.ts";
import type { FieldPath } from "../field-path.ts";
import type { ReportField } from "../report.ts";
import { checkDuplicates } from "./check-duplicates.ts";
import { fieldsOf, itemsOf, textIn } from "./raw-fields.ts";

/**
 * Finds in params.yaml what a schema cannot say: names given twice, values that are not of the declared type, rules that no value could keep. Takes the
 * file as it was read, as `checkOperator` does.
 */
export function checkParameters(
  value: unknown,
  report: ReportField,
  textOf: (path: FieldPath) => string | undefined,
): void {
  const { groups, parameters } = fieldsOf(value);
  checkDuplicates(itemsOf(groups), "group", ["groups"], report);
  // A name that differs only in case invites mistakes that nobody sees.
  checkDuplicates(itemsOf(parameters), "parameter", ["parameters"], report, (name) =>
    name.toLowerCase(),
  );
  const groupNames = itemsOf(groups).flatMap((group) => textIn(fieldsOf(group).name) ?? []);
  for (const [index, parameter] of itemsOf(parameters).entries()) {
    const path = ["parameters", index];
    checkParameter(fieldsOf(parameter), path, report, textOf);
    checkGroup(textIn(fieldsOf(parameter).group), groupNames, [...path, "group"], report);
  }
}

const TYPES: readonly string[] = [
  "string",
  "integer",
  "number",
  "boolean",
  "array",
  "map",
  "secret",
] satisfies ParameterType[];

function checkParameter(
  parameter: Readonly<Record<string, unknown>>,
  path: FieldPath,
  report: ReportField,
  textOf: (path: FieldPath) => string | undefined,
): void {
  const name = textIn(parameter.name);
  const type = parameter.type ?? "string";
  // What the schema refuses anyway.
  if (name === undefined || typeof type !== "string" || !TYPES.includes(type)) return;
  const declared = type as ParameterType;
  if (name in Object.prototype || name === "prototype")
    report("reserved-name", `a parameter cannot be called ${name}`, [...path, "name"]);
  if (declared === "secret") checkSecret(name, parameter, path, report);
  else {
    checkValues(name, declared, parameter, path, report, textOf);
    if ("generate" in parameter)
      report(
        "generate-not-secret",
        `${name} is no secret, so it is not generated`,
        [...path, "generate"],
        {
          part: "key",
          hint: "leave it out, or declare type: secret",
        },
      );
  }
  checkImmutable(name, declared, parameter, path, report);
}

function checkSecret(
  name: string,
  parameter: Readonly<Record<string, unknown>>,
  path: FieldPath,
  report: ReportField,
): void {
  if ("default" in parameter)
    report(
      "secret-default",
      `secret ${name} cannot have a default: everybody could read it`,
      [...path, "default"],
      {
        part: "key",
        hint: "leave it out: a secret that is not given is generated",
      },
    );
  if ("generate" in parameter && parameter.required === true)
    report(
      "generate-required",
      `secret ${name} must be given, so it is never generated`,
      [...path, "generate"],
      {
        part: "key",
        hint: "leave out generate, or required: true",
      },
    );
  if ("enum" in parameter)
    report(
      "secret-enum",
      `secret ${name} cannot have an enum: everybody could read it`,
      [...path, "enum"],
      {
        part: "key",
      },
    );
}

function checkValues(
  name: string,
  type: ParameterType,
  parameter: Readonly<Record<string, unknown>>,
  path: FieldPath,
  report: ReportField,
  textOf: (path: FieldPath) => string | undefined,
): void {
  const expectType = (what: string, value: unknown, at: FieldPath) => {
    if (fitsType(type, value)) return true;
    const text = type === "string" ? textOf(at) : undefined;
    const hint =
      value === null
        ? "leave the field out when there is no value"
        : text && `write it in quotes: ${JSON.stringify(text)}`;
    const message = `${what} ${name}: expected ${typeText(type)}, found ${describeValue(value)}`;
    report("wrong-type", message, at, hint === undefined ? {} : { hint });
    return false;
  };

  const known = new Set<string>();
  for (const [index, value] of itemsOf(parameter.enum).entries()) {
    const at = [...path, "enum", index];
    if (!expectType("enum of", value, at)) continue;
    const text = canonicalJson(value);
    if (known.has(text)) report("duplicate-value", `enum of ${name}: ${text} is listed twice`, at);
    known.add(text);
  }
  if (!("default" in parameter)) return;
  const at = [...path, "default"];
  if (!expectType("default of", parameter.default, at) || known.size === 0) return;
  const text = canonicalJson(parameter.default);
  if (known.has(text)) return;
  const words = itemsOf(parameter.enum).map(wordOf);
  const meant = type === "string" ? didYouMean(wordOf(parameter.default), words) : "";
  report(
    "not-in-enum",
    `default of ${name}: ${text} is not in its enum: ${words.join(", ")}${meant}`,
    at,
  );
}

function wordOf(value: unknown): string {
  return typeof value === "string" ? value : canonicalJson(value);
}

function checkImmutable(
  name: string,
  type: ParameterType,
  parameter: Readonly<Record<string, unknown>>,
  path: FieldPath,
  report: ReportField,
): void {
  const hasValue = "default" in parameter || type === "secret" || parameter.required !== false;
  if (parameter.immutable !== true || hasValue) return;
  report(
    "immutable-without-value",
    `immutable ${name} has no default and is not required: it could never get a value after install`,
    [...path, "immutable"],
  );
}

function checkGroup(
  group: string | undefined,
  known: readonly string[],
  path: FieldPath,
  report: ReportField,
): void {
  if (group === undefined || group === "" || known.includes(group)) return;
  const message = `there is no group "${group}"${didYouMean(group, known) || " under groups"}`;
  report("unknown-group", message, path);
}
