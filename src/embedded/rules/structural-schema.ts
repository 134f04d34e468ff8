import { isMap } from "../../model/json.ts";
import type { FieldProblem } from "../http/api-error.ts";
import { type Draft, problem, required, unsupported } from "./rule.ts";

const TYPES = ["array", "boolean", "integer", "number", "object", "string"];

/** Why a schema is not structural (apiextensions.k8s.io/v1): a type for every node, and no forbidden keywords. */
export function structuralProblems(schema: Draft, at: string): FieldProblem[] {
  return checkNode(schema, at, true);
}

function checkNode(schema: Draft, at: string, root: boolean): FieldProblem[] {
  const found: FieldProblem[] = [];
  const { type } = schema;
  const free =
    schema["x-kubernetes-int-or-string"] === true ||
    schema["x-kubernetes-preserve-unknown-fields"] === true;
  if (type === undefined || type === "") {
    if (root || !free)
      found.push(
        required(
          `${at}.type`,
          root ? "must not be empty at the root" : "must not be empty for specified object fields",
        ),
      );
  } else if (!TYPES.includes(String(type))) found.push(unsupported(`${at}.type`, type, TYPES));
  if (isMap(schema.properties) && schema.additionalProperties !== undefined)
    found.push(
      problem(
        `${at}.additionalProperties`,
        "FieldValueForbidden",
        "Forbidden: additionalProperties and properties are mutual exclusive",
      ),
    );
  if (type === "array" && !isMap(schema.items))
    found.push(required(`${at}.items`, "must be specified"));
  for (const [name, child] of Object.entries(isMap(schema.properties) ? schema.properties : {}))
    if (isMap(child)) found.push(...checkNode(child, `${at}.properties[${name}]`, false));
  if (isMap(schema.items)) found.push(...checkNode(schema.items, `${at}.items`, false));
  if (isMap(schema.additionalProperties))
    found.push(...checkNode(schema.additionalProperties, `${at}.additionalProperties`, false));
  return found;
}
