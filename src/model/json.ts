/** Any value that JSON can say. */
export type Json = string | number | boolean | null | readonly Json[] | JsonMap;

/** A JSON object. */
export interface JsonMap {
  readonly [key: string]: Json;
}

/** True for a plain object: neither null, nor a list, nor a scalar. */
export function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * The one JSON text of a value: keys sorted, no spaces, undefined members left out (as JSON does).
 * Two values are equal just when their canonical texts are; parameters are stored in this form.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value))
    return `[${value.map((item) => canonicalJson(item ?? null)).join(",")}]`;
  if (typeof value === "bigint") return value.toString();
  if (!isMap(value)) return JSON.stringify(value) ?? "null";
  const members = Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key])}`);
  return `{${members.join(",")}}`;
}
