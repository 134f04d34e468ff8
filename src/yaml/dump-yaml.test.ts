import fc from "fast-check";
import { CORE_SCHEMA, load, YAML11_SCHEMA } from "js-yaml";
import { expect, test } from "vitest";
import { dumpYaml } from "./dump-yaml.ts";
import { parseDocuments } from "./parse-documents.ts";
import { parseYaml } from "./parse-yaml.ts";

test.each<[unknown, string]>([
  [{ a: 1.5, b: -0.25, c: "1.5" }, 'a: 1.5\nb: -0.25\nc: "1.5"\n'],
  [{ b: 1, a: [1, { c: null }] }, "a:\n- 1\n- c: null\nb: 1\n"],
  [{ text: "a\nb\n", no: "yes" }, '"no": "yes"\ntext: |\n  a\n  b\n'],
  [{ a: [], b: {}, c: "" }, 'a: []\nb: {}\nc: ""\n'],
  [{ long: "word ".repeat(40).trim() }, `long: ${"word ".repeat(40).trim()}\n`],
  [{ gone: undefined, here: 1 }, "here: 1\n"],
  [
    ["0o17", "1_e3", "1:30", "2020-01-01", "010", "1e3", "~", "on"],
    '- "0o17"\n- "1_e3"\n- "1:30"\n- "2020-01-01"\n- "010"\n- "1e3"\n- "~"\n- "on"\n',
  ],
  ["text", "text\n"],
])("%j is written as %j", (value, text) => {
  expect(dumpYaml(value)).toBe(text);
});

test("an object begins with what it is", () => {
  const object = {
    spec: { kind: "b", apiVersion: "a" },
    metadata: { name: "x" },
    kind: "K",
    apiVersion: "v1",
    data: {},
  };
  expect(dumpYaml(object, { object: true })).toBe(
    "apiVersion: v1\nkind: K\nmetadata:\n  name: x\ndata: {}\nspec:\n  apiVersion: a\n  kind: b\n",
  );
});

const tricky = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.string({
    unit: fc.constantFrom(
      ..."0123456789_.-+eExobinfaINFyYtTrRuUeEsSlL~:# \n\t\r'\"|>&*!%@`{}[],?<=\uFEFF\u2028\u0085",
    ),
  }),
);
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    tricky,
    fc.integer(),
    fc.maxSafeInteger(),
    fc
      .double({ noNaN: true, noDefaultInfinity: true })
      .filter((number) => !Number.isInteger(number) || Number.isSafeInteger(number))
      .map((number) => number + 0),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(
      tricky.filter((key) => key !== "__proto__"),
      tie("value"),
      { maxKeys: 4 },
    ),
  ),
})).value;

test("what was written is read back, also by readers of YAML 1.1 and 1.2", () => {
  fc.assert(
    fc.property(json, (value) => {
      const text = dumpYaml(value);
      const parsed = parseYaml(text, "a.yaml");
      const same = JSON.parse(JSON.stringify(value));
      expect(parsed.issues).toEqual([]);
      expect(parsed.value).toEqual(same);
      expect(load(text, { schema: CORE_SCHEMA })).toEqual(same);
    }),
    { numRuns: 500 },
  );
});

test("a text is a text to every reader", () => {
  fc.assert(
    fc.property(tricky, (value) => {
      expect(load(dumpYaml([value]), { schema: YAML11_SCHEMA })).toEqual([value]);
    }),
    { numRuns: 500 },
  );
});

test("no text whatever makes the reader throw", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        tricky,
        fc
          .array(
            fc.constantFrom(
              "a: ",
              "- ",
              "\n",
              "  ",
              "*a",
              "&a ",
              "<<: ",
              "!!str ",
              "{",
              "}",
              "[",
              "]",
              "? ",
              "---\n",
              "'",
              '"',
              "| ",
              "9e9",
              "#",
            ),
          )
          .map((parts) => parts.join("")),
      ),
      (text) => {
        const { documents } = parseDocuments(text, "a.yaml");
        const parsed = parseYaml(text, "a.yaml");
        expect(documents.length <= 1 || parsed.issues.length > 0).toBe(true);
      },
    ),
    { numRuns: 1000 },
  );
});
