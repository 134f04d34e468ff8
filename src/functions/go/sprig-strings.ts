import { kudo, MANY } from "../define.ts";
import { checkTextSize } from "../limits.ts";
import { FunctionError, type TemplateFunction } from "../template-function.ts";
import { compareTexts, fromBytes, toBytes } from "./bytes.ts";
import { printed } from "./print.ts";
import { quote } from "./quote.ts";
import { sprintf } from "./sprintf.ts";
import { type GoValue, typed } from "./value.ts";

/** Sprig's functions of texts that print values, or count bytes. */
export const SPRIG_STRINGS: readonly TemplateFunction[] = [
  kudo("toString", 1, ([value]) => printed(value)),
  kudo("quote", [0, MANY], (args) =>
    present(args)
      .map((arg) => quote(printed(arg)))
      .join(" "),
  ),
  kudo("squote", [0, MANY], (args) =>
    present(args)
      .map((arg) => `'${printed(arg)}'`)
      .join(" "),
  ),
  kudo("cat", [0, MANY], cat),
  kudo("join", 2, ([separator, list]) => joined(String(separator), textsOf(list))),
  kudo("toStrings", 1, ([list]) => typed("[]string", textsOf(list))),
  kudo("sortAlpha", 1, ([list]) => typed("[]string", sorted(list))),
  kudo("trunc", 2, ([count, s]) => truncated(Number(count), toBytes(String(s)))),
  kudo("substr", 3, ([start, end, s]) => substring(Number(start), Number(end), toBytes(String(s)))),
];

function present(args: readonly GoValue[]): GoValue[] {
  return args.filter((arg) => arg !== null && arg !== undefined);
}

/** The texts of a list's items without nils; of a single value, that one. */
function textsOf(list: GoValue): string[] {
  if (Array.isArray(list)) return present(list).map(printed);
  return list === null || list === undefined ? [] : [printed(list)];
}

function sorted(list: GoValue): string[] {
  return Array.isArray(list) ? textsOf(list).sort(compareTexts) : [printed(list)];
}

function joined(separator: string, texts: readonly string[]): string {
  checkTextSize(texts.reduce((sum, text) => sum + text.length, separator.length * texts.length));
  return texts.join(separator);
}

function cat(args: readonly GoValue[]): string {
  const values = present(args);
  return sprintf(values.map(() => "%v").join(" "), values);
}

function truncated(count: number, bytes: Buffer): string {
  if (bytes.length <= count) return fromBytes(bytes);
  return cut(bytes, 0, count);
}

/** A negative start is the beginning; a negative end, or one beyond the text, is the end. */
function substring(start: number, end: number, bytes: Buffer): string {
  if (start < 0) return cut(bytes, 0, end);
  return cut(bytes, start, end < 0 || end > bytes.length ? bytes.length : end);
}

function cut(bytes: Buffer, from: number, to: number): string {
  if (to < 0 || to > bytes.length || from > to)
    throw new FunctionError(
      `runtime error: slice bounds out of range [${from}:${to}] with length ${bytes.length}`,
    );
  return fromBytes(bytes.subarray(from, to));
}
