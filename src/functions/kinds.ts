import { isMap } from "../model/json.ts";

/**
 * What Go's `reflect` would call the kind of a value. A whole number is an `int`, beyond 2^53 (a bigint) an `int64`; any other one is a `float64`.
 */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return "invalid";
  if (Array.isArray(value)) return "slice";
  if (isMap(value)) return "map";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "bigint") return "int64";
  if (typeof value === "number") return Number.isInteger(value) ? "int" : "float64";
  return "string";
}

/** What Go prints for a value's type. */
export function typeOf(value: unknown): string {
  const kind = kindOf(value);
  if (kind === "invalid") return "<nil>";
  if (kind === "slice") return "[]interface {}";
  return kind === "map" ? "map[string]interface {}" : kind;
}

/** How a value is called in messages: `a text`, `a list`. */
export function nameOfKind(value: unknown): string {
  switch (kindOf(value)) {
    case "invalid":
      return "nothing (null)";
    case "slice":
      return "a list";
    case "map":
      return "a map";
    case "bool":
      return "a boolean";
    case "string":
      return "a text";
    case "float64":
      return "a number";
    default:
      return "an integer";
  }
}

/** Go's truth: false, 0, an empty text, list or map, and null are empty. */
export function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (isMap(value)) return Object.keys(value).length === 0;
  return !value;
}
