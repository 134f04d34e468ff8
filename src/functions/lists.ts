import { canonicalJson } from "../model/json.ts";
import { integer, list, listOrNone } from "./arguments.ts";
import { both, MANY, native } from "./define.ts";
import { isEmpty } from "./kinds.ts";
import { checkItemCount } from "./limits.ts";
import { FunctionError, type TemplateFunction } from "./template-function.ts";

/** Lists. Nothing changes a list; each gives a new one. */
export const LISTS: readonly TemplateFunction[] = [
  native("list", [0, MANY], (items) => [...items]),
  native("tuple", [0, MANY], (items) => [...items]),
  both("first", 1, ([items]) => list(items)[0] ?? null),
  both("last", 1, ([items]) => list(items).at(-1) ?? null),
  native("rest", 1, ([items]) => list(items).slice(1)),
  native("initial", 1, ([items]) => list(items).slice(0, -1)),
  both("append", 2, ([items, item]) => joined(list(items), [item])),
  both("push", 2, ([items, item]) => joined(list(items), [item])),
  both("prepend", 2, ([items, item]) => joined([item], list(items))),
  native("concat", [1, MANY], (lists) => joined(...lists.map(list))),
  both("reverse", 1, ([items]) => [...list(items)].reverse()),
  native("uniq", 1, ([items]) => uniq(list(items))),
  native("without", [1, MANY], ([items, ...unwanted]) => without(list(items), unwanted)),
  native("has", 2, ([item, items]) => keysOf(listOrNone(items)).has(canonicalJson(item))),
  native("compact", 1, ([items]) => list(items).filter((item) => !isEmpty(item))),
  native("slice", [1, 3], ([items, from, to]) => slice(list(items), from, to)),
  native("chunk", 2, ([size, items]) => chunk(integer(size), list(items))),
];

function joined(...lists: readonly (readonly unknown[])[]): unknown[] {
  checkItemCount(lists.reduce((count, items) => count + items.length, 0));
  return ([] as unknown[]).concat(...lists);
}

function uniq(items: readonly unknown[]): unknown[] {
  const seen = new Set<string>();
  return items.filter((item) => {
    const key = canonicalJson(item);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function without(items: readonly unknown[], unwanted: readonly unknown[]): unknown[] {
  const keys = keysOf(unwanted);
  return items.filter((item) => !keys.has(canonicalJson(item)));
}

function keysOf(items: readonly unknown[]): Set<string> {
  return new Set(items.map(canonicalJson));
}

function slice(items: readonly unknown[], from: unknown, to: unknown): unknown[] {
  const start = from === undefined ? 0 : integer(from);
  const end = to === undefined ? items.length : integer(to);
  if (start < 0 || start > end || end > items.length)
    throw new FunctionError(`the list has ${items.length} items, not ${start} to ${end}`);
  return items.slice(start, end);
}

function chunk(size: number, items: readonly unknown[]): unknown[][] {
  if (size < 1) throw new FunctionError("the size must be at least 1");
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size));
}
