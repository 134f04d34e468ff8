import { checkTextSize } from "../limits.ts";
import { wellFormed } from "./bytes.ts";
import { printedFloat } from "./print.ts";
import { GoInt, GoObject, type GoValue, isGoMap } from "./value.ts";
import { plainIsText } from "./yaml-plain.ts";

/**
 * YAML as gopkg.in/yaml.v2 (2.3) writes it, byte by byte: keys in natural order, lists not indented under their key, lines not folded,
 * texts quoted only where they would be read as something else.
 */
export function yamlText(value: GoValue): string {
  return `${node(value, 0, 0).replace(/^[ \n]/, "")}\n`;
}

/**
 * A value after `key:` or `-`: a space and what fits on the line, or a line break and lines of their own.
 * @param indent of the lines of a map or text · @param listIndent of the items of a list
 */
function node(value: GoValue, indent: number, listIndent: number): string {
  if (Array.isArray(value)) return value.length === 0 ? " []" : sequence(value, listIndent, "\n");
  if (isGoMap(value)) {
    const keys = naturalKeys(value);
    return keys.length === 0 ? " {}" : mapping(value, keys, indent, "\n");
  }
  return ` ${scalar(value, indent)}`;
}

function sequence(items: readonly GoValue[], indent: number, before: string): string {
  return items
    .map((item, index) => {
      const start = index === 0 ? before : "\n";
      return `${start}${start === "\n" ? " ".repeat(indent) : ""}-${inline(item, indent + 2)}`;
    })
    .join("");
}

function mapping(
  map: Readonly<Record<string, GoValue>>,
  keys: readonly string[],
  indent: number,
  before: string,
): string {
  let text = "";
  for (const [index, key] of keys.entries()) {
    const start = index === 0 ? before : "\n";
    const pad = start === "\n" ? " ".repeat(indent) : "";
    text += start + pad + member(key, map[key], indent);
    checkTextSize(text.length);
  }
  return text;
}

/** A key that has line breaks or is long stands after a question mark. */
function member(key: string, value: GoValue, indent: number): string {
  const isSimple = !/[\n\r\u0085\u2028\u2029]/.test(key) && Buffer.byteLength(key) <= 128;
  if (isSimple) return `${quoted(key, indent, true)}:${node(value, indent + 2, indent)}`;
  const long = quoted(key, indent + 2, false);
  return `? ${long}\n${" ".repeat(indent)}:${inline(value, indent + 2)}`;
}

/** A list or map in a list begins on the line of its dash. */
function inline(value: GoValue, indent: number): string {
  if (Array.isArray(value) && value.length > 0) return sequence(value, indent, " ");
  if (isGoMap(value)) {
    const keys = naturalKeys(value);
    if (keys.length > 0) return mapping(value, keys, indent, " ");
  }
  return node(value, indent, indent);
}

function scalar(value: GoValue, indent: number): string {
  if (value === null || value === undefined) return "null";
  if (typeof value === "string") return quoted(value, indent, false);
  if (typeof value === "number") {
    if (Number.isFinite(value)) return printedFloat(value);
    return Number.isNaN(value) ? ".nan" : value > 0 ? ".inf" : "-.inf";
  }
  if (value instanceof GoInt) return String(value.value);
  if (value instanceof GoObject) return String(value.json());
  return String(value);
}

function quoted(text: string, indent: number, isKey: boolean): string {
  const found = analyse(text);
  const hasBreak = text.includes("\n");
  if (hasBreak && !isKey && found.block) return literal(text, indent);
  if (hasBreak || !plainIsText(text)) return doubleQuoted(text);
  if (found.plain) return text;
  return found.single ? `'${text.replaceAll("'", "''")}'` : doubleQuoted(text);
}

/** In which styles a text can be written. */
interface Styles {
  readonly plain: boolean;
  readonly single: boolean;
  readonly block: boolean;
}

const BREAK = /[\n\r\u0085\u2028\u2029]/;
/** What yaml.v2 takes for printable: neither tabs nor what lies beyond U+FFFF. */
const PRINTABLE = /^[\n\u0020-\u007e\u00a0-\ud7ff\ue000-\ufefe\uff00-\ufffd]$/;

