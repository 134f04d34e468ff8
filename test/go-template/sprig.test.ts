import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { KUDO_FUNCTIONS } from "../../src/functions/go/go-functions.ts";
import { goData } from "../../src/go-template/go-data.ts";
import { parseGoTemplate, renderGoTemplate } from "../../src/go-template/go-template.ts";

interface Vector {
  readonly template: string;
  readonly text?: string;
  readonly error?: string;
}

/**
 * What Sprig 2.22.0, Masterminds/semver 1.5.0 and yaml.v2 2.3.0 answer in Go (numbers of the data are float64, a missing key is an error).
 * Messages are compared up to the name of the function that refused.
 */
const { data, cases }: { readonly data: unknown; readonly cases: readonly Vector[] } = JSON.parse(
  readFileSync(join(import.meta.dirname, "sprig.json"), "utf8"),
);

test.each(cases.map((each) => [each.template.slice(0, 100), each] as const))("%j", (_, vector) => {
  const seen = rendered(vector.template);
  if (vector.error === undefined) expect(seen).toEqual({ text: vector.text });
  else expect(shortened(seen.error ?? "none")).toBe(shortened(vector.error));
});

/** Random, tied to the clock, or refused on purpose: `functions.test.ts` and `go-template.test.ts` have them. */
const OWN_TESTS = [
  "buildCustomCert",
  "camelcase",
  "genCA",
  "genPrivateKey",
  "genSelfSignedCert",
  "genSignedCert",
  "getHostByName",
];
/** Go's own: `golden.json` has them. */
const GO = ["call", "ge", "html", "js", "le", "println", "urlquery"];

test("every function of the KUDO dialect is in the vectors", () => {
  const all = cases.map(({ template }) => template).join("\n");
  const missing = [...KUDO_FUNCTIONS.keys()].filter(
    (name) => !new RegExp(`(?:[{(|]|:=) ?${name}\\b`).test(all),
  );
  expect(missing.filter((name) => !GO.includes(name)).sort()).toEqual(OWN_TESTS);
});

test("the KUDO dialect has the functions of Sprig 2.22 but those that KUDO removes, and toYaml", () => {
  expect([...KUDO_FUNCTIONS.keys()].sort().join(" ")).toBe(KUDO);
});

const KUDO =
  "abbrev abbrevboth add add1 adler32sum ago and append atoi b32dec b32enc b64dec b64enc biggest buildCustomCert call camelcase cat ceil coalesce compact concat contains date dateInZone dateModify date_in_zone date_modify decryptAES deepCopy deepEqual default derivePassword dict div empty encryptAES eq fail first float64 floor ge genCA genPrivateKey genSelfSignedCert genSignedCert getHostByName gt has hasKey hasPrefix hasSuffix hello html htmlDate htmlDateInZone indent index initial initials int int64 join js kebabcase keys kindIs kindOf last le len list lower lt max merge mergeOverwrite min mod mul ne nindent nospace not now omit or pick pluck plural prepend print printf println push quote randAlpha randAlphaNum randAscii randNumeric regexFind regexFindAll regexMatch regexReplaceAll regexReplaceAllLiteral regexSplit repeat replace rest reverse round semver semverCompare set sha1sum sha256sum shuffle slice snakecase sortAlpha split splitList splitn squote sub substr swapcase ternary title toDate toDecimal toJson toPrettyJson toString toStrings toYaml trim trimAll trimPrefix trimSuffix trimall trunc tuple typeIs typeIsLike typeOf uniq unixEpoch unset until untilStep untitle upper urlJoin urlParse urlquery uuidv4 values without wrap wrapWith";

function rendered(template: string): { readonly text?: string; readonly error?: string } {
  let ordinal = 0;
  const context = {
    seed: "seed",
    startedAt: "2023-11-14T22:13:20Z",
    template: "x.yaml",
    nextOrdinal: () => ordinal++,
  };
  try {
    return {
      text: renderGoTemplate(parseGoTemplate("x.yaml", template), goData(data, "float64"), {
        context,
      }),
    };
  } catch (error) {
    if (error instanceof Error && error.name === "GoTemplateError") return { error: error.message };
    throw error;
  }
}

function shortened(message: string): string {
  return message.replace(/(error calling \w+): .*/s, "$1");
}
