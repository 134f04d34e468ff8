import type { Dialect } from "../model/package.ts";
import type { TemplateFunction } from "./template-function.ts";

/** Every function of every dialect. */
export const FUNCTIONS: readonly TemplateFunction[] = [];

/** The functions of one dialect by name. */
export function functionsOf(dialect: Dialect): ReadonlyMap<string, TemplateFunction> {
  return new Map(
    FUNCTIONS.filter((entry) => entry.dialects.includes(dialect)).map((entry) => [
      entry.name,
      entry,
    ]),
  );
}
