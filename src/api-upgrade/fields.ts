import { isMap } from "../model/json.ts";
import type { Fields } from "./conversion.ts";

/** The map in a field; empty when there is none. */
export function mapIn(from: Fields, field: string): Fields {
  const value = from[field];
  return isMap(value) ? value : {};
}

/** The maps of the list in a field; empty when there is none. */
export function mapsIn(from: Fields, field: string): Fields[] {
  const value = from[field];
  return Array.isArray(value) ? value.filter(isMap) : [];
}

/** Without some of its fields, and without those that are undefined. */
export function without(from: Fields, ...names: readonly string[]): Fields {
  return Object.fromEntries(
    Object.entries(from).filter(([name, value]) => !names.includes(name) && value !== undefined),
  );
}

/** With these where it says nothing of its own. */
export function withDefaults(from: Fields, defaults: Fields): Fields {
  const missing = Object.entries(defaults).filter(
    ([name]) => from[name] === undefined || from[name] === null,
  );
  return { ...from, ...Object.fromEntries(missing) };
}
