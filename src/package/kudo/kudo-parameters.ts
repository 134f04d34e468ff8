import { printed } from "../../functions/go/print.ts";
import type { Place } from "../../model/issue.ts";
import type { Json } from "../../model/json.ts";
import { didYouMean } from "../../model/nearest.ts";
import type { Parameter, ParameterGroup, ParameterType } from "../../model/parameter.ts";
import type { Slot } from "../../yaml/yaml-node.ts";
import { type KudoFields, kudoFields, type ReportAt } from "./kudo-fields.ts";
import { checkApiVersion } from "./kudo-operator.ts";

const PARAMETER_FIELDS = [
  "name",
  "displayName",
  "description",
  "hint",
  "default",
  "required",
  "trigger",
  "type",
  "immutable",
  "enum",
  "group",
  "advanced",
];
const TYPES = ["string", "integer", "number", "boolean", "array", "map"];

/** What a KUDO package's params.yaml says (compat sections 2.1 and 2.2); an empty file, or one without `parameters`, declares none. */
export function kudoParameters(
  root: Slot | undefined,
  placeAt: (offset: number) => Place,
  report: ReportAt,
): { groups: ParameterGroup[]; parameters: Parameter[] } {
  const file = kudoFields(root, "", ["apiVersion", "groups", "parameters"], report);
  checkApiVersion(file, report);
  return {
    groups: file.structs("groups", ["name", "displayName", "description", "prio"]).map(groupOf),
    parameters: file
      .structs("parameters", PARAMETER_FIELDS)
      .map((entry) => parameterOf(entry, placeAt, report)),
  };
}

function groupOf(entry: KudoFields): ParameterGroup {
  const displayName = entry.text("displayName");
  const description = entry.text("description");
  const priority = entry.number("prio");
  return {
    name: entry.text("name") ?? "",
    ...(displayName !== undefined && { displayName }),
    ...(description !== undefined && { description }),
    ...(priority !== undefined && { priority }),
  };
}

function parameterOf(
  entry: KudoFields,
  placeAt: (offset: number) => Place,
  report: ReportAt,
): Parameter {
  const kudoType = entry.text("type") ?? "";
  const [displayName, description, hint, group, trigger] = [
    entry.text("displayName"),
    entry.text("description"),
    entry.text("hint"),
    entry.text("group"),
    entry.text("trigger"),
  ];
  const value = entry.json("default");
  const type = typeOf(kudoType, entry, report);
  if (value !== undefined && type !== "array" && type !== "map") warnOfText(value, entry, report);
  const allowed = enumOf(entry, report);
  const advanced = entry.flag("advanced");
  return {
    name: entry.text("name") ?? "",
    type,
    kudoType,
    required: entry.flag("required") ?? true,
    immutable: entry.flag("immutable") ?? false,
    at: placeAt(entry.at("name")),
    ...(displayName !== undefined && { displayName }),
    ...(description !== undefined && { description }),
    ...(hint !== undefined && { hint }),
    ...(group !== undefined && { group }),
    ...(advanced !== undefined && { advanced }),
    ...(value !== undefined && { default: value }),
    ...(allowed !== undefined && { enum: allowed }),
    // An empty trigger is none.
    ...(trigger && { trigger }),
  };
}

function typeOf(word: string, entry: KudoFields, report: ReportAt): ParameterType {
  if (TYPES.includes(word)) return word as ParameterType;
  if (word !== "") {
    const message = `${entry.label}.type: ${JSON.stringify(word)} is a text that is never checked${didYouMean(word, TYPES)}`;
    report("warning", "unknown-type", message, entry.at("type"));
  }
  return "string";
}

/** Templates see the default as text, which is not always as it is written. */
function warnOfText(value: Json, entry: KudoFields, report: ReportAt): void {
  const written = entry.written("default");
  const text = printed(value);
  if (typeof value === "string" || text === written) return;
  const shown = written ?? (Array.isArray(value) ? "a list" : "a map");
  const message = `${entry.label}.default: ${shown} is read as the text ${JSON.stringify(text)}`;
  const hint =
    written === undefined
      ? `write type: ${Array.isArray(value) ? "array" : "map"}`
      : `write it in quotes: ${JSON.stringify(text)}`;
  report("warning", "not-a-text", message, entry.at("default"), hint);
}

/** KUDO's own command crashes on a null among them. */
function enumOf(entry: KudoFields, report: ReportAt): Json[] | undefined {
  const values = entry.json("enum");
  if (values === undefined) return undefined;
  const items = entry.items("enum") ?? [];
  if (!Array.isArray(values)) return undefined;
  for (const [index, value] of values.entries())
    if (value === null)
      report(
        "error",
        "empty-enum-value",
        `${entry.label}.enum[${index}]: nothing is no value`,
        items[index]?.offset ?? entry.offset,
      );
  return values;
}
