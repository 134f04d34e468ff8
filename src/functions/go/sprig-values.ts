import { kudo, MANY } from "../define.ts";
import { checkItemCount } from "../limits.ts";
import { FunctionError, type TemplateFunction } from "../template-function.ts";
import { printed } from "./print.ts";
import { int64Of } from "./sprig-math.ts";
import {
  deepEqual,
  type GoValue,
  goKind,
  goType,
  isGoMap,
  isTrue,
  mapOf,
  nilSlice,
  typed,
} from "./value.ts";

type Dict = Record<string, GoValue>;

/** Sprig's functions about defaults, types, lists and maps whose answer depends on Go's types. */
export const SPRIG_VALUES: readonly TemplateFunction[] = [
  kudo("hello", 0, () => "Hello!"),
  kudo("default", [1, MANY], ([fallback, given]) => (isTrue(given) ? given : fallback)),
  kudo("empty", 1, ([value]) => !isTrue(value)),
  kudo("coalesce", [0, MANY], (values) => values.find(isTrue) ?? null),
  kudo("kindOf", 1, ([value]) => goKind(value)),
  kudo("kindIs", 2, ([kind, value]) => kind === goKind(value)),
  kudo("typeOf", 1, ([value]) => goType(value)),
  kudo("typeIs", 2, ([type, value]) => type === goType(value)),
  kudo("typeIsLike", 2, ([type, value]) => [type, `*${type}`].includes(goType(value))),
  kudo("deepEqual", 2, ([a, b]) => deepEqual(a, b)),
  kudo("dict", [0, MANY], dict),
  kudo("deepCopy", 1, ([value]) => copied(value)),
  kudo("merge", [1, MANY], ([to, ...from]) => mergeInto(to, from, false)),
  kudo("mergeOverwrite", [1, MANY], ([to, ...from]) => mergeInto(to, from, true)),
  kudo("list", [0, MANY], listOf),
  kudo("tuple", [0, MANY], listOf),
  kudo("rest", 1, ([list]) => (items(list).length === 0 ? nilSlice() : items(list).slice(1))),
  kudo("initial", 1, ([list]) =>
    items(list).length === 0 ? nilSlice() : items(list).slice(0, -1),
  ),
  kudo("concat", [0, MANY], concat),
  kudo("uniq", 1, ([list]) => uniq(items(list))),
  kudo("without", [1, MANY], ([list, ...omit]) =>
    items(list).filter((item) => !omit.some((each) => deepEqual(item, each))),
  ),
  kudo("has", 2, ([needle, list]) =>
    list === null ? false : items(list).some((item) => deepEqual(needle, item)),
  ),
  kudo("compact", 1, ([list]) => items(list).filter(isTrue)),
  kudo("slice", [1, MANY], ([list, from, to]) => sliced(items(list), list, from, to)),
];

function items(list: GoValue): readonly GoValue[] {
  if (Array.isArray(list)) return list;
  throw new FunctionError(`Cannot find items on type ${goKind(list)}`);
}

function listOf(args: readonly GoValue[]): GoValue[] {
  return [...args];
}

function concat(lists: readonly GoValue[]): GoValue[] {
  const all = lists.map(items);
  checkItemCount(all.reduce((count, list) => count + list.length, 0));
  const joined = all.flat(1);
  return joined.length === 0 ? nilSlice() : joined;
}

function uniq(list: readonly GoValue[]): GoValue[] {
  const kept: GoValue[] = [];
  const simple = new Set<GoValue>();
  let compared = 0;
  for (const item of list) {
    if (typeof item !== "object" || item === null) {
      if (!simple.has(item) || Number.isNaN(item)) kept.push(item);
      simple.add(item);
      continue;
    }
    compared += kept.length;
    if (compared > MAX_COMPARED) throw new FunctionError("the list is too long");
    if (!kept.some((each) => deepEqual(item, each))) kept.push(item);
  }
  return kept;
}

const MAX_COMPARED = 300_000;

function sliced(list: readonly GoValue[], from: GoValue, start: GoValue, end: GoValue): GoValue {
  if (list.length === 0) return null;
  const first = start === undefined ? 0 : Number(int64Of(start));
  const last = end === undefined ? list.length : Number(int64Of(end));
  if (first < 0 || first > last || last > list.length)
    throw new FunctionError("reflect.Value.Slice: slice index out of bounds");
  const part = list.slice(first, last);
  const type = goType(from);
  return type === "[]string" || type === "[]int" ? typed(type, part) : part;
}

/** Keys and values by turns; a last key without a value has the empty text. */
function dict(args: readonly GoValue[]): Dict {
  const entries: [string, GoValue][] = [];
  for (let at = 0; at < args.length; at += 2)
    entries.push([printed(args[at]), at + 1 < args.length ? args[at + 1] : ""]);
  return mapOf(entries);
}

function copied(value: GoValue): GoValue {
  if (value !== null && value !== undefined) return deepCopy(value);
  throw new FunctionError("reflect: call of reflect.Value.Type on zero Value");
}

function deepCopy(value: GoValue): GoValue {
  if (Array.isArray(value)) return retyped(value, value.map(deepCopy));
  if (!isGoMap(value)) return value;
  return retyped(value, mapOf(Object.entries(value).map(([key, each]) => [key, deepCopy(each)])));
}

function retyped<T extends object>(like: object, copy: T): T {
  const type = goType(like);
  return type === "[]string" || type === "[]int" || type === "map[string]string"
    ? typed(type, copy)
    : copy;
}

/** The semantics of mergo: maps within maps are merged; of other values the first one wins unless it is empty, or the last one always. */
function mergeInto(to: GoValue, from: readonly GoValue[], overwrite: boolean): GoValue {
  for (const source of from) if (isGoMap(to) && isGoMap(source)) mergeTwo(to, source, overwrite, 0);
  return to;
}

function mergeTwo(to: Dict, from: Readonly<Dict>, overwrite: boolean, depth: number): void {
  if (depth > 200) throw new FunctionError("the maps are nested too deep");
  for (const [key, value] of Object.entries(from)) {
    const present = Object.hasOwn(to, key) ? to[key] : undefined;
    if (isGoMap(present) && isGoMap(value)) mergeTwo(present, value, overwrite, depth + 1);
    else if (overwrite || (value !== null && !isTrue(present))) setMember(to, key, value);
  }
}

function setMember(to: Dict, key: string, value: GoValue): void {
  Object.defineProperty(to, key, { value, writable: true, enumerable: true, configurable: true });
}
