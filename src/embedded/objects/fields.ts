/**
 * A set of field paths in the form of managedFields (`fieldsV1`): `f:name` a field, `k:{…}` the list item with these keys,
 * `v:…` a set's item. `{}` is a path that is in the set; a path with others below it is in the set itself when it has a
 * member `.`. undefined is the empty set. Never changed once made.
 */
export interface Fields {
  readonly [element: string]: Fields;
}

const LEAF: Fields = {};

/** A path's set from what is below it and whether the path is in the set itself. */
export function fieldsNode(self: boolean, below: Record<string, Fields>): Fields | undefined {
  for (const _ in below) return self ? { ".": LEAF, ...below } : below;
  return self ? LEAF : undefined;
}

/** Whether the path at the root of this tree is in the set. */
export function hasSelf(fields: Fields): boolean {
  if ("." in fields) return true;
  for (const _ in fields) return false;
  return true;
}

/** Paths in one or the other. */
export function union(a: Fields | undefined, b: Fields | undefined): Fields | undefined {
  if (!a || !b) return a ?? b;
  const below: Record<string, Fields> = {};
  for (const key in a) if (key !== ".") below[key] = union(a[key], b[key]) ?? LEAF;
  for (const key in b) if (key !== "." && !(key in below)) below[key] = b[key] ?? LEAF;
  return fieldsNode(hasSelf(a) || hasSelf(b), below);
}

/** Paths in `a` and not in `b`. */
export function difference(a: Fields | undefined, b: Fields | undefined): Fields | undefined {
  if (!a || !b) return a;
  const below: Record<string, Fields> = {};
  for (const key in a) {
    if (key === ".") continue;
    const rest = difference(a[key], b[key]);
    if (rest) below[key] = rest;
  }
  return fieldsNode(hasSelf(a) && !hasSelf(b), below);
}

/** Paths in both. */
export function intersection(a: Fields | undefined, b: Fields | undefined): Fields | undefined {
  if (!a || !b) return undefined;
  const below: Record<string, Fields> = {};
  for (const key in a) {
    if (key === ".") continue;
    const both = intersection(a[key], b[key]);
    if (both) below[key] = both;
  }
  return fieldsNode(hasSelf(a) && hasSelf(b), below);
}

/** Whether both hold the same paths. */
export function sameFields(a: Fields | undefined, b: Fields | undefined): boolean {
  return !difference(a, b) && !difference(b, a);
}

/** Without these paths and all that is below them. */
export function without(
  fields: Fields | undefined,
  paths: readonly (readonly string[])[],
): Fields | undefined {
  return paths.reduce<Fields | undefined>((rest, path) => cut(rest, path), fields);
}

function cut(fields: Fields | undefined, [first, ...rest]: readonly string[]): Fields | undefined {
  if (!fields || first === undefined) return undefined;
  const child = fields[first];
  if (!child) return fields;
  const { [first]: _, ".": self, ...others } = fields;
  const left = cut(child, rest);
  return fieldsNode(self !== undefined, left ? { ...others, [first]: left } : others);
}

/** Every path as the server prints it, sorted: `.spec.template.spec.containers[name="db"].image`. */
export function pathTexts(fields: Fields | undefined, prefix = ""): string[] {
  if (!fields) return [];
  const below = Object.keys(fields)
    .filter((key) => key !== ".")
    .sort()
    .flatMap((key) => pathTexts(fields[key], prefix + elementText(key)));
  return prefix && hasSelf(fields) ? [prefix, ...below] : below;
}

/** One path element as the server prints it. */
export function elementText(element: string): string {
  const value = element.slice(2);
  if (element.startsWith("f:")) return `.${value}`;
  if (element.startsWith("k:")) {
    const keys = JSON.parse(value) as Record<string, unknown>;
    const parts = Object.keys(keys).map((key) => `${key}=${JSON.stringify(keys[key])}`);
    return `[${parts.join(",")}]`;
  }
  return element.startsWith("v:") ? `[=${value}]` : `[${value}]`;
}
