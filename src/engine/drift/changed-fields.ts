import { canonicalJson, isMap, type Json } from "../../model/json.ts";

/** A step on the way to a field: a member, or an item of a list with what it is called by. */
export type FieldStep = string | { readonly index: number; readonly called?: string };

/** A field with another value. */
export interface ChangedField {
  /** In the object before. */
  readonly path: readonly FieldStep[];
  readonly before?: Json;
  readonly after?: Json;
}

/** What tells the items of a list apart, the likeliest first. */
const KEYS: readonly (readonly string[])[] = [
  ["name"],
  ["key"],
  ["mountPath"],
  ["containerPort", "protocol"],
  ["port", "protocol"],
  ["ip"],
  ["topologyKey", "whenUnsatisfiable"],
  ["uid"],
];

/** The smallest fields in which two states of an object differ, in the order of their names. Items of lists are told apart by what they are called. */
export function changedFields(
  before: unknown,
  after: unknown,
  path: readonly FieldStep[] = [],
): ChangedField[] {
  if (canonicalJson(before) === canonicalJson(after)) return [];
  if (isMap(before) && isMap(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    return names.flatMap((name) => changedFields(before[name], after[name], [...path, name]));
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    const items = changedItems(before, after, path);
    if (items !== undefined) return items;
  }
  return [
    {
      path,
      ...(before !== undefined && { before: before as Json }),
      ...(after !== undefined && { after: after as Json }),
    },
  ];
}

/** `.spec.ports[name="db"].port`; names that would be read as several are put in brackets. */
export function fieldText(path: readonly FieldStep[]): string {
  return path
    .map((step) => {
      if (typeof step === "string") return /^[\w-]+$/.test(step) ? `.${step}` : `[${step}]`;
      return `[${step.called ?? step.index}]`;
    })
    .join("");
}

/** Undefined when the items cannot be told apart: then the list is a field as a whole. */
function changedItems(
  before: readonly unknown[],
  after: readonly unknown[],
  path: readonly FieldStep[],
): ChangedField[] | undefined {
  const keys = KEYS.find((each) => tells(before, each) && tells(after, each));
  if (keys === undefined) {
    if (before.length !== after.length || ![...before, ...after].every(isMap)) return undefined;
    return before.flatMap((item, index) => changedFields(item, after[index], [...path, { index }]));
  }
  const identity = (item: unknown): string => called(item, keys);
  const ids = [...new Set([...before, ...after].map(identity))];
  const changed = ids.flatMap((id) => {
    const index = before.findIndex((item) => identity(item) === id);
    const now = after.find((item) => identity(item) === id);
    return changedFields(before[index], now, [...path, { index, called: id }]);
  });
  // The same items in another order.
  return changed.length > 0 ? changed : undefined;
}

function tells(items: readonly unknown[], keys: readonly string[]): boolean {
  if (!items.every((item) => isMap(item) && keys.every((key) => key in item))) return false;
  return new Set(items.map((item) => called(item, keys))).size === items.length;
}

function called(item: unknown, keys: readonly string[]): string {
  const map = isMap(item) ? item : {};
  return keys.map((key) => `${key}=${JSON.stringify(map[key])}`).join(",");
}
