import { isDeepStrictEqual } from "node:util";
import { isMap } from "../../model/json.ts";
import { type Fields, fieldsNode, hasSelf, union } from "../objects/fields.ts";
import { ANY, type ListShape, type Shape } from "./shape.ts";

/*
 * Values seen through their shape, as server-side apply sees them (sigs.k8s.io/structured-merge-diff): which paths a value
 * has, how two values differ, and what their merge is.
 */

/** The shape below a map or struct by field name; undefined when the value's type has no such field. */
export function childShape(shape: Shape, key: string): Shape | undefined {
  if (shape.type === "map") return shape.of;
  if (shape.type === "any") return ANY;
  if (shape.type !== "struct") return undefined;
  return shape.fields.get(key)?.shape ?? (shape.open ? ANY : undefined);
}

/** True when the value is set and owned as a whole. */
function isAtomic(shape: Shape, value: unknown): boolean {
  if (Array.isArray(value)) return shape.type !== "list" || shape.by === "atomic";
  if (isMap(value)) return (shape.type === "map" || shape.type === "struct") && shape.atomic;
  return true;
}

/**
 * The path element of a list's item; undefined when it has none (a key is missing), so that the list is one whole.
 * Keys are sorted, as in managedFields.
 */
export function itemElement(shape: ListShape, item: unknown): string | undefined {
  if (shape.by === "set") return `v:${JSON.stringify(item)}`;
  if (shape.by === "atomic" || !isMap(item)) return undefined;
  const keys: Record<string, unknown> = {};
  for (const key of [...shape.by].sort()) {
    const value = item[key] ?? shape.keyDefaults?.[key];
    if (value === undefined) return undefined;
    keys[key] = value;
  }
  return `k:${JSON.stringify(keys)}`;
}

/** The items of a merging list by path element; undefined when the list cannot be told apart (missing or double keys). */
function itemsByElement(
  shape: ListShape,
  items: readonly unknown[],
): Map<string, unknown> | undefined {
  const found = new Map<string, unknown>();
  for (const item of items) {
    const element = itemElement(shape, item);
    if (element === undefined || found.has(element)) return undefined;
    found.set(element, item);
  }
  return found;
}

/** All paths of a value. */
export function fieldsOf(value: unknown, shape: Shape): Fields | undefined {
  if (isAtomic(shape, value)) return {};
  if (isMap(value)) return fieldsOfMap(value, shape);
  const items = shape.type === "list" && itemsByElement(shape, value as unknown[]);
  if (!items) return {};
  const below: Record<string, Fields> = {};
  for (const [element, item] of items) {
    below[element] = union({}, fieldsOf(item, (shape as ListShape).of)) ?? {};
  }
  return fieldsNode(false, below);
}

function fieldsOfMap(value: Record<string, unknown>, shape: Shape): Fields | undefined {
  const below: Record<string, Fields> = {};
  for (const key in value) {
    const item = value[key];
    if (item === undefined) continue;
    const fields = fieldsOf(item, childShape(shape, key) ?? ANY);
    const named = shape.type === "struct" && shape.fields.has(key);
    const whole = !named || item === null || (isMap(item) && isEmpty(item));
    const node = whole ? union({}, fields) : fields;
    if (node) below[`f:${key}`] = node;
  }
  return fieldsNode(false, below);
}

/** How two values differ. */
export interface Comparison {
  readonly added: Fields | undefined;
  readonly modified: Fields | undefined;
  readonly removed: Fields | undefined;
}

const SAME: Comparison = { added: undefined, modified: undefined, removed: undefined };

/** What was added, modified and removed between two values; undefined is no value. */
export function compare(before: unknown, after: unknown, shape: Shape): Comparison {
  if (before === after) return SAME;
  if (before === undefined) return { ...SAME, added: allPaths(after, shape) };
  if (after === undefined) return { ...SAME, removed: allPaths(before, shape) };
  if (
    isAtomic(shape, after) ||
    isAtomic(shape, before) ||
    Array.isArray(before) !== Array.isArray(after)
  )
    return isDeepStrictEqual(before, after) ? SAME : { ...SAME, modified: {} };
  const pairs = isMap(before)
    ? mapPairs(before, after as Record<string, unknown>, shape)
    : listPairs(before as unknown[], after as unknown[], shape);
  if (!pairs) return isDeepStrictEqual(before, after) ? SAME : { ...SAME, modified: {} };
  const added: Record<string, Fields> = {};
  const modified: Record<string, Fields> = {};
  const removed: Record<string, Fields> = {};
  for (const [element, old, now, below] of pairs) {
    const result = compare(old, now, below);
    if (result.added) added[element] = result.added;
    if (result.modified) modified[element] = result.modified;
    if (result.removed) removed[element] = result.removed;
  }
  return {
    added: fieldsNode(false, added),
    modified: fieldsNode(false, modified),
    removed: fieldsNode(false, removed),
  };
}

