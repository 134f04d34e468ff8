import { canonicalJson } from "../model/json.ts";
import { text } from "./arguments.ts";
import { native } from "./define.ts";
import { kindOf, typeOf } from "./kinds.ts";
import type { TemplateFunction } from "./template-function.ts";

const MISSING = { takesMissing: true };

/** What a value is. */
export const TYPES: readonly TemplateFunction[] = [
  native("kindOf", 1, ([value]) => kindOf(value), MISSING),
  native("kindIs", 2, ([kind, value]) => text(kind) === kindOf(value), MISSING),
  native("typeOf", 1, ([value]) => typeOf(value), MISSING),
  native("typeIs", 2, ([type, value]) => text(type) === typeOf(value), MISSING),
  native(
    "typeIsLike",
    2,
    ([type, value]) => text(type).replace(/^\*/, "") === typeOf(value),
    MISSING,
  ),
  native("deepEqual", 2, ([a, b]) => canonicalJson(a ?? null) === canonicalJson(b ?? null)),
];
