import { isMap } from "../model/json.ts";
import { integer, list } from "./arguments.ts";
import { MANY, native } from "./define.ts";
import { isEmpty, kindOf, nameOfKind } from "./kinds.ts";
import { FunctionError, type TemplateFunction } from "./template-function.ts";

const MISSING = { takesMissing: true };

/** What Go's templates have built in. `and` and `or` are called with all arguments here; the renderer stops at the first that decides. */
export const LOGIC: readonly TemplateFunction[] = [
  native("eq", [2, MANY], ([a, ...others]) => others.some((b) => equal(a, b))),
  native("ne", 2, ([a, b]) => !equal(a, b)),
  native("lt", 2, ([a, b]) => compare(a, b) < 0),
  native("le", 2, ([a, b]) => compare(a, b) <= 0),
  native("gt", 2, ([a, b]) => compare(a, b) > 0),
  native("ge", 2, ([a, b]) => compare(a, b) >= 0),
  native("and", [1, MANY], (values) => values.find(isEmpty) ?? decided(values, isEmpty), MISSING),
  native("or", [1, MANY], (values) => values.find(isFull) ?? decided(values, isFull), MISSING),
  native("not", 1, ([value]) => isEmpty(value), MISSING),
  native("len", 1, ([value]) => length(value)),
  native("index", [1, MANY], ([value, ...keys]) => keys.reduce(member, value)),
];

function isFull(value: unknown): boolean {
  return !isEmpty(value);
}

/** The operand that decides, else the last one; `find` cannot tell a found null from nothing found. */
function decided(values: readonly unknown[], decides: (value: unknown) => boolean): unknown {
  return (values.some(decides) ? null : values.at(-1)) ?? null;
}

type Comparable = "number" | "string" | "boolean" | "null";

/** Throws for values of two sorts: `eq 3 "3"` is a mistake, not false. Anything may be compared with null. */
function equal(a: unknown, b: unknown): boolean {
  const [sortA, sortB] = [sortOf(a), sortOf(b)];
  if (sortA === "null" || sortB === "null") return sortA === sortB;
  refuseTwoSorts(a, b, sortA, sortB);
  return sortA === "number" ? compareNumbers(a, b) === 0 : a === b;
}

function compare(a: unknown, b: unknown): number {
  const [sortA, sortB] = [sortOf(a), sortOf(b)];
  refuseTwoSorts(a, b, sortA, sortB);
  if (sortA === "number") return compareNumbers(a, b);
  if (sortA === "string") return Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)));
  throw new FunctionError(`${nameOfKind(a)} is neither less nor greater than another`);
}

function refuseTwoSorts(a: unknown, b: unknown, sortA: Comparable, sortB: Comparable): void {
  if (sortA === sortB) return;
  const convert = [sortA, sortB].includes("number") ? "int or toString" : "toString";
  throw new FunctionError(
    `cannot compare ${nameOfKind(a)} with ${nameOfKind(b)}; convert one with ${convert}`,
  );
}

function sortOf(value: unknown): Comparable {
  if (value === null || value === undefined) return "null";
  if (typeof value === "number" || typeof value === "bigint") return "number";
  if (typeof value === "string") return "string";
  if (typeof value === "boolean") return "boolean";
  throw new FunctionError(`cannot compare ${nameOfKind(value)}; use deepEqual`);
}

function compareNumbers(a: unknown, b: unknown): number {
  if (
    (typeof a !== "number" && typeof a !== "bigint") ||
    (typeof b !== "number" && typeof b !== "bigint")
  )
    return Number.NaN;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Bytes of a text, items of a list, members of a map. */
function length(value: unknown): number {
  if (typeof value === "string") return Buffer.byteLength(value);
  if (Array.isArray(value)) return value.length;
  if (isMap(value)) return Object.keys(value).length;
  throw new FunctionError(`${nameOfKind(value)} has no length`);
}

/** A member of a map (null when it is not there), an item of a list, a byte of a text. */
function member(value: unknown, key: unknown): unknown {
  if (isMap(value)) {
    if (typeof key !== "string")
      throw new FunctionError(`a map needs a text as key, got ${nameOfKind(key)}`);
    return Object.hasOwn(value, key) ? value[key] : null;
  }
  const items = typeof value === "string" ? Array.from(Buffer.from(value)) : list(value);
  const position = integer(key);
  if (position < 0 || position >= items.length)
    throw new FunctionError(`there is no item ${position}; ${kindOf(value)} of ${items.length}`);
  return items[position];
}
