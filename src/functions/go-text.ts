import { isMap } from "../model/json.ts";

/** What Go's `%v` prints; Sprig's `toString` for plain data. Keys of maps are sorted. */
export function goText(value: unknown): string {
  if (value === null || value === undefined) return "<nil>";
  if (typeof value === "number") return goNumber(value);
  if (Array.isArray(value)) return `[${value.map(goText).join(" ")}]`;
  if (isMap(value)) {
    const members = Object.keys(value)
      .sort()
      .map((key) => `${key}:${goText(value[key])}`);
    return `map[${members.join(" ")}]`;
  }
  return String(value);
}

/** Go's shortest form of a number: whole ones in full, others with an exponent below 1e-4 and from 1e6. */
export function goNumber(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  if (Number.isSafeInteger(value)) return String(value);
  const exponent = Number(value.toExponential().split("e")[1]);
  if (exponent < -4 || exponent >= 6) return exponentForm(value.toExponential());
  return String(value);
}

/** `1e-7` → `1e-07`: Go writes at least two digits of exponent. */
export function exponentForm(text: string): string {
  return text.replace(/e([+-])(\d)$/, "e$10$2");
}

/** Go's `%q`: a double-quoted text with Go's escapes, which are YAML's too. */
export function goQuote(value: string): string {
  let quoted = "";
  for (const char of value) quoted += ESCAPES[char] ?? (PRINTABLE.test(char) ? char : code(char));
  return `"${quoted}"`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\u0007": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
};
/** Go's `unicode.IsPrint`. */
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

function code(char: string): string {
  const point = char.codePointAt(0) ?? 0;
  if (point >= 0xd800 && point <= 0xdfff) return "\\ufffd";
  const hex = point.toString(16);
  if (point < 0x20 || point === 0x7f) return `\\x${hex.padStart(2, "0")}`;
  return point < 0x10000 ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
}
