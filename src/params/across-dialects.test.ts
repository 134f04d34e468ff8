import { expect, test } from "vitest";
import type { Dialect } from "../model/package.ts";
import type { Parameter, ParameterType } from "../model/parameter.ts";
import { valuesInDialect } from "./across-dialects.ts";

const at = { file: "params.yaml", line: 1, col: 1 };
const parameter = (name: string, type: ParameterType): Parameter => ({
  name,
  type,
  required: false,
  immutable: false,
  at,
});
const parameters = [
  parameter("TEXT", "string"),
  parameter("COUNT", "integer"),
  parameter("RATIO", "number"),
  parameter("FLAG", "boolean"),
  parameter("LIST", "array"),
  parameter("MAP", "map"),
];
const KUDO = {
  TEXT: "7",
  COUNT: "7",
  RATIO: "0.5",
  FLAG: "true",
  LIST: "- 80\n- a\n",
  MAP: "a: 1\n",
};
const NATIVE = {
  TEXT: '"7"',
  COUNT: "7",
  RATIO: "0.5",
  FLAG: "true",
  LIST: '[80,"a"]',
  MAP: '{"a":1}',
};

test.each<[from: Dialect, to: Dialect, texts: object, expected: object]>([
  ["kudo", "native", KUDO, NATIVE],
  ["native", "kudo", NATIVE, KUDO],
  ["kudo", "kudo", KUDO, KUDO],
  ["kudo", "native", { ODD: "1" }, {}],
  ["native", "kudo", { TEXT: "sha256:00" }, {}],
])("from %s to %s: %j", (from, dialect, texts, expected) => {
  const given = texts as Record<string, string>;
  expect(valuesInDialect(given, from, { dialect, parameters })).toEqual({
    texts: expected,
    issues: [],
  });
});

test.each<[Parameter, string, RegExp]>([
  [parameter("COUNT", "integer"), "many", /COUNT: expected an integer/],
  [parameter("PASSWORD", "secret"), "x", /PASSWORD is a secret in this package/],
])("%j cannot take %s", (declared, text, why) => {
  const to = { dialect: "native" as const, parameters: [declared] };
  const { issues } = valuesInDialect({ [declared.name]: text }, "kudo", to);
  expect(issues.map(({ message }) => message)).toEqual([expect.stringMatching(why)]);
});
