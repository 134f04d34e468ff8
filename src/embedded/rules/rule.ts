import { isDeepStrictEqual } from "node:util";
import { isMap } from "../../model/json.ts";
import type { FieldProblem } from "../http/api-error.ts";

/** An object or a part of it that is being filled in. */
export type Draft = Record<string, unknown>;

/** One finding. */
export function problem(
  field: string,
  reason: FieldProblem["reason"],
  message: string,
): FieldProblem {
  return { field, reason, message };
}

/** `Required value`. */
export function required(field: string, detail = ""): FieldProblem {
  return problem(field, "FieldValueRequired", `Required value${detail && `: ${detail}`}`);
}

/** `Invalid value: …: detail`. */
export function invalidValue(field: string, value: unknown, detail: string): FieldProblem {
  return problem(field, "FieldValueInvalid", `Invalid value: ${JSON.stringify(value)}: ${detail}`);
}

/** `Unsupported value: "x": supported values: "a", "b"`. */
export function unsupported(
  field: string,
  value: unknown,
  supported: readonly string[],
): FieldProblem {
  const list = [...supported].sort().map((each) => JSON.stringify(each));
  return problem(
    field,
    "FieldValueNotSupported",
    `Unsupported value: ${JSON.stringify(value)}: supported values: ${list.join(", ")}`,
  );
}

/** Finds the fields that changed and may not. */
export function immutable(
  after: unknown,
  before: unknown,
  fields: readonly string[],
  prefix = "spec.",
): FieldProblem[] {
  return fields.flatMap((field) => {
    const [now, was] = [valueAt(after, field), valueAt(before, field)];
    return isDeepStrictEqual(now, was)
      ? []
      : [invalidValue(`${prefix}${field}`, now ?? null, "field is immutable")];
  });
}

/** A value by dotted path; undefined when there is none. */
export function valueAt(value: unknown, path: string): unknown {
  let at = value;
  for (const key of path.split(".")) at = isMap(at) ? at[key] : undefined;
  return at;
}

/** The maps of a list. */
export function mapsOf(value: unknown): Draft[] {
  return Array.isArray(value) ? value.filter(isMap) : [];
}

/** The member as a map, made when it is not there. */
export function mapAt(draft: Draft, key: string): Draft {
  const value = draft[key];
  if (isMap(value)) return value;
  const made: Draft = {};
  draft[key] = made;
  return made;
}
