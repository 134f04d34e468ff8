import { isMap } from "../model/json.ts";
import { map, text } from "./arguments.ts";
import { both, kudo, MANY, native } from "./define.ts";
import { goText } from "./go-text.ts";
import { mergeMaps } from "./merge.ts";
import { FunctionError, type TemplateFunction } from "./template-function.ts";

type Dict = Record<string, unknown>;

/** Maps. In the native dialect nothing changes a map; KUDO's `set` and `unset` change their first argument, as in Go. */
export const DICTS: readonly TemplateFunction[] = [
  native("dict", [0, MANY], dict),
  native("get", 2, ([from, key]) => get(map(from), text(key), "")),
  both("hasKey", 2, ([from, key]) => Object.hasOwn(map(from), text(key))),
  both("keys", [0, MANY], (maps) => maps.flatMap((each) => Object.keys(map(each)).sort())),
  both("values", 1, ([from]) => sortedEntries(map(from)).map(([, value]) => value)),
  both("pick", [1, MANY], ([from, ...keys]) => filtered(map(from), keys, true)),
  both("omit", [1, MANY], ([from, ...keys]) => filtered(map(from), keys, false)),
  both("pluck", [1, MANY], ([key, ...maps]) => pluck(text(key), maps.map(map))),
  native("dig", [3, MANY], dig),
  native("deepCopy", 1, ([value]) => structuredClone(value)),
  native("set", 3, ([to, key, value]) => withMember(map(to), text(key), value)),
  native("unset", 2, ([from, key]) => filtered(map(from), [key], false)),
  native("merge", [1, MANY], (maps) => mergeMaps(maps.map(map), false)),
  native("mustMerge", [1, MANY], (maps) => mergeMaps(maps.map(map), false)),
  native("mergeOverwrite", [1, MANY], (maps) => mergeMaps(maps.map(map), true)),
  native("mustMergeOverwrite", [1, MANY], (maps) => mergeMaps(maps.map(map), true)),
  kudo("set", 3, ([to, key, value]) => setMember(map(to), text(key), value)),
  kudo("unset", 2, ([from, key]) => removeMember(map(from), text(key))),
];

/** Keys and values by turns; a last key without a value has the empty text. */
function dict(args: readonly unknown[]): Dict {
  const count = Math.ceil(args.length / 2);
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      goText(args[2 * index]),
      2 * index + 1 < args.length ? args[2 * index + 1] : "",
    ]),
  );
}

function get(from: Readonly<Dict>, key: string, absent: unknown): unknown {
  return Object.hasOwn(from, key) ? from[key] : absent;
}

function sortedEntries(from: Readonly<Dict>): [string, unknown][] {
  return Object.entries(from).sort(([a], [b]) => (a < b ? -1 : 1));
}

function filtered(from: Readonly<Dict>, keys: readonly unknown[], keep: boolean): Dict {
  const named = new Set(keys.map(text));
  return Object.fromEntries(Object.entries(from).filter(([key]) => named.has(key) === keep));
}

function pluck(key: string, maps: readonly Readonly<Dict>[]): unknown[] {
  return maps.filter((each) => Object.hasOwn(each, key)).map((each) => each[key]);
}

/** `dig KEY… DEFAULT MAP`: what stands at the end of the keys, else the default. */
function dig(args: readonly unknown[]): unknown {
  const keys = args.slice(0, -2).map(text);
  let here: unknown = map(args.at(-1));
  for (const key of keys) {
    if (!isMap(here)) throw new FunctionError(`what holds ${key} is not a map`);
    if (!Object.hasOwn(here, key)) return args.at(-2);
    here = here[key];
  }
  return here;
}

/** A computed key of a literal makes an own member of any name, `__proto__` too. */
function withMember(to: Readonly<Dict>, key: string, value: unknown): Dict {
  return { ...to, [key]: value };
}

function setMember(to: Dict, key: string, value: unknown): Dict {
  Object.defineProperty(to, key, { value, writable: true, enumerable: true, configurable: true });
  return to;
}

function removeMember(from: Dict, key: string): Dict {
  delete from[key];
  return from;
}
