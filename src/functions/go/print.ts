import { floatText } from "./float-text.ts";
import { GoInt, GoObject, type GoValue, isGoMap, sortedKeys } from "./value.ts";

/** What Go's `%v` prints. */
export function printed(value: GoValue): string {
  switch (typeof value) {
    case "string":
      return value;
    case "number":
      return printedFloat(value);
    case "bigint":
    case "boolean":
      return String(value);
    default:
  }
  if (value === null || value === undefined) return "<nil>";
  if (Array.isArray(value)) return `[${value.map(printed).join(" ")}]`;
  if (value instanceof GoInt) return String(value.value);
  if (value instanceof GoObject) return value.text();
  if (!isGoMap(value)) return "";
  return `map[${sortedKeys(value)
    .map((key) => `${key}:${printed(value[key])}`)
    .join(" ")}]`;
}

/** A float64 as `%v` prints it. */
export function printedFloat(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  const negative = value < 0 || Object.is(value, -0);
  return (negative ? "-" : "") + floatText(Math.abs(value), "g", -1);
}

/** Go's `fmt.Sprint`: a space stands between two values neither of which is a text. */
export function printedAll(values: readonly GoValue[]): string {
  let text = "";
  for (const [index, value] of values.entries()) {
    const spaced = index > 0 && typeof value !== "string" && typeof values[index - 1] !== "string";
    text += (spaced ? " " : "") + printed(value);
  }
  return text;
}

/** Go's `fmt.Sprintln`. */
export function printedLine(values: readonly GoValue[]): string {
  return `${values.map(printed).join(" ")}\n`;
}
