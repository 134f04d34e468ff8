import { assertNever } from "./assert-never.ts";
import { isMap } from "./json.ts";
import type { ParameterType } from "./parameter.ts";

/** Whether a value is one that a parameter of the type may have. An integer must be one that a JavaScript number holds exactly. */
export function fitsType(type: ParameterType, value: unknown): boolean {
  switch (type) {
    case "string":
    case "secret":
      return typeof value === "string";
    case "integer":
      return Number.isSafeInteger(value);
    case "number":
      return typeof value === "number" && Number.isFinite(value);
    case "boolean":
      return typeof value === "boolean";
    case "array":
      return Array.isArray(value);
    case "map":
      return isMap(value);
    default:
      return assertNever(type);
  }
}

/** The type for people, after "expected": `an integer`. */
export function typeText(type: ParameterType): string {
  switch (type) {
    case "string":
    case "secret":
      return "a text";
    case "integer":
      return "an integer";
    case "number":
      return "a number";
    case "boolean":
      return "true or false";
    case "array":
      return "a list";
    case "map":
      return "a map";
    default:
      return assertNever(type);
  }
}
