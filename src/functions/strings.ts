import { integer, text } from "./arguments.ts";
import { both, MANY, native } from "./define.ts";
import { goQuote, goText } from "./go-text.ts";
import { checkItemCount, checkTextSize } from "./limits.ts";
import { FunctionError, type TemplateFunction } from "./template-function.ts";

/** Texts: cutting, joining, quoting, indenting. */
export const STRINGS: readonly TemplateFunction[] = [
  both("trim", 1, ([s]) => trimSet(text(s), SPACE)),
  both("trimAll", 2, ([set, s]) => trimSet(text(s), new Set(text(set)))),
  both("trimall", 2, ([set, s]) => trimSet(text(s), new Set(text(set)))),
  both("trimPrefix", 2, ([prefix, s]) => trimPrefix(text(prefix), text(s))),
  both("trimSuffix", 2, ([suffix, s]) => trimSuffix(text(suffix), text(s))),
  both("contains", 2, ([part, s]) => text(s).includes(text(part))),
  both("hasPrefix", 2, ([prefix, s]) => text(s).startsWith(text(prefix))),
  both("hasSuffix", 2, ([suffix, s]) => text(s).endsWith(text(suffix))),
  both("replace", 3, ([from, to, s]) => replace(text(from), text(to), text(s))),
  both("repeat", 2, ([count, s]) => repeat(integer(count), text(s))),
  native("trunc", 2, ([count, s]) => trunc(integer(count), text(s))),
  native("substr", 3, ([start, end, s]) => substr(integer(start), integer(end), text(s))),
  both("indent", 2, ([count, s]) => indent(integer(count), text(s))),
  both("nindent", 2, ([count, s]) => `\n${indent(integer(count), text(s))}`),
  native("quote", [0, MANY], (args) => quoteAll(args, (value) => goQuote(goText(value)))),
  native("squote", [0, MANY], (args) => quoteAll(args, (value) => `'${goText(value)}'`)),
  native("cat", [0, MANY], (args) => present(args).map(goText).join(" ")),
  native("join", 2, ([separator, items]) => textsOf(items).join(text(separator))),
  both("split", 2, ([separator, s]) => numbered(splitText(text(separator), text(s), -1))),
  both("splitn", 3, ([separator, count, s]) =>
    numbered(splitText(text(separator), text(s), integer(count))),
  ),
  both("splitList", 2, ([separator, s]) => splitText(text(separator), text(s), -1)),
  native("toStrings", 1, ([items]) => textsOf(items)),
  native("sortAlpha", 1, ([items]) => textsOf(items).sort(byBytes)),
  native("toString", 1, ([value]) => goText(value)),
  both("plural", 3, ([one, many, count]) => (integer(count) === 1 ? text(one) : text(many))),
  native("required", 2, ([message, value]) => required(text(message), value), {
    takesMissing: true,
  }),
  both("fail", 1, ([message]) => {
    throw new FunctionError(text(message));
  }),
];

/** Go's `unicode.IsSpace`. */
export const SPACE: ReadonlySet<string> = new Set(
  "\t\n\v\f\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000",
);

/** The texts of a list's items without nulls; of a single value, that one. */
export function textsOf(items: unknown): string[] {
  if (Array.isArray(items)) return present(items).map(goText);
  return items === null || items === undefined ? [] : [goText(items)];
}

/** Go's order of strings. */
export function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function trimSet(s: string, set: ReadonlySet<string>): string {
  const chars = Array.from(s);
  let from = 0;
  let to = chars.length;
  while (from < to && set.has(chars[from] ?? "")) from++;
  while (to > from && set.has(chars[to - 1] ?? "")) to--;
  return chars.slice(from, to).join("");
}

function trimPrefix(prefix: string, s: string): string {
  return s.startsWith(prefix) ? s.slice(prefix.length) : s;
}

function trimSuffix(suffix: string, s: string): string {
  return suffix !== "" && s.endsWith(suffix) ? s.slice(0, -suffix.length) : s;
}

function replace(from: string, to: string, s: string): string {
  const parts = from === "" ? ["", ...Array.from(s), ""] : s.split(from);
  checkTextSize(s.length + (parts.length - 1) * (to.length - from.length));
  return parts.join(to);
}

function repeat(count: number, s: string): string {
  if (count < 0) throw new FunctionError("the count is negative");
  checkTextSize(count * s.length);
  return s.repeat(count);
}

/** Counts bytes, as Go does; a character that would be cut in two is left out. */
function trunc(count: number, s: string): string {
  const bytes = Buffer.from(s);
  if (count < 0 && bytes.length + count > 0) return cutBytes(bytes, bytes.length + count);
  return count >= 0 && bytes.length > count ? cutBytes(bytes, 0, count) : s;
}

/** Counts bytes. A negative start means 0, a negative end or one beyond the text means its end. */
function substr(start: number, end: number, s: string): string {
  const bytes = Buffer.from(s);
  const from = Math.max(start, 0);
  const to = start >= 0 && (end < 0 || end > bytes.length) ? bytes.length : end;
  if (from > to || to > bytes.length)
    throw new FunctionError(`the text has ${bytes.length} bytes, not ${from} to ${to}`);
  return cutBytes(bytes, from, to);
}

function cutBytes(bytes: Buffer, from: number, to: number = bytes.length): string {
  let start = from;
  let end = to;
  while (start < end && isContinuation(bytes[start])) start++;
  while (end > start && end < bytes.length && isContinuation(bytes[end])) end--;
  return bytes.toString("utf8", start, end);
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

function indent(count: number, s: string): string {
  if (count < 0) throw new FunctionError("the count is negative");
  const lines = s.split("\n");
  checkTextSize(s.length + count * lines.length);
  const pad = " ".repeat(count);
  return lines.map((line) => pad + line).join("\n");
}

function quoteAll(args: readonly unknown[], quote: (value: unknown) => string): string {
  return present(args).map(quote).join(" ");
}

function present(values: readonly unknown[]): unknown[] {
  return values.filter((value) => value !== null && value !== undefined);
}

/** Go's `strings.SplitN`; an empty separator splits into characters. */
function splitText(separator: string, s: string, count: number): string[] {
  if (count === 0) return [];
  const parts = separator === "" ? Array.from(s) : s.split(separator);
  checkItemCount(parts.length);
  if (count < 0 || parts.length <= count) return parts;
  return [...parts.slice(0, count - 1), parts.slice(count - 1).join(separator)];
}

function numbered(parts: readonly string[]): Record<string, string> {
  return Object.fromEntries(parts.map((part, index) => [`_${index}`, part]));
}

/** As in Helm: only null and the empty text are refused. */
function required(message: string, value: unknown): unknown {
  if (value === "" || value === null || value === undefined) throw new FunctionError(message);
  return value;
}
