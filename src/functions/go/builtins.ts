import { kudo, MANY } from "../define.ts";
import { FunctionError, type TemplateFunction } from "../template-function.ts";
import { byteLength, compareTexts, fromBytes, strayByte, toBytes } from "./bytes.ts";
import { printed, printedAll, printedLine } from "./print.ts";
import { isPrintable } from "./quote.ts";
import { sprintf } from "./sprintf.ts";
import {
  GoInt,
  GoObject,
  type GoValue,
  goType,
  integerOf,
  isGoMap,
  isNilSlice,
  isTrue,
  memberOf,
} from "./value.ts";

/** What Go's text/template has built in, but `slice`, which Sprig replaces. Arguments are Go values. */
export const GO_BUILTINS: readonly TemplateFunction[] = [
  kudo("and", [1, MANY], (args) => args.find((arg) => !isTrue(arg)) ?? args.at(-1)),
  kudo("or", [1, MANY], (args) => args.find(isTrue) ?? args.at(-1)),
  kudo("not", 1, ([arg]) => !isTrue(arg)),
  kudo("eq", [1, MANY], ([first, ...others]) => equalsAny(first, others)),
  kudo("ne", 2, ([a, b]) => !equalsAny(a, [b])),
  kudo("lt", 2, ([a, b]) => isLess(a, b)),
  kudo("le", 2, ([a, b]) => isLess(a, b) || equalsAny(a, [b])),
  kudo("gt", 2, ([a, b]) => !(isLess(a, b) || equalsAny(a, [b]))),
  kudo("ge", 2, ([a, b]) => !isLess(a, b)),
  kudo("len", 1, ([item]) => BigInt(lengthOf(item))),
  kudo("index", [1, MANY], ([item, ...indexes]) => indexInto(item, indexes)),
  kudo("call", [1, MANY], ([fn]) => refuseCall(printed(fn), fn)),
  kudo("print", [0, MANY], printedAll),
  kudo("println", [0, MANY], printedLine),
  kudo("printf", [1, MANY], ([format, ...args]) => sprintf(String(format), args)),
  kudo("html", [0, MANY], (args) => escapedHtml(joinedArguments(args))),
  kudo("js", [0, MANY], (args) => escapedScript(joinedArguments(args))),
  kudo("urlquery", [0, MANY], (args) => escapedQuery(joinedArguments(args))),
];

/** What `call` says: no function is among the data. `what` is the argument as it was written. */
export function refuseCall(what: string, value: GoValue): never {
  if (value === null || value === undefined) throw new FunctionError("call of nil");
  throw new FunctionError(`non-function ${what} of type ${goType(value)}`);
}

/** Go's own `slice`, which cuts texts too. */
export const GO_SLICE: TemplateFunction = kudo("slice", [1, MANY], ([item, ...indexes]) =>
  sliceOf(item, indexes),
);

type Basic = "bool" | "int" | "uint" | "float" | "string" | "";

function basicKind(value: GoValue): Basic {
  switch (typeof value) {
    case "boolean":
      return "bool";
    case "bigint":
      return "int";
    case "number":
      return "float";
    case "string":
      return "string";
    default:
      if (!(value instanceof GoInt)) return "";
      return value.type.startsWith("u") ? "uint" : "int";
  }
}

function isNil(value: GoValue): boolean {
  return value === null || value === undefined || isNilSlice(value);
}

function equalsAny(first: GoValue, others: readonly GoValue[]): boolean {
  if (others.length === 0) throw new FunctionError("missing argument for comparison");
  const kind = basicKind(first);
  return others.some((other) => equals(first, kind, other));
}

function equals(a: GoValue, kind: Basic, b: GoValue): boolean {
  const other = basicKind(b);
  const [x, y] = [integerOf(a), integerOf(b)];
  if (x !== undefined && y !== undefined) return x === y;
  if (kind !== other) {
    if ((a ?? b ?? null) === null || a === null || a === undefined || b === null || b === undefined)
      return false;
    throw new FunctionError("incompatible types for comparison");
  }
  if (kind !== "") return a === b;
  if (isNil(a) || isNil(b)) return isNil(a) === isNil(b);
  const sameKind = Array.isArray(a) === Array.isArray(b) && isGoMap(a) === isGoMap(b);
  if (!sameKind)
    throw new FunctionError(
      `non-comparable types ${shown(a)}: ${goType(a)}, ${goType(b)}: ${printed(b)}`,
    );
  if (b instanceof GoObject) return b.equals(a);
  throw new FunctionError(`non-comparable type ${shown(b)}: ${goType(b)}`);
}

function shown(value: GoValue): string {
  return sprintf("%s", [value]);
}

function isLess(a: GoValue, b: GoValue): boolean {
  const [kindA, kindB] = [basicKind(a), basicKind(b)];
  if (kindA === "" || kindB === "") throw new FunctionError("invalid type for comparison");
  const [x, y] = [integerOf(a), integerOf(b)];
  if (x !== undefined && y !== undefined) return x < y;
  if (kindA !== kindB) throw new FunctionError("incompatible types for comparison");
  if (typeof a === "number" && typeof b === "number") return a < b;
  if (typeof a === "string" && typeof b === "string") return compareTexts(a, b) < 0;
  throw new FunctionError("invalid type for comparison");
}

