import { isMap } from "../model/json.ts";

/** The value below `path`, or undefined where the way ends; objects of a cluster may have any shape. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let here = value;
  for (const key of path) {
    if (Array.isArray(here)) here = typeof key === "number" ? here[key] : undefined;
    else if (isMap(here)) here = Object.hasOwn(here, key) ? here[key] : undefined;
    else return undefined;
  }
  return here;
}

/** The text below `path`; empty when there is none. */
export function textAt(value: unknown, ...path: readonly (string | number)[]): string {
  const found = at(value, ...path);
  return typeof found === "string" ? found : "";
}

/** The number below `path`; a decimal text counts, as some custom resources write numbers so. Undefined when there is none. */
export function numberAt(
  value: unknown,
  ...path: readonly (string | number)[]
): number | undefined {
  const found = at(value, ...path);
  if (typeof found === "number") return found;
  return typeof found === "string" && /^\d+$/.test(found) ? Number(found) : undefined;
}

/** The number below `path`, 0 when there is none: status counters are left out when they are zero. */
export function countAt(value: unknown, ...path: readonly (string | number)[]): number {
  return numberAt(value, ...path) ?? 0;
}

/** The maps of the list below `path`; empty when there is none. */
export function mapsAt(
  value: unknown,
  ...path: readonly (string | number)[]
): readonly Record<string, unknown>[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found.filter(isMap) : [];
}

/** The time below `path` in milliseconds since 1970; undefined when there is none. */
export function timeAt(value: unknown, ...path: readonly (string | number)[]): number | undefined {
  const time = Date.parse(textAt(value, ...path));
  return Number.isNaN(time) ? undefined : time;
}
