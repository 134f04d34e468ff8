import { isMap } from "../../model/json.ts";
import { ANY, type ScalarShape, type Shape, type StructShape } from "../kinds/shape.ts";

/** What was found while a value was read. */
export interface Findings {
  /** Paths of fields that the shape does not have. They were dropped. */
  readonly unknown: string[];
  /** Values of the wrong type, as `path: expected integer, got string`. */
  readonly mistyped: string[];
}

/** Nothing found yet. */
export function noFindings(): Findings {
  return { unknown: [], mistyped: [] };
}

/**
 * Reads a value as a shape, as a typed server does: unknown fields are dropped, nulls are absent, fields that are always
 * there are filled in. Answers a copy; what is wrong is added to `findings`.
 */
export function decode(value: unknown, shape: Shape, findings: Findings, path = ""): unknown {
  switch (shape.type) {
    case "any":
      return value;
    case "struct":
      return isMap(value)
        ? decodeStruct(value, shape, findings, path)
        : mistyped(value, "object", findings, path);
    case "map":
      return isMap(value)
        ? decodeMap(value, shape.of, findings, path)
        : mistyped(value, "map", findings, path);
    case "list":
      if (!Array.isArray(value)) return mistyped(value, "list", findings, path);
      return value.map((item, index) => decode(item, shape.of, findings, `${path}[${index}]`));
    default:
      return fits(value, shape) ? value : mistyped(value, SCALAR_NAMES[shape.type], findings, path);
  }
}

const SCALAR_NAMES: Record<ScalarShape["type"], string> = {
  str: "string",
  int: "integer",
  num: "number",
  bool: "boolean",
  bytes: "base64 text",
  time: "time",
  quantity: "quantity",
  intstr: "integer or string",
};

function decodeStruct(
  value: Record<string, unknown>,
  shape: StructShape,
  findings: Findings,
  path: string,
): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const key in value) {
    const child = shape.fields.get(key)?.shape ?? (shape.open ? ANY : undefined);
    const at = path ? `${path}.${key}` : key;
    if (!child) findings.unknown.push(at);
    else if (value[key] !== null && value[key] !== undefined)
      result[key] = decode(value[key], child, findings, at);
  }
  for (const [name, field] of shape.fields)
    if (field.always && result[name] === undefined) result[name] = empty(field.shape, findings);
  return result;
}

/** What is shown where nothing was set. */
function empty(shape: Shape, findings: Findings): unknown {
  if (shape.type === "struct") return decodeStruct({}, shape, findings, "");
  if (shape.type === "int") return 0;
  return shape.type === "bool" ? false : {};
}

function decodeMap(
  value: Record<string, unknown>,
  of: Shape,
  findings: Findings,
  path: string,
): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const key in value) {
    if (value[key] === undefined) continue;
    const item = value[key] === null && of.type === "str" ? "" : value[key];
    result[key] = decode(item, of, findings, `${path}.${key}`);
  }
  return result;
}

function fits(value: unknown, { type }: ScalarShape): boolean {
  switch (type) {
    case "str":
      return typeof value === "string";
    case "bytes":
      return typeof value === "string" && /^[A-Za-z0-9+/\r\n]*={0,2}$/.test(value);
    case "time":
      return typeof value === "string" && !Number.isNaN(Date.parse(value));
    case "int":
      return Number.isInteger(value);
    case "num":
      return typeof value === "number";
    case "bool":
      return typeof value === "boolean";
    case "quantity":
      return typeof value === "number" || (typeof value === "string" && QUANTITY.test(value));
    case "intstr":
      return Number.isInteger(value) || typeof value === "string";
    default:
      return type satisfies never;
  }
}

const QUANTITY = /^[+-]?(\d+|\d+\.\d*|\.\d+)(([KMGTPE]i)|[numkMGTPE]|[eE][+-]?\d+)?$/;

function mistyped(value: unknown, expected: string, findings: Findings, path: string): undefined {
  const actual = value === null ? "null" : Array.isArray(value) ? "list" : typeof value;
  findings.mistyped.push(`${path}: expected ${expected}, got ${actual}`);
  return undefined;
}
