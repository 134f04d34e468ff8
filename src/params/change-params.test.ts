import fc from "fast-check";
import { expect, test } from "vitest";
import { formatIssue } from "../model/issue.ts";
import type { Json } from "../model/json.ts";
import type { Parameter } from "../model/parameter.ts";
import { changedParams } from "./change-params.ts";
import { fromStored, toStored } from "./stored-params.ts";

const at = { file: "params.yaml", line: 1, col: 1 };
const base = { required: false, immutable: false, at } as const;
const COUNT: Parameter = { ...base, name: "COUNT", type: "integer", default: 3 };
const NOTE: Parameter = { ...base, name: "NOTE", type: "string" };
const SIZE: Parameter = { ...base, name: "SIZE", type: "string", default: "1Gi", immutable: true };
const PASSWORD: Parameter = { ...base, name: "PASSWORD", type: "secret" };
const DECLARED = [COUNT, NOTE, SIZE, PASSWORD];

test.each<[string, Record<string, string>, Record<string, string>, unknown[]]>([
  ["nothing", { COUNT: "5" }, { COUNT: "5" }, []],
  ["a value", { COUNT: "5" }, { COUNT: "4" }, [{ name: "COUNT", from: "5", to: "4" }]],
  ["a value that was the default", {}, { COUNT: "5" }, [{ name: "COUNT", from: "3", to: "5" }]],
  ["the default said aloud", {}, { COUNT: "3" }, []],
  ["unset, to the default", { COUNT: "5" }, {}, [{ name: "COUNT", from: "5", to: "3" }]],
  ["unset, to nothing", { NOTE: '"a"' }, {}, [{ name: "NOTE", from: '"a"', to: null }]],
  [
    "a secret for the first time",
    {},
    { PASSWORD: "sha256:b" },
    [{ name: "PASSWORD", from: null, to: "***" }],
  ],
  [
    "another secret",
    { PASSWORD: "sha256:a" },
    { PASSWORD: "sha256:b" },
    [{ name: "PASSWORD", from: "***", to: "***" }],
  ],
  [
    "several, as declared",
    { NOTE: '"a"' },
    { NOTE: '"b"', COUNT: "1" },
    [
      { name: "COUNT", from: "3", to: "1" },
      { name: "NOTE", from: '"a"', to: '"b"' },
    ],
  ],
  ["what nobody declares", {}, { OTHER: "1" }, []],
])("changed: %s", (_, before, after, changes) => {
  expect(changedParams(DECLARED, before, after)).toEqual({ changes, issues: [] });
});

test("an immutable parameter says what it is and what it cannot become", () => {
  const { changes, issues } = changedParams(DECLARED, {}, { SIZE: '"2Gi"' });
  expect(changes).toEqual([{ name: "SIZE", from: '"1Gi"', to: '"2Gi"' }]);
  expect(issues.map(formatIssue)).toEqual([
    'error: parameter SIZE is immutable: it is "1Gi" since install and cannot become "2Gi"',
  ]);
});

test("an immutable secret is not shown", () => {
  const secret = { ...PASSWORD, immutable: true };
  const { issues } = changedParams([secret], { PASSWORD: "sha256:a" }, { PASSWORD: "sha256:b" });
  expect(issues.map(formatIssue)).toEqual([
    "error: parameter PASSWORD is immutable: it is *** since install and cannot become ***",
  ]);
});

test("an upgrade counts each side by its own declarations", () => {
  const before = [{ ...COUNT, default: 1 }];
  expect(changedParams(DECLARED, {}, {}, before)).toEqual({
    changes: [
      { name: "COUNT", from: "1", to: "3" },
      { name: "SIZE", from: null, to: '"1Gi"' },
    ],
    issues: [],
  });
});

test("law: what is stored comes back, and equal values are no change", () => {
  const json = fc
    .jsonValue({ maxDepth: 3 })
    .map((value) => JSON.parse(JSON.stringify(value)) as Json);
  fc.assert(
    fc.property(fc.dictionary(fc.stringMatching(/^[A-Z]{1,5}$/), json), (given) => {
      const texts = toStored(given);
      expect(fromStored(texts)).toEqual(given);
      expect(toStored(fromStored(texts))).toEqual(texts);
      const declared = Object.keys(given).map(
        (name): Parameter => ({ ...base, name, type: "map" }),
      );
      expect(changedParams(declared, texts, toStored(structuredClone(given))).changes).toEqual([]);
    }),
  );
});

test("stored text that is no JSON is named", () => {
  expect(() => fromStored({ COUNT: "1e+06", NOTE: "plain" })).toThrow(/NOTE/);
});
