import type { ErrorObject, ValidateFunction } from "ajv";
import { isMap } from "../../model/json.ts";
import type { FieldProblem } from "../http/api-error.ts";
import { invalidValue, problem, required, unsupported } from "../rules/rule.ts";

const validators = new WeakMap<object, ValidateFunction>();

/**
 * Makes a structural schema ready to validate with. ajv is loaded only when a cluster has custom kinds.
 * A schema that ajv refuses validates nothing.
 */
export async function prepareSchema(schema: Record<string, unknown>): Promise<void> {
  if (validators.has(schema)) return;
  const { compileSchema } = await import("./schema-compiler.ts");
  validators.set(schema, compileSchema(plainSchema(schema) as Record<string, unknown>));
}

/** What is wrong with a custom object; `prepareSchema` was called before. */
export function checkSchema(schema: Record<string, unknown>, object: unknown): FieldProblem[] {
  const validate = validators.get(schema);
  if (!validate || validate(object)) return [];
  const errors = validate.errors ?? [];
  return errors.filter(({ keyword }) => keyword !== "if").map((error) => problemOf(error, object));
}

/** Fills in the defaults of a structural schema; answers a copy where anything was filled in. */
export function defaultBySchema(value: unknown, schema: unknown): unknown {
  if (!isMap(schema)) return value;
  if (Array.isArray(value)) return value.map((item) => defaultBySchema(item, schema.items));
  if (!isMap(value)) return value;
  const { properties, additionalProperties } = schema;
  const filled: Record<string, unknown> = { ...value };
  const known = isMap(properties) ? properties : {};
  for (const [name, child] of Object.entries(known)) {
    if (filled[name] === undefined && isMap(child) && child.default !== undefined)
      filled[name] = structuredClone(child.default);
    if (filled[name] !== undefined) filled[name] = defaultBySchema(filled[name], child);
  }
  if (isMap(additionalProperties))
    for (const name in filled)
      if (!(name in known)) filled[name] = defaultBySchema(filled[name], additionalProperties);
  return filled;
}

/** The schema as JSON Schema has it: numeric bounds, int-or-string, no extensions, metadata left to the server. */
function plainSchema(schema: unknown, root = true): unknown {
  if (Array.isArray(schema)) return schema.map((each) => plainSchema(each, false));
  if (!isMap(schema)) return schema;
  const plain: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(schema)) {
    if (key.startsWith("x-kubernetes-") || key === "default" || key === "example") continue;
    if (key === "properties" && isMap(value))
      plain.properties = Object.fromEntries(
        Object.entries(value)
          .filter(([name]) => !(root && ["metadata", "apiVersion", "kind"].includes(name)))
          .map(([name, child]) => [name, plainSchema(child, false)]),
      );
    else plain[key] = key === "enum" ? value : plainSchema(value, false);
  }
  for (const [flag, bound, exclusive] of [
    ["exclusiveMinimum", "minimum", "exclusiveMinimum"],
    ["exclusiveMaximum", "maximum", "exclusiveMaximum"],
  ] as const) {
    if (typeof plain[flag] !== "boolean") continue;
    const set = plain[flag];
    delete plain[flag];
    if (set) plain[exclusive] = plain[bound];
  }
  if (schema["x-kubernetes-int-or-string"] === true) plain.type = ["integer", "string"];
  if (schema.nullable === true && plain.type === undefined) delete plain.nullable;
  return plain;
}

function problemOf(error: ErrorObject, object: unknown): FieldProblem {
  const field = fieldText(error.instancePath);
  const value = valueAtPointer(object, error.instancePath);
  const { params } = error;
  switch (error.keyword) {
    case "required":
      return required(field ? `${field}.${params.missingProperty}` : params.missingProperty);
    case "type":
      return problem(
        field,
        "FieldValueTypeInvalid",
        `Invalid value: ${JSON.stringify(typeText(value))}: ${field} in body must be of type ${params.type}: ${JSON.stringify(typeText(value))}`,
      );
    case "enum":
      return unsupportedInOrder(field, value, params.allowedValues);
    case "pattern":
      return invalidValue(field, value, `${field} in body should match '${params.pattern}'`);
    case "minimum":
      return invalidValue(
        field,
        value,
        `${field} in body should be greater than or equal to ${params.limit}`,
      );
    case "maximum":
      return invalidValue(
        field,
        value,
        `${field} in body should be less than or equal to ${params.limit}`,
      );
    case "minLength":
      return invalidValue(
        field,
        value,
        `${field} in body should be at least ${params.limit} chars long`,
      );
    case "maxLength":
      return invalidValue(
        field,
        value,
        `${field} in body should be at most ${params.limit} chars long`,
      );
    case "minItems":
      return invalidValue(
        field,
        value,
        `${field} in body should have at least ${params.limit} items`,
      );
    default:
      return invalidValue(field, value, `${field} in body ${error.message ?? "is invalid"}`);
  }
}

function unsupportedInOrder(
  field: string,
  value: unknown,
  allowed: readonly unknown[],
): FieldProblem {
  if (allowed.every((each) => typeof each === "string"))
    return {
      ...unsupported(field, value, []),
      message: `Unsupported value: ${JSON.stringify(value)}: supported values: ${allowed.map((each) => JSON.stringify(each)).join(", ")}`,
    };
  return unsupported(field, value, allowed.map(String));
}

function typeText(value: unknown): string {
  if (Array.isArray(value)) return "array";
  if (value === null) return "null";
  if (Number.isInteger(value)) return "integer";
  return typeof value;
}

/** `/spec/items/0/name` → `spec.items[0].name`. */
function fieldText(pointer: string): string {
  return pointer
    .split("/")
    .slice(1)
    .map((part) => (/^\d+$/.test(part) ? `[${part}]` : `.${unescapePart(part)}`))
    .join("")
    .replace(/^\./, "");
}

function valueAtPointer(object: unknown, pointer: string): unknown {
  let at = object;
  for (const part of pointer.split("/").slice(1)) {
    const key = unescapePart(part);
    at = Array.isArray(at) ? at[Number(key)] : isMap(at) ? at[key] : undefined;
  }
  return at;
}

function unescapePart(part: string): string {
  return part.replaceAll("~1", "/").replaceAll("~0", "~");
}
