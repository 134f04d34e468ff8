import { fromBytes } from "../functions/go/bytes.ts";

/** What a text between quotes means (Go's `strconv.Unquote`); undefined when it is malformed. */
export function unquote(quoted: string): string | undefined {
  const mark = quoted.charAt(0);
  const inside = quoted.slice(1, -1);
  if (mark === "`") return inside.replaceAll("\r", "");
  if (!inside.includes("\\")) return inside;
  const parts: Buffer[] = [];
  for (let at = 0; at < inside.length; ) {
    const piece = unquoteChar(inside, at, mark);
    if (!piece) return undefined;
    parts.push(
      piece.isByte ? Buffer.of(piece.code) : Buffer.from(String.fromCodePoint(piece.code)),
    );
    at = piece.end;
  }
  return fromBytes(Buffer.concat(parts));
}

/** A character of a quoted text. */
export interface QuotedChar {
  readonly code: number;
  /** It is a byte (`\xff`), not a character. */
  readonly isByte: boolean;
  readonly end: number;
}

/** The character, or escape, that begins here (Go's `strconv.UnquoteChar`); undefined when it is malformed. */
export function unquoteChar(text: string, at: number, mark: string): QuotedChar | undefined {
  const char = text.charAt(at);
  if (char === mark || char === "") return undefined;
  if (char !== "\\") {
    const code = text.codePointAt(at) ?? 0;
    return { code, isByte: false, end: at + (code > 0xffff ? 2 : 1) };
  }
  const letter = text.charAt(at + 1);
  const simple = SIMPLE[letter];
  if (simple !== undefined) return { code: simple, isByte: false, end: at + 2 };
  if (letter === mark && letter !== "")
    return { code: letter.charCodeAt(0), isByte: false, end: at + 2 };
  const length = HEX_DIGITS[letter];
  if (length !== undefined) {
    const digits = text.slice(at + 2, at + 2 + length);
    if (digits.length < length || /[^0-9a-fA-F]/.test(digits)) return undefined;
    const code = Number.parseInt(digits, 16);
    const isChar = code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
    return letter === "x" || isChar
      ? { code, isByte: letter === "x", end: at + 2 + length }
      : undefined;
  }
  const octal = text.slice(at + 1, at + 4);
  const code = Number.parseInt(octal, 8);
  return /^[0-7]{3}$/.test(octal) && code <= 255 ? { code, isByte: true, end: at + 4 } : undefined;
}

const HEX_DIGITS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };
const SIMPLE: Readonly<Record<string, number>> = {
  a: 7,
  b: 8,
  f: 12,
  n: 10,
  r: 13,
  t: 9,
  v: 11,
  "\\": 92,
};
