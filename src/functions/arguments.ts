import { isMap } from "../model/json.ts";
import { nameOfKind } from "./kinds.ts";
import { FunctionError } from "./template-function.ts";

/** The argument as text. Throws `FunctionError` for anything else: Go's functions do not convert either. */
export function text(value: unknown): string {
  if (typeof value === "string") return value;
  throw new FunctionError(`needs a text, got ${nameOfKind(value)}${hint(value, "toString")}`);
}

/** The argument as a whole number that JavaScript holds exactly. Throws `FunctionError`. */
export function integer(value: unknown): number {
  if (typeof value === "number" && Number.isSafeInteger(value)) return value;
  throw new FunctionError(`needs an integer, got ${nameOfKind(value)}${hint(value, "int")}`);
}

/** The argument as a list. Throws `FunctionError`. */
export function list(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new FunctionError(`needs a list, got ${nameOfKind(value)}`);
}

/** The argument as a list; null is an empty one. Throws `FunctionError`. */
export function listOrNone(value: unknown): readonly unknown[] {
  return value === null || value === undefined ? [] : list(value);
}

/** The argument as a map. Throws `FunctionError`. */
export function map(value: unknown): Readonly<Record<string, unknown>> {
  if (isMap(value)) return value;
  throw new FunctionError(`needs a map, got ${nameOfKind(value)}`);
}

/** The argument as a boolean. Throws `FunctionError`. */
export function boolean(value: unknown): boolean {
  if (typeof value === "boolean") return value;
  throw new FunctionError(`needs true or false, got ${nameOfKind(value)}`);
}

function hint(value: unknown, convert: string): string {
  return typeof value === "object" || value === undefined ? "" : `; convert it with (${convert} …)`;
}
