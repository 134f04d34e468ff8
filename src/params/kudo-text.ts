import { printed } from "../functions/go/print.ts";
import type { GoValue } from "../functions/go/value.ts";
import { yamlText } from "../functions/go/yaml-text.ts";
import { isMap, type Json } from "../model/json.ts";
import type { Parameter } from "../model/parameter.ts";

/** Text of a list or map, and of anything that an array or map parameter has: YAML, keys sorted, ending in a line break, whole numbers in digits. */
export function kudoYaml(value: Json): string {
  return yamlText(withIntegers(value));
}

/**
 * Text of a value where no type says more, Go's `%v`: a number is a 64-bit float, with an exponent from a million upwards (`1e+06`).
 */
export function kudoPlain(value: Json): string {
  return printed(value);
}

/**
 * The default of a parameter of a KUDO package, which is always text; undefined when it has none (compat section 2.3). An array or map always has one: without any in its
 * file, `null`.
 */
export function kudoDefault({ type, default: value }: Parameter): string | undefined {
  if (type === "array" || type === "map") return kudoYaml(value ?? null);
  return value === undefined || value === null ? undefined : kudoPlain(value);
}

/** The values that a parameter may have, as texts; undefined when any will do. */
export function kudoEnum({ type, enum: allowed }: Parameter): string[] | undefined {
  const textOf = type === "array" || type === "map" ? kudoYaml : kudoPlain;
  return allowed?.map(textOf);
}

/** Numbers as they are after a way through JSON and back: one without a fraction that fits 64 bits is an integer. */
function withIntegers(value: Json): GoValue {
  if (Array.isArray(value)) return value.map(withIntegers);
  if (isMap(value))
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [key, withIntegers(member as Json)]),
    );
  const isWhole = typeof value === "number" && Number.isInteger(value);
  return isWhole && value > -(2 ** 63) && value < 2 ** 64 ? BigInt(value) : value;
}
