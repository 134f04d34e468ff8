import { isMap } from "../model/json.ts";
import { type FieldSet, without } from "./field-set.ts";

/**
 * What an apply of `object` by the manager of the fields `owned` would leave of `live`: members and list items of its own that `object` does not name go,
 * what `object` says is there, the rest stays. Lists are merged by the keys that `owned` tells; any other list is as `object` has it.
 */
export function mergedAsApplied(live: unknown, object: unknown, owned: FieldSet): unknown {
  if (isMap(live) && isMap(object)) return mergedMap(live, object, owned);
  if (Array.isArray(live) && Array.isArray(object)) return mergedList(live, object, owned);
  return object;
}

function mergedMap(
  live: Readonly<Record<string, unknown>>,
  object: Readonly<Record<string, unknown>>,
  owned: FieldSet,
): unknown {
  const dropped = Object.entries(owned).filter(([key]) => !(key.slice(2) in object));
  const kept = without(live, Object.fromEntries(dropped)) as Record<string, unknown>;
  const said = Object.entries(object).map(([name, value]) => {
    const below = owned[`f:${name}`];
    // `{}` is a field that is owned as a whole.
    const isWhole = isMap(below) && Object.keys(below).length === 0;
    if (isWhole || !(name in live)) return [name, value];
    return [name, mergedAsApplied(live[name], value, fieldsOf(below))];
  });
  return { ...kept, ...Object.fromEntries(said) };
}

function mergedList(
  live: readonly unknown[],
  object: readonly unknown[],
  owned: FieldSet,
): readonly unknown[] {
  const keys = Object.keys(owned).find((key) => key.startsWith("k:"));
  if (keys === undefined) return mergedSet(live, object, owned);
  const names = Object.keys(JSON.parse(keys.slice(2)) as object);
  const identity = (item: unknown): string =>
    JSON.stringify(isMap(item) ? names.map((name) => item[name] ?? null) : item);
  const ownedBy = new Map(
    Object.entries(owned)
      .filter(([key]) => key.startsWith("k:"))
      .map(([key, below]) => [identity(JSON.parse(key.slice(2))), [key, below] as const]),
  );
  const said = new Set(object.map(identity));
  const lived = new Map(live.map((item) => [identity(item), item]));
  const dropped = [...ownedBy].filter(([id]) => !said.has(id)).map(([, entry]) => entry);
  const others = without(live, Object.fromEntries(dropped)) as readonly unknown[];
  return [
    ...object.map((item) =>
      mergedAsApplied(lived.get(identity(item)), item, fieldsOf(ownedBy.get(identity(item))?.[1])),
    ),
    ...others.filter((item) => !said.has(identity(item))),
  ];
}

/** A list of values: those of others stay, where the field set names values. */
function mergedSet(
  live: readonly unknown[],
  object: readonly unknown[],
  owned: FieldSet,
): readonly unknown[] {
  if (!Object.keys(owned).some((key) => key.startsWith("v:"))) return object;
  const others = without(live, owned) as readonly unknown[];
  return [...object, ...others.filter((value) => !object.includes(value))];
}

function fieldsOf(value: unknown): FieldSet {
  return isMap(value) ? value : {};
}
