import { expect, test } from "vitest";
import { isNilSlice } from "../functions/go/value.ts";
import { formatIssue } from "../model/issue.ts";
import type { Parameter, ParameterType } from "../model/parameter.ts";
import { kudoParams, kudoValue, missingKudoParams } from "./kudo-params.ts";

const TYPES = ["string", "integer", "number", "boolean", "array", "map"];

/** A parameter with KUDO's defaults. */
function parameterOf(fields: Partial<Parameter>): Parameter {
  const { kudoType = "" } = fields;
  const type = (TYPES.includes(kudoType) ? kudoType : "string") as ParameterType;
  const at = { file: "params.yaml", line: 1, col: 1 };
  return { name: "A", required: true, immutable: false, at, type, kudoType, ...fields };
}

test.each<[type: ParameterType, text: string, value: unknown]>([
  ["array", "[ a, b ]", ["a", "b"]],
  ["array", "", []],
  ["array", "null\n", []],
  ["map", "", null],
  ["map", "foo", "foo"],
  ["map", "[ a, b ]", ["a", "b"]],
  ["map", "a: b", { a: "b" }],
  ["map", "a: {p: 1000000, q: yes}", { a: { p: 1000000, q: true } }],
  ["string", "foo", "foo"],
  ["integer", "3", "3"],
  ["number", "1e+06", "1e+06"],
  ["boolean", "false", "false"],
])("templates see %s %j as %j", (type, text, value) => {
  expect(kudoValue({ name: "A", type }, text)).toEqual({ value });
});

test.each<[type: ParameterType, text: string, said: string]>([
  ["array", "foo", "error: parameter A: expected a list in its YAML"],
  ["array", "a: b", "error: parameter A: expected a list in its YAML"],
  ["map", "[a", "error: parameter A is no YAML: "],
])("templates cannot see %s %j", (type, text, said) => {
  const seen = kudoValue({ name: "A", type }, text);
  expect("problem" in seen && formatIssue(seen.problem)).toContain(said);
});

test("an array of nothing is a list that Go calls nil", () => {
  const seen = kudoValue({ name: "A", type: "array" }, "");
  expect("value" in seen && isNilSlice(seen.value)).toBe(true);
});

test("the given text counts even when it is empty, then the default, then an empty text", () => {
  const declared = [
    parameterOf({ name: "GIVEN", default: "d" }),
    parameterOf({ name: "EMPTY", default: "d" }),
    parameterOf({ name: "DEFAULT", default: 1000000 }),
    parameterOf({ name: "NONE" }),
    parameterOf({ name: "LIST", kudoType: "array" }),
    parameterOf({ name: "PORTS", kudoType: "array", default: [80, 443] }),
    parameterOf({ name: "FLAG", kudoType: "boolean", default: false }),
  ];
  const { values, issues } = kudoParams(declared, { GIVEN: "g", EMPTY: "", OTHER: "o" });
  expect(issues).toEqual([]);
  expect(values).toEqual({
    GIVEN: "g",
    EMPTY: "",
    DEFAULT: "1e+06",
    NONE: "",
    LIST: [],
    PORTS: [80, 443],
    FLAG: "false",
  });
});

test("what is required, has no default and is not given", () => {
  const declared = [
    parameterOf({ name: "A" }),
    parameterOf({ name: "B" }),
    parameterOf({ name: "C", default: 1 }),
    parameterOf({ name: "D", required: false }),
    parameterOf({ name: "LIST", kudoType: "array" }),
    parameterOf({ name: "MAP", kudoType: "map" }),
    parameterOf({ name: "E" }),
  ];
  expect(missingKudoParams(declared, { B: "" })).toEqual(["A", "E"]);
});
