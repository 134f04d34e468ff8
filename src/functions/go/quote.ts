import { strayByte } from "./bytes.ts";

/** Go's `strconv.Quote`: a text in double quotes (or of a character in single ones) with Go's escapes. */
export function quote(value: string, mark: '"' | "'" = '"', asciiOnly = false): string {
  let quoted: string = mark;
  for (const char of value) quoted += escaped(char, mark, asciiOnly);
  return quoted + mark;
}

/** Go's `unicode.IsPrint`. */
export function isPrintable(char: string): boolean {
  return PRINTABLE.test(char);
}

/** `%#q`: whether a text can stand between back quotes. */
export function canBackquote(value: string): boolean {
  return Array.from(value).every(
    (char) => char === "\t" || (char >= " " && !"`\u007f\ufeff".includes(char) && !LONE.test(char)),
  );
}

const LONE = /^[\ud800-\udfff]$/;
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;
const ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  "\u0007": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
};

function escaped(char: string, mark: string, asciiOnly: boolean): string {
  if (char === mark) return `\\${mark}`;
  const known = ESCAPES[char];
  if (known !== undefined) return known;
  const code = char.codePointAt(0) ?? 0;
  if (code >= 0x20 && code < 0x7f) return char;
  const stray = strayByte(char);
  if (stray !== undefined) return mark === '"' ? `\\x${stray.toString(16)}` : "\ufffd";
  if (!asciiOnly && isPrintable(char)) return char;
  if (code < 0x20 || code === 0x7f) return `\\x${code.toString(16).padStart(2, "0")}`;
  const hex = code.toString(16);
  return code < 0x10000 ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
}
