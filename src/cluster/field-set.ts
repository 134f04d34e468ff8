import { isMap } from "../model/json.ts";

/**
 * A set of fields as managedFields has it (fieldsV1 of structured-merge-diff): keys `f:name` member, `k:{…}` list item by its keys, `v:…` list item by value,
 * `i:n` list item by index, `.` the thing itself; a value of `{}` is a member of the set.
 */
export type FieldSet = Readonly<Record<string, unknown>>;

/** All fields of both. */
export function union(a: FieldSet, b: FieldSet): Record<string, unknown> {
  const both: Record<string, unknown> = { ...a };
  for (const [key, value] of Object.entries(b)) {
    const mine = both[key];
    both[key] =
      isMap(mine) && isMap(value) && key !== "." ? short(union(full(mine), full(value))) : value;
  }
  return both;
}

/** The fields of `a` that are not in `b`. */
export function difference(a: FieldSet, b: FieldSet): Record<string, unknown> {
  const rest: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(a)) {
    const other = b[key];
    if (other === undefined) rest[key] = value;
    else if (key !== "." && isMap(value) && isMap(other)) {
      // What is left of a container with members elsewhere stays `.`: as `{}` it would stand for all of them.
      const below = difference(full(value), full(other));
      if (!isLeaf(below)) rest[key] = below;
    }
  }
  return rest;
}

/** `{}` says of a field that it is in the set itself, as `.` does of one with members. */
function full(fields: Record<string, unknown>): Record<string, unknown> {
  return isLeaf(fields) ? { ".": {} } : fields;
}

function short(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.keys(fields).every((key) => key === ".") ? {} : fields;
}

/** A copy of `value` without the fields of the set; containers that the set itself names go when nothing else is left in them. */
export function without(value: unknown, fields: FieldSet): unknown {
  if (Array.isArray(value)) return withoutItems(value, fields);
  if (!isMap(value)) return value;
  const rest: Record<string, unknown> = { ...value };
  for (const [key, below] of Object.entries(fields)) {
    if (!key.startsWith("f:") || !isMap(below)) continue;
    const name = key.slice(2);
    if (!(name in rest)) continue;
    const kept = isLeaf(below) ? undefined : without(rest[name], below);
    if (kept === undefined || ("." in below && isEmpty(kept))) delete rest[name];
    else rest[name] = kept;
  }
  return rest;
}

function withoutItems(items: readonly unknown[], fields: FieldSet): unknown[] {
  return items.flatMap((item, index) => {
    const entry = Object.entries(fields).find(([key]) => isOf(key, item, index));
    if (entry === undefined || !isMap(entry[1])) return [item];
    // An item that the set names is the manager's own: without another owner it goes as a whole.
    return isLeaf(entry[1]) || "." in entry[1] ? [] : [without(item, entry[1])];
  });
}

function isOf(key: string, item: unknown, index: number): boolean {
  const text = key.slice(2);
  switch (key.slice(0, 2)) {
    case "k:": {
      const keys: unknown = JSON.parse(text);
      return (
        isMap(keys) &&
        isMap(item) &&
        Object.entries(keys).every(([name, value]) => item[name] === value)
      );
    }
    case "v:":
      return JSON.parse(text) === item;
    case "i:":
      return Number(text) === index;
    default:
      return false;
  }
}

function isLeaf(fields: Record<string, unknown>): boolean {
  return Object.keys(fields).length === 0;
}

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return isMap(value) && Object.keys(value).length === 0;
}
