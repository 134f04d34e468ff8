import { readFileSync } from "node:fs";
import { join } from "node:path";
import { KUDO_FUNCTIONS } from "../../src/functions/go/go-functions.ts";
import { goData } from "../../src/go-template/go-data.ts";
import { parseGoTemplate, renderGoTemplate } from "../../src/go-template/go-template.ts";
import { GoTemplateError } from "../../src/go-template/template-error.ts";
import { randomTemplate } from "./grammar.ts";
import { DATA } from "./ours.ts";

/** Chooses one of so many. */
export type Pick = (count: number) => number;

const PROBES: readonly string[] = JSON.parse(
  readFileSync(join(import.meta.dirname, "probes.json"), "utf8"),
);
/** `derivePassword` takes a tenth of a second by design. */
const NAMES = Array.from(KUDO_FUNCTIONS.keys()).filter((name) => name !== "derivePassword");
const BITS =
  '{{ | }} | ( | ) | . | $ | $x | := | = | " | ` | \' | - | -}} | {{- | range | end | else | if | with | define "a" | template "a" . | block "b" . | break | nil | 9223372036854775807 | -1 | 1e308 | %v | %99999d | %*d | \\x | \u0000 | é | 😀 | \udc80 | /* | */ | \n | , | __proto__ | constructor | .Params.L | .Params.Mixed'.split(
    " | ",
  );

/** A template of the grammar, of the probes or of calls of functions, with some mistakes in it. */
export function mutatedTemplate(pick: Pick): string {
  return mutated(pick, source(pick));
}

function source(pick: Pick): string {
  switch (pick(4)) {
    case 0:
      return PROBES[pick(PROBES.length)] ?? "";
    case 1:
      return randomTemplate(pick);
    default:
      return Array.from({ length: 1 + pick(3) }, () => sprigCall(pick, 0))
        .map((call) => `{{ ${call} }}`)
        .join(" ");
  }
}

function sprigCall(pick: Pick, depth: number): string {
  const name = NAMES[pick(NAMES.length)] ?? "";
  const fn = KUDO_FUNCTIONS.get(name);
  const fixed = fn?.params.length ?? 0;
  const length = fn?.variadic ? fixed - 1 + pick(4) : pick(20) === 0 ? pick(5) : fixed;
  const args = Array.from({ length }, (_, index) => {
    if (depth < 3 && pick(4) === 0) return `(${sprigCall(pick, depth + 1)})`;
    return argument(pick, fn?.params[Math.min(index, fixed - 1)] ?? "interface {}");
  });
  return `${name} ${args.join(" ")}`;
}

const TEXTS = [
  '"a"',
  '""',
  '"2006-01-02"',
  '"(a+)+$"',
  '"^1.2 || >=3-0"',
  '"%d %v"',
  '"1.2.3"',
  '"\\xff"',
  '"{\\"a\\": 1}"',
  '"YQ=="',
  '"-1h"',
  '"Europe/Berlin"',
  ".StepName",
  ".Params.U",
  ".Params.Yaml",
  "`\n`",
];
const NUMBERS = [
  "0",
  "1",
  "-1",
  "5",
  "1000000",
  "9223372036854775807",
  "-9223372036854775808",
  "(int .Params.NODE_COUNT)",
  "99999999",
];
const VALUES = [
  ".",
  ".Params",
  ".Params.L",
  ".Params.Mixed",
  ".Params.M",
  ".Params.N",
  "nil",
  "true",
  "2.5",
  "1e308",
  "now",
  "(list 1 2)",
  '(dict "a" 1)',
  "(until 5)",
  '(split "." "a.b")',
  '(semver "1.2.3")',
  "(int64 5)",
];

function argument(pick: Pick, type: string): string {
  const lists = [...TEXTS, ...NUMBERS, ...VALUES];
  if (pick(6) === 0) return lists[pick(lists.length)] ?? "";
  const from =
    type === "string"
      ? TEXTS
      : type === "int" || type === "uint32"
        ? NUMBERS
        : type.startsWith("map")
          ? [".Params.M", '(dict "a" 1)', ".Params.Words"]
          : type === "bool"
            ? ["true", "false"]
            : type === "time.Time"
              ? ["now"]
              : lists;
  return from[pick(from.length)] ?? "";
}

/** A text with up to four mistakes. */
export function mutated(pick: Pick, template: string): string {
  let text = template;
  for (let times = pick(5); times > 0; times--) {
    const [at, to] = [pick(text.length + 1), pick(text.length + 1)];
    const bit = BITS[pick(BITS.length)] ?? "";
    switch (pick(5)) {
      case 0:
        text = text.slice(0, at) + text.slice(at + 1 + pick(4));
        break;
      case 1:
        text = `${text.slice(0, at)}${bit}${text.slice(at)}`;
        break;
      case 2:
        text = `${text.slice(0, at)} ${bit} ${text.slice(at)}`;
        break;
      case 3:
        text = text.slice(0, at) + text.slice(to, to + 30) + text.slice(at);
        break;
      default:
        text = text.slice(0, Math.max(at, to)) + text.slice(Math.min(at, to));
    }
  }
  return text;
}

/** Renders it, with 1 when that went well. Throws when anything but a GoTemplateError came of it. */
export function attemptTemplate(
  template: string,
  functions: "kudo" | "go",
  missingKey: "error" | "default",
): number {
  let ordinal = 0;
  const context = {
    seed: "seed",
    startedAt: "2023-11-14T22:13:20Z",
    template: "x",
    nextOrdinal: () => ordinal++,
  };
  try {
    const data = goData(DATA, functions === "kudo" ? "float64" : "int64");
    renderGoTemplate(parseGoTemplate("x", template, { functions }), data, { context, missingKey });
    return 1;
  } catch (error) {
    if (error instanceof GoTemplateError) return 0;
    throw new Error(`crashed on ${JSON.stringify(template)}`, { cause: error });
  }
}