type Pair = readonly [element: string, before: unknown, after: unknown, shape: Shape];

function mapPairs(
  before: Record<string, unknown>,
  after: Record<string, unknown>,
  shape: Shape,
): Pair[] {
  const pairs: Pair[] = [];
  for (const key in after)
    pairs.push([`f:${key}`, before[key], after[key], childShape(shape, key) ?? ANY]);
  for (const key in before)
    if (after[key] === undefined)
      pairs.push([`f:${key}`, before[key], undefined, childShape(shape, key) ?? ANY]);
  return pairs;
}

function listPairs(
  before: readonly unknown[],
  after: readonly unknown[],
  shape: Shape,
): Pair[] | undefined {
  if (shape.type !== "list") return undefined;
  const olds = itemsByElement(shape, before);
  const news = itemsByElement(shape, after);
  if (!olds || !news) return undefined;
  const pairs: Pair[] = [];
  for (const [element, item] of news) pairs.push([element, olds.get(element), item, shape.of]);
  for (const [element, item] of olds)
    if (!news.has(element)) pairs.push([element, item, undefined, shape.of]);
  return pairs;
}

/** The path itself and all below it. */
function allPaths(value: unknown, shape: Shape): Fields {
  if (isAtomic(shape, value)) return {};
  const below: Record<string, Fields> = {};
  if (isMap(value)) {
    for (const key in value)
      if (value[key] !== undefined)
        below[`f:${key}`] = allPaths(value[key], childShape(shape, key) ?? ANY);
  } else if (shape.type === "list") {
    for (const [element, item] of itemsByElement(shape, value as unknown[]) ?? [])
      below[element] = allPaths(item, shape.of);
  }
  return fieldsNode(true, below) ?? {};
}

/** What applying `config` onto `live` gives: maps by key, merging lists by item, all else replaced. Shares what is unchanged. */
export function mergeTyped(live: unknown, config: unknown, shape: Shape): unknown {
  if (live === undefined || isAtomic(shape, config) || isAtomic(shape, live)) return config;
  if (isMap(config) && isMap(live)) {
    const merged: Record<string, unknown> = { ...live };
    for (const key in config)
      merged[key] = mergeTyped(live[key], config[key], childShape(shape, key) ?? ANY);
    return merged;
  }
  if (shape.type !== "list" || !Array.isArray(config) || !Array.isArray(live)) return config;
  return mergeLists(live, config, shape);
}

function mergeLists(live: unknown[], config: unknown[], shape: ListShape): unknown {
  const olds = itemsByElement(shape, live);
  const news = itemsByElement(shape, config);
  if (!olds || !news) return config;
  const merged = [...olds].map(([element, item]) =>
    news.has(element) ? mergeTyped(item, news.get(element), shape.of) : item,
  );
  for (const [element, item] of news) if (!olds.has(element)) merged.push(item);
  return merged;
}

/**
 * Removes from `value` what `drop` names and `keep` does not: a path that is dropped goes with all below it,
 * unless something at or below it is kept.
 */
export function removePaths(
  value: unknown,
  drop: Fields,
  keep: Fields | undefined,
  shape: Shape,
): unknown {
  if (isAtomic(shape, value)) return value;
  if (isMap(value)) {
    const rest: Record<string, unknown> = { ...value };
    for (const element in drop) {
      const key = element.slice(2);
      if (element === "." || !(key in rest)) continue;
      const named = shape.type === "struct" && shape.fields.has(key);
      const left = removeChild(
        rest[key],
        drop[element] ?? {},
        keep?.[element],
        childShape(shape, key) ?? ANY,
        named,
      );
      if (left === undefined) delete rest[key];
      else rest[key] = left;
    }
    return rest;
  }
  const items = shape.type === "list" ? itemsByElement(shape, value as unknown[]) : undefined;
  if (!items || shape.type !== "list") return value;
  const of = shape.of;
  return [...items].flatMap(([element, item]) => {
    const dropped = drop[element];
    if (!dropped) return [item];
    const left = removeChild(item, dropped, keep?.[element], of, false);
    return left === undefined ? [] : [left];
  });
}

function removeChild(
  value: unknown,
  drop: Fields,
  keep: Fields | undefined,
  shape: Shape,
  named: boolean,
): unknown {
  if (keep) return removePaths(value, drop, keep, shape);
  return named || hasSelf(drop) ? undefined : removePaths(value, drop, keep, shape);
}

function isEmpty(value: object): boolean {
  for (const _ in value) return false;
  return true;
}
