import { expect, test } from "vitest";
import type { Parameter, ParameterType } from "../model/parameter.ts";
import { goJson, parseGoYaml } from "../yaml/parse-go-yaml.ts";
import { kudoDefault, kudoEnum, kudoPlain, kudoYaml } from "./kudo-text.ts";

const TYPES = ["string", "integer", "number", "boolean", "array", "map"];

/** A parameter with KUDO's defaults. */
function parameterOf(fields: Partial<Parameter>): Parameter {
  const { kudoType = "" } = fields;
  const type = (TYPES.includes(kudoType) ? kudoType : "string") as ParameterType;
  const at = { file: "params.yaml", line: 1, col: 1 };
  return { name: "A", required: true, immutable: false, at, type, kudoType, ...fields };
}

const json = (yaml: string) => {
  const { root } = parseGoYaml(yaml, "x");
  return root ? goJson(root.node) : null;
};

test.each<[type: string, written: string, text: string | undefined]>([
  ["array", "[80, 443]", "- 80\n- 443\n"],
  ["array", "", "null\n"],
  ["map", "~", "null\n"],
  ["map", "{b: 1, a: {c: [x]}}", "a:\n  c:\n  - x\nb: 1\n"],
  ["map", "{a: 1000000, b: 1.5, c: 1234567.5}", "a: 1000000\nb: 1.5\nc: 1.2345675e+06\n"],
  [
    "map",
    "{a: 18446744073709551616, key10: 1, key9: 1}",
    "a: 1.8446744073709552e+19\nkey9: 1\nkey10: 1\n",
  ],
  ["array", "text", "text\n"],
  ["array", '["5", "yes", ""]', '- "5"\n- "yes"\n- ""\n'],
  ["map", "{}", "{}\n"],
  ["array", "[]", "[]\n"],
  ["", "", undefined],
  ["", "~", undefined],
  ["string", "~", undefined],
  ["integer", "", undefined],
  ["", "text", "text"],
  ["", '""', ""],
  ["", "true", "true"],
  ["", "yes", "true"],
  ["", "on", "true"],
  ["", "off", "false"],
  ["boolean", "no", "false"],
  ["", "2", "2"],
  ["integer", "2", "2"],
  ["number", "0.25", "0.25"],
  ["", "1.0", "1"],
  ["", "010", "8"],
  ["", "999999", "999999"],
  ["integer", "1000000", "1e+06"],
  ["", "1234567", "1.234567e+06"],
  ["", "0.00001", "1e-05"],
  ["colour", "7", "7"],
  ["", "[80, 443]", "[80 443]"],
  ["", "{a: 1}", "map[a:1]"],
  ["string", "{b: 1, a: ~}", "map[a:<nil> b:1]"],
])("a default of type %j written %j is kept as %j", (type, written, text) => {
  const value = json(written);
  const parameter = parameterOf({ kudoType: type, ...(value !== null && { default: value }) });
  expect(kudoDefault(parameter)).toBe(text);
});

test.each<[written: string, text: string]>([
  ["100000", "100000"],
  ["999999", "999999"],
  ["1000000", "1e+06"],
  ["1234567", "1.234567e+06"],
  ["20000000", "2e+07"],
  ["123456.789", "123456.789"],
  ["0.0001", "0.0001"],
  ["0.00001", "1e-05"],
  ["-5", "-5"],
])("the number %s is the text %s", (written, text) => {
  expect(kudoPlain(json(written))).toBe(text);
});

test("the values of an enum are texts", () => {
  expect(kudoEnum(parameterOf({ enum: [1, "b", true, 1000000] }))).toEqual([
    "1",
    "b",
    "true",
    "1e+06",
  ]);
  expect(kudoEnum(parameterOf({ kudoType: "array", enum: [[1]] }))).toEqual(["- 1\n"]);
  expect(kudoEnum(parameterOf({}))).toBeUndefined();
});

test("text of structured values is YAML", () => {
  expect(kudoYaml([{ foo: "bar" }])).toBe("- foo: bar\n");
});
