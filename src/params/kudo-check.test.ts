import { expect, test } from "vitest";
import { formatIssue } from "../model/issue.ts";
import type { Json } from "../model/json.ts";
import type { Parameter, ParameterType } from "../model/parameter.ts";
import { checkKudoRaw, checkKudoText } from "./kudo-check.ts";

const TYPES = ["string", "integer", "number", "boolean", "array", "map"];

/** A parameter with KUDO's defaults. */
function parameterOf(fields: Partial<Parameter>): Parameter {
  const { kudoType = "" } = fields;
  const type = (TYPES.includes(kudoType) ? kudoType : "string") as ParameterType;
  const at = { file: "params.yaml", line: 1, col: 1 };
  return { name: "A", required: true, immutable: false, at, type, kudoType, ...fields };
}

const words = (text: string) => text.split(" ");

test.each<[type: string, accepted: readonly string[], refused: readonly string[]]>([
  ["", ["x", "3", "[", "a: b"], []],
  ["string", ["x", "3", "true", "["], []],
  ["colour", ["x", "["], []],
  [
    "integer",
    words("3 +3 -3 007 9223372036854775807 -9223372036854775808"),
    ["3.0", "1e3", "0x10", " 3", "3 ", "x", "1_000", "9223372036854775808"],
  ],
  ["number", words("3 3.0 +3 1e3 .5 0x1p4 Inf -infinity NaN"), ["x", "1,5", " 3", "1_0", "1e999"]],
  ["boolean", words("1 t T TRUE true True 0 f F FALSE false False"), words("yes no on tRUE 2")],
  ["array", ["[a]", "- a", "[]", "null", "# nothing"], ["foo", "a: b", "3", "[a"]],
  ["map", ["a: b", "{}", "null"], ["foo", "[a]", "{a"]],
])("a parameter of type %j takes the texts %j and not %j", (type, accepted, refused) => {
  const parameter = parameterOf({ kudoType: type });
  const fits = (text: string) => checkKudoText(parameter, text) === undefined;
  expect(accepted.filter((text) => !fits(text))).toEqual([]);
  expect(refused.filter(fits)).toEqual([]);
});

test.each<[fields: Partial<Parameter>, text: string, said: string | undefined]>([
  [{}, "", "error: parameter A is required and has no value"],
  [{ default: "x" }, "", undefined],
  [{ required: false }, "", undefined],
  [{ kudoType: "array" }, "", undefined],
  [{ required: false, kudoType: "integer" }, "", undefined],
  [{ required: false, enum: ["a"] }, "", undefined],
  [{ enum: ["a", "b"] }, "a", undefined],
  [
    { enum: ["abc", "b"] },
    "abd",
    'error: parameter A: expected one of "abc", "b", found "abd", did you mean "abc"?',
  ],
  [{ enum: [1] }, "1", undefined],
  [{ enum: [1] }, "1.0", 'error: parameter A: expected one of "1", found "1.0"'],
  [
    { kudoType: "integer", enum: [1] },
    "x",
    'error: parameter A: expected an integer (type integer), found the text "x"',
  ],
])("%j given %j", (fields, text, said) => {
  const issue = checkKudoText(parameterOf(fields), text);
  expect(issue && formatIssue(issue)).toBe(said);
});

test.each<[type: string, accepted: readonly Json[], refused: readonly Json[]]>([
  ["", ["x", 3, [1], { a: 1 }], []],
  ["string", ["x", 3, true], [[1], { a: 1 }]],
  ["colour", ["x", [1]], []],
  ["integer", [3, "3"], [3.5, "x", true, [3]]],
  ["number", [3, 3.5, "1e3"], ["x", true]],
  ["boolean", [true, "false"], ["yes", 1]],
  ["array", [[1], []], ["[1]", { a: 1 }]],
  ["map", [{ a: 1 }], ["a: 1", [1]]],
])("a default of type %j is one of %j and not one of %j", (type, accepted, refused) => {
  const parameter = parameterOf({ kudoType: type });
  const fits = (value: Json) => checkKudoRaw(parameter, value) === undefined;
  expect(accepted.filter((value) => !fits(value))).toEqual([]);
  expect(refused.filter(fits)).toEqual([]);
});

test("a value that may be secret is not told", () => {
  const secret = { name: "ADMIN_TOKEN", kudoType: "integer", type: "integer" } as const;
  const issue = checkKudoText(parameterOf(secret), "hunter2");
  expect(issue && formatIssue(issue)).toBe(
    "error: parameter ADMIN_TOKEN: expected an integer (type integer), found ***",
  );
  const chosen = checkKudoText(parameterOf({ name: "PASSWORD", enum: ["alpha", "beta"] }), "alpah");
  expect(chosen && formatIssue(chosen)).toBe(
    'error: parameter PASSWORD: expected one of "alpha", "beta", found ***',
  );
});
