import { canonicalJson } from "../model/json.ts";
import { text } from "./arguments.ts";
import { both } from "./define.ts";
import { kindOf, typeOf } from "./kinds.ts";
import type { TemplateFunction } from "./template-function.ts";

const MISSING = { takesMissing: true };

/** What a value is. */
export const TYPES: readonly TemplateFunction[] = [
  both("kindOf", 1, ([value]) => kindOf(value), MISSING),
  both("kindIs", 2, ([kind, value]) => text(kind) === kindOf(value), MISSING),
  both("typeOf", 1, ([value]) => typeOf(value), MISSING),
  both("typeIs", 2, ([type, value]) => text(type) === typeOf(value), MISSING),
  both(
    "typeIsLike",
    2,
    ([type, value]) => text(type).replace(/^\*/, "") === typeOf(value),
    MISSING,
  ),
  both("deepEqual", 2, ([a, b]) => canonicalJson(a ?? null) === canonicalJson(b ?? null)),
];
