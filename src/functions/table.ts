import type { Dialect } from "../model/package.ts";
import { CRYPTO } from "./crypto.ts";
import { DATES } from "./dates.ts";
import { DEFAULTS } from "./defaults.ts";
import { DICTS } from "./dicts.ts";
import { ENCODING } from "./encoding.ts";
import { GO_BUILTINS } from "./go/builtins.ts";
import { SPRIG_CRYPTO } from "./go/sprig-crypto.ts";
import { SPRIG_DATES } from "./go/sprig-dates.ts";
import { SPRIG_ENCODING } from "./go/sprig-encoding.ts";
import { SPRIG_MATH } from "./go/sprig-math.ts";
import { SPRIG_STRINGS } from "./go/sprig-strings.ts";
import { SPRIG_VALUES } from "./go/sprig-values.ts";
import { SPRIG_VERSIONS } from "./go/sprig-versions.ts";
import { LISTS } from "./lists.ts";
import { LOGIC } from "./logic.ts";
import { MATH } from "./math.ts";
import { PRINTING } from "./printing.ts";
import { RANGES } from "./ranges.ts";
import { REGEX } from "./regex.ts";
import { STRINGS } from "./strings.ts";
import type { TemplateFunction } from "./template-function.ts";
import { TEXT_CASE } from "./text-case.ts";
import { TYPES } from "./types.ts";
import { URLS } from "./urls.ts";
import { VERSIONS } from "./versions.ts";

/** Every function of every dialect. */
export const FUNCTIONS: readonly TemplateFunction[] = [
  ...DEFAULTS,
  ...DICTS,
  ...ENCODING,
  ...LISTS,
  ...LOGIC,
  ...MATH,
  ...RANGES,
  ...STRINGS,
  ...CRYPTO,
  ...DATES,
  ...PRINTING,
  ...REGEX,
  ...TEXT_CASE,
  ...URLS,
  ...VERSIONS,
  ...TYPES,
  ...GO_BUILTINS,
  ...SPRIG_CRYPTO,
  ...SPRIG_DATES,
  ...SPRIG_ENCODING,
  ...SPRIG_MATH,
  ...SPRIG_STRINGS,
  ...SPRIG_VALUES,
  ...SPRIG_VERSIONS,
];

/** The functions of one dialect by name. */
export function functionsOf(dialect: Dialect): ReadonlyMap<string, TemplateFunction> {
  return new Map(
    FUNCTIONS.filter((entry) => entry.dialects.includes(dialect)).map((entry) => [
      entry.name,
      entry,
    ]),
  );
}
