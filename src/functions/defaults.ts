import { boolean } from "./arguments.ts";
import { both, MANY, native } from "./define.ts";
import { isEmpty } from "./kinds.ts";
import type { TemplateFunction } from "./template-function.ts";

const MISSING = { takesMissing: true };

/** What stands in for an empty value. Empty is what Go calls so: false, 0, "", an empty list or map, null. */
export const DEFAULTS: readonly TemplateFunction[] = [
  native("default", [1, MANY], ([fallback, value]) => (isEmpty(value) ? fallback : value), MISSING),
  native("empty", 1, ([value]) => isEmpty(value), MISSING),
  native(
    "coalesce",
    [0, MANY],
    (values) => values.find((value) => !isEmpty(value)) ?? null,
    MISSING,
  ),
  native("all", [0, MANY], (values) => !values.some(isEmpty), MISSING),
  native("any", [0, MANY], (values) => values.some((value) => !isEmpty(value)), MISSING),
  both("ternary", 3, ([yes, no, test]) => (boolean(test) ? yes : no)),
];
