import { isUtf8 } from "node:buffer";

/**
 * Go's texts are bytes, JavaScript's are not: a byte that is no part of UTF-8 stands in our texts as the lone surrogate U+DC00 + byte,
 * which cannot come from outside. These functions go between the two.
 */
export function toBytes(s: string): Buffer {
  if (!SURROGATE.test(s)) return Buffer.from(s);
  const bytes = Buffer.allocUnsafe(3 * s.length);
  let at = 0;
  let from = 0;
  for (const { index } of s.matchAll(STRAY)) {
    at += bytes.write(s.slice(from, index), at);
    at = bytes.writeUInt8(s.charCodeAt(index) - 0xdc00, at);
    from = index + 1;
  }
  at += bytes.write(s.slice(from), at);
  return bytes.subarray(0, at);
}

/** The text of bytes, be they UTF-8 or not. */
export function fromBytes(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString("utf8");
  let text = "";
  for (let at = 0; at < bytes.length; ) {
    const plain = endOfAscii(bytes, at);
    text += bytes.toString("latin1", at, plain);
    at = plain;
    if (at === bytes.length) break;
    const size = sequence(bytes, at);
    text +=
      size === 0
        ? String.fromCharCode(0xdc00 + (bytes[at] ?? 0))
        : bytes.toString("utf8", at, at + size);
    at += Math.max(size, 1);
  }
  return text;
}

/** Go's `len` of a text. */
export function byteLength(s: string): number {
  return SURROGATE.test(s) ? toBytes(s).length : Buffer.byteLength(s);
}

/** Go's order of texts. */
export function compareTexts(a: string, b: string): number {
  if (SURROGATE.test(a) || SURROGATE.test(b)) return Buffer.compare(toBytes(a), toBytes(b));
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Go's characters of a text; a byte that is no part of UTF-8 is one. */
export function runesOf(s: string): string[] {
  return Array.from(s);
}

/** The byte that a character of our texts stands for when it is no part of UTF-8. */
export function strayByte(char: string): number | undefined {
  const code = char.charCodeAt(0);
  return char.length === 1 && code >= 0xdc80 && code <= 0xdcff ? code - 0xdc00 : undefined;
}

/** What leaves us is UTF-8: stray bytes that make no character together become replacement characters. */
export function wellFormed(s: string): string {
  return LONE.test(s) ? toBytes(s).toString("utf8") : s;
}

const SURROGATE = /[\ud800-\udfff]/;
/** Bytes that are no part of UTF-8. */
const STRAY = /[\udc80-\udcff]/gu;
const LONE = /[\ud800-\udfff]/u;

/** Where the letters of ASCII that stand here end. */
function endOfAscii(bytes: Buffer, from: number): number {
  let at = from;
  while (at < bytes.length && (bytes[at] ?? 0) < 0x80) at++;
  return at;
}

/** Length of the UTF-8 sequence that begins here; 0 when none does. */
function sequence(bytes: Buffer, at: number): number {
  const first = bytes[at] ?? 0;
  const size = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  return size > 0 && isUtf8(bytes.subarray(at, at + size)) ? size : 0;
}