function lengthOf(item: GoValue): number {
  if (typeof item === "string") return byteLength(item);
  if (Array.isArray(item)) return item.length;
  if (isGoMap(item)) return Object.keys(item).length;
  if (item === null) throw new FunctionError("len of nil pointer");
  if (item === undefined)
    throw new FunctionError("reflect: call of reflect.Value.Type on zero Value");
  throw new FunctionError(`len of type ${goType(item)}`);
}

function indexInto(item: GoValue, indexes: readonly GoValue[]): GoValue {
  if (item === null || item === undefined) throw new FunctionError("index of untyped nil");
  return indexes.reduce<GoValue>(step, item);
}

function step(item: GoValue, index: GoValue): GoValue {
  if (item === null || item === undefined) throw new FunctionError("index of nil pointer");
  if (typeof item === "string") {
    const bytes = toBytes(item);
    const at = indexOf(index, bytes.length);
    if (at === bytes.length) throw new FunctionError("reflect: string index out of range");
    return new GoInt("uint8", BigInt(bytes[at] ?? 0));
  }
  if (Array.isArray(item)) {
    const at = indexOf(index, item.length);
    if (at === item.length) throw new FunctionError("reflect: slice index out of range");
    return item[at] ?? null;
  }
  if (!isGoMap(item)) throw new FunctionError(`can't index item of type ${goType(item)}`);
  if (index === null || index === undefined)
    throw new FunctionError("value is nil; should be of type string");
  if (typeof index !== "string")
    throw new FunctionError(`value has type ${goType(index)}; should be string`);
  const member = memberOf(item, index);
  if (member !== undefined) return member;
  return goType(item) === "map[string]string" ? "" : null;
}

function indexOf(index: GoValue, most: number): number {
  if (index === null || index === undefined)
    throw new FunctionError("cannot index slice/array with nil");
  const at = integerOf(index);
  if (at === undefined)
    throw new FunctionError(`cannot index slice/array with type ${goType(index)}`);
  if (at < 0n || at > BigInt(most)) throw new FunctionError(`index out of range: ${at}`);
  return Number(at);
}

function sliceOf(item: GoValue, indexes: readonly GoValue[]): GoValue {
  if (item === null || item === undefined) throw new FunctionError("slice of untyped nil");
  if (indexes.length > 3) throw new FunctionError(`too many slice indexes: ${indexes.length}`);
  const isText = typeof item === "string";
  if (isText && indexes.length === 3) throw new FunctionError("cannot 3-index slice a string");
  if (!isText && !Array.isArray(item))
    throw new FunctionError(`can't slice item of type ${goType(item)}`);
  const length = lengthOf(item);
  const [from = 0, to = length, most = length] = indexes.map((index) => indexOf(index, length));
  if (from > to) throw new FunctionError(`invalid slice index: ${from} > ${to}`);
  if (to > most) throw new FunctionError(`invalid slice index: ${to} > ${most}`);
  return isText ? fromBytes(toBytes(item).subarray(from, to)) : item.slice(from, to);
}

/** What `html`, `js` and `urlquery` escape: a nil is what a template prints for it. */
function joinedArguments(args: readonly GoValue[]): string {
  const [first] = args;
  if (args.length === 1 && typeof first === "string") return first;
  return printedAll(args.map((arg) => (arg === null || arg === undefined ? "<no value>" : arg)));
}

const HTML: ReadonlyMap<string, string> = new Map([
  ["\0", "\ufffd"],
  ['"', "&#34;"],
  ["'", "&#39;"],
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
]);

function escapedHtml(text: string): string {
  let escaped = "";
  for (const char of text) escaped += HTML.get(char) ?? char;
  return escaped;
}

const SCRIPT: ReadonlyMap<string, string> = new Map([
  ["\\", "\\\\"],
  ["'", "\\'"],
  ['"', '\\"'],
  ["<", "\\u003C"],
  [">", "\\u003E"],
  ["&", "\\u0026"],
  ["=", "\\u003D"],
]);

function escapedScript(text: string): string {
  let escaped = "";
  for (const char of text) escaped += SCRIPT.get(char) ?? scriptChar(char);
  return escaped;
}

function scriptChar(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  if (strayByte(char) !== undefined) return char;
  if (code >= 0x20 && (code < 0x7f || isPrintable(char))) return char;
  return `\\u${code.toString(16).toUpperCase().padStart(4, "0")}`;
}

/** Go's `url.QueryEscape`. */
function escapedQuery(text: string): string {
  let escaped = "";
  for (const byte of toBytes(text)) {
    const char = String.fromCharCode(byte);
    if (/[A-Za-z0-9\-_.~]/.test(char)) escaped += char;
    else escaped += char === " " ? "+" : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return escaped;
}
