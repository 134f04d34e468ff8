import { isMap } from "../model/json.ts";

/** Whether a value is as expected: of maps the members that are given, of lists the items that are given, in their order; all else exactly. */
export function matches(found: unknown, expected: unknown): boolean {
  if (Array.isArray(expected)) return Array.isArray(found) && isWithin(found, expected);
  if (isMap(expected))
    return (
      isMap(found) && Object.entries(expected).every(([key, value]) => matches(found[key], value))
    );
  return found === expected || (expected === null && found === undefined);
}

/** Whether the items come in this order, others among them. */
export function isWithin(found: readonly unknown[], expected: readonly unknown[]): boolean {
  return firstMissing(found, expected) === undefined;
}

/** The index of the first expected item that does not come after the ones before it; undefined when all come. */
export function firstMissing(
  found: readonly unknown[],
  expected: readonly unknown[],
): number | undefined {
  let at = 0;
  for (const [index, item] of expected.entries()) {
    while (at < found.length && !matches(found[at], item)) at++;
    if (at === found.length) return index;
    at++;
  }
  return undefined;
}

/** The part of a value that was asked about, to be shown beside what was expected. */
export function partOf(found: unknown, expected: unknown): unknown {
  if (isMap(expected) && isMap(found))
    return Object.fromEntries(
      Object.entries(expected).flatMap(([key, value]) =>
        found[key] === undefined ? [] : [[key, partOf(found[key], value)]],
      ),
    );
  if (Array.isArray(expected) && Array.isArray(found) && expected.length === found.length)
    return found.map((item, index) => partOf(item, expected[index]));
  return found;
}
