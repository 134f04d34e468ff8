import { GoInt, type GoValue, isGoMap } from "../functions/go/value.ts";

/**
 * Plain data (as JSON or YAML gives it) as a template sees it; a copy, so that functions which change a map change nothing else.
 * @param numbers `float64`: every number, as KUDO reads parameters · `int64`: whole numbers are integers, as kubectl reads objects
 */
export function goData(value: unknown, numbers: "float64" | "int64"): GoValue {
  if (Array.isArray(value)) return value.map((item) => goData(item, numbers));
  if (isGoMap(value))
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [key, goData(member, numbers)]),
    );
  if (typeof value === "bigint")
    return numbers === "int64" ? new GoInt("int64", value) : Number(value);
  if (typeof value === "number" && numbers === "int64" && Number.isSafeInteger(value))
    return new GoInt("int64", BigInt(value));
  return value ?? null;
}
