import { isMap, type Json } from "../model/json.ts";

/**
 * A JSON value as CEL takes it: whole numbers are integers, other numbers doubles, maps are `Map`s, so that no name of JavaScript's objects means anything in them.
 */
export function toCel(value: Json): unknown {
  if (typeof value === "number") return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(toCel);
  if (!isMap(value)) return value;
  return new Map(Object.entries(value).map(([key, member]) => [key, toCel(member as Json)]));
}

/** What CEL answers, as JSON. Throws an Error with a sentence for what JSON cannot say. */
export function fromCel(value: unknown): Json {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "bigint":
      return finite(Number(value), Number.isSafeInteger(Number(value)));
    case "number":
      return finite(value, Number.isFinite(value));
    default:
      return fromObject(value);
  }
}

function finite(value: number, isExact: boolean): number {
  if (isExact) return value;
  throw new Error("the value is no number that can be kept exactly");
}

function fromObject(value: unknown): Json {
  if (value === null) return null;
  if (Array.isArray(value)) return value.map(fromCel);
  const isPlain = isMap(value) && Object.getPrototypeOf(value) === Object.prototype;
  if (value instanceof Map || isPlain) {
    const entries = value instanceof Map ? [...value] : Object.entries(value);
    return Object.fromEntries(entries.map(([key, member]) => [String(key), fromCel(member)]));
  }
  throw new Error("the value is neither text, number, boolean, null, list nor map");
}