function analyse(text: string): Styles {
  const chars = Array.from(text);
  const special = chars.some((char) => !PRINTABLE.test(char));
  const first = chars[0] ?? "";
  const followed = (index: number) => /^[ \t]$/.test(chars[index + 1] ?? " ");
  const indicator =
    /^(?:---|\.\.\.)/.test(text) ||
    "#,[]{}&*!|>'\"%@`".includes(first) ||
    ("?:-".includes(first) && followed(0)) ||
    chars.some(
      (char, index) =>
        index > 0 &&
        ((char === ":" && followed(index)) ||
          (char === "#" &&
            (/^[ \t]$/.test(chars[index - 1] ?? "") || BREAK.test(chars[index - 1] ?? "")))),
    );
  const edge = /^[ \n\r\u0085\u2028\u2029]|[ \n\r\u0085\u2028\u2029]$/.test(text);
  const spaceBreak = / [\n\r\u0085\u2028\u2029]/.test(text);
  const breakSpace = /[\n\r\u0085\u2028\u2029] /.test(text);
  return {
    plain: !special && !indicator && !edge && !BREAK.test(text),
    single: !special && !spaceBreak && !breakSpace,
    block: !special && !spaceBreak && !text.endsWith(" "),
  };
}

function literal(text: string, indent: number): string {
  const width = Math.max(indent, 2);
  const hint = /^[ \n\r]/.test(text) ? "2" : "";
  const chomp = !text.endsWith("\n") ? "-" : /(?:^|\n)\n$/.test(text) ? "+" : "";
  const body = chomp === "-" ? text : text.slice(0, -1);
  const lines = body.split("\n").map((line) => (line === "" ? "" : " ".repeat(width) + line));
  return `|${hint}${chomp}\n${lines.join("\n")}`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  "\0": "\\0",
  "\u0007": "\\a",
  "\b": "\\b",
  "\t": "\\t",
  "\n": "\\n",
  "\v": "\\v",
  "\f": "\\f",
  "\r": "\\r",
  "\u001b": "\\e",
  '"': '\\"',
  "\\": "\\\\",
  "\u0085": "\\N",
  "\u2028": "\\L",
  "\u2029": "\\P",
};

function doubleQuoted(text: string): string {
  // yaml.v2 looks for a byte order mark at the beginning of the text, whichever character it is at.
  const all = text.startsWith("\ufeff");
  const chars = Array.from(wellFormed(text), (char) => {
    const known = ESCAPES[char];
    if (known !== undefined) return known;
    if (!all && PRINTABLE.test(char)) return char;
    const code = char.codePointAt(0) ?? 0;
    const hex = code.toString(16).toUpperCase();
    if (code <= 0xff) return `\\x${hex.padStart(2, "0")}`;
    return code <= 0xffff ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
  });
  return `"${chars.join("")}"`;
}

/** Keys in yaml.v2's order: digits by their number, other signs before letters, capitals first. */
function naturalKeys(map: Readonly<Record<string, GoValue>>): string[] {
  return Object.keys(map).sort((a, b) => (isBefore(Array.from(a), Array.from(b)) ? -1 : 1));
}

function isBefore(a: readonly string[], b: readonly string[]): boolean {
  for (let i = 0; i < a.length && i < b.length; i++) {
    const [x = "", y = ""] = [a[i], b[i]];
    if (x === y) continue;
    const [letterX, letterY] = [/^\p{L}$/u.test(x), /^\p{L}$/u.test(y)];
    if (letterX && letterY) return (x.codePointAt(0) ?? 0) < (y.codePointAt(0) ?? 0);
    if (letterX || letterY) return letterY;
    const lead = leadsWithDigits(a, i, x, y) ? "1" : "";
    const [digitsX, digitsY] = [digitsFrom(a, i), digitsFrom(b, i)];
    const [numberX, numberY] = [BigInt(`0${lead}${digitsX}`), BigInt(`0${lead}${digitsY}`)];
    if (numberX !== numberY) return numberX < numberY;
    if (digitsX.length !== digitsY.length) return digitsX.length < digitsY.length;
    return (x.codePointAt(0) ?? 0) < (y.codePointAt(0) ?? 0);
  }
  return a.length < b.length;
}

/** A zero within a number counts: `10` and `1`. */
function leadsWithDigits(chars: readonly string[], at: number, x: string, y: string): boolean {
  if (x !== "0" && y !== "0") return false;
  for (let j = at - 1; j >= 0 && /^\p{Nd}$/u.test(chars[j] ?? ""); j--)
    if (chars[j] !== "0") return true;
  return false;
}

function digitsFrom(chars: readonly string[], at: number): string {
  let end = at;
  while (/^[0-9]$/.test(chars[end] ?? "")) end++;
  return chars.slice(at, end).join("");
}
