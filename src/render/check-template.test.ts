import { expect, test } from "vitest";
import type { Parameter } from "../model/parameter.ts";
import { checkTemplate, usedParameters } from "./check-template.ts";

const parameters: Parameter[] = ["A", "B"].map((name) => ({
  name,
  type: "string",
  required: false,
  immutable: false,
  at: { file: "params.yaml", line: 1, col: 1 },
}));

test.each([
  ["{{Params.A}} {{@root.Params.B.c}}", ["A", "B"]],
  ['{{#if (eq Params.A "x")}}{{Params.B}}{{else}}{{Params.C}}{{/if}}', ["A", "B", "C"]],
  [
    "{{#each Params.L as |x|}}{{x.Params}}{{@root.Params.A}}{{else}}{{Params.B}}{{/each}}",
    ["A", "B", "L"],
  ],
  ["{{#each Params.L}}{{../Params.A}}{{/each}}", ["A", "L"]],
  ["{{#with Params}}{{A}}{{quote B}}{{/with}}", ["A", "B"]],
  ["{{#with Params as |p|}}{{p.A}}{{/with}}", ["A"]],
  ['{{get Params "A"}}{{index Params "B"}}{{#if (hasKey Params "C")}}{{/if}}', ["A", "B", "C"]],
  ["{{default Params.A Params.B}}", ["A", "B"]],
  ["{{toYaml Params}}", ["*"]],
  ["{{#each Params}}{{this}}{{/each}}", ["*"]],
  ["{{get Params Name}}", ["*"]],
  ["{{Name}}{{! Params.A }}\\{{Params.B}}", []],
  ["{{Params.A", []],
])("%s uses %j", (text, expected) => {
  expect([...usedParameters(text)].sort()).toEqual(expected);
});

test("what is not declared is an issue with file, line, column and the nearest name", () => {
  expect(
    checkTemplate({ key: "sub/x.yaml", text: "a: {{Params.A}}\nb: {{Nmespace}}\n", parameters }),
  ).toEqual([
    {
      severity: "error",
      code: "unknown-name",
      message: 'there is no Nmespace, did you mean "Namespace"?',
      at: { file: "templates/sub/x.yaml", line: 2, col: 6 },
    },
  ]);
});

test("a branch that is never taken is checked too", () => {
  const text = "{{#if false}}{{Params.C}}{{else}}{{#each (list)}}{{../Params.D}}{{/each}}{{/if}}";
  const issues = checkTemplate({ key: "x.yaml", text, parameters });
  expect(issues.map(({ code }) => code)).toEqual(["unknown-parameter", "unknown-parameter"]);
});

test("every code is one word of the documented ones", () => {
  const texts = [
    "{{x}}",
    "{{x 1}}",
    "{{#x}}{{/x}}",
    "{{Params.x}}",
    "{{Name.x}}",
    "{{> x}}",
    "{{toString}}",
    "{{this}}",
    "{{1}}",
    "{{",
    "{{constructor}}",
  ];
  const codes = texts.map((text) => checkTemplate({ key: "x", text, parameters })[0]?.code);
  expect(codes).toEqual([
    "unknown-name",
    "unknown-function",
    "unknown-block",
    "unknown-parameter",
    "type",
    "not-supported",
    "arguments",
    "whole-scope",
    "literal",
    "template-syntax",
    "forbidden-name",
  ]);
});
