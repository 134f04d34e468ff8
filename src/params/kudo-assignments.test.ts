import { expect, test } from "vitest";
import { formatIssue } from "../model/issue.ts";
import type { Parameter } from "../model/parameter.ts";
import { parseKudoAssignments } from "./kudo-assignments.ts";

const at = { file: "params.yaml", line: 1, col: 1 };
const declared = ["a", "b", "c", "foo", "PORTS"].map(
  (name): Parameter => ({
    name,
    type: "string",
    kudoType: "",
    required: true,
    immutable: false,
    at,
  }),
);

function read(set: readonly string[], ...files: readonly string[]) {
  const { given, issues } = parseKudoAssignments(declared, {
    set,
    files: files.map((text, index) => ({ name: `file${index + 1}`, text })),
  });
  return { given, said: issues.map(formatIssue) };
}

test.each<[set: readonly string[], given: Record<string, string>, ...said: string[]]>([
  [["foo"], {}, "error: a -p: expected NAME=VALUE"],
  [["foo="], {}, "error: -p foo: no value"],
  [["=bar"], {}, "error: a -p: no name"],
  [["foo=bar"], { foo: "bar" }],
  [["a=1", "b=2", "a=3"], { a: "3", b: "2" }],
  [["foo=a=b"], { foo: "a=b" }],
  [["foo= x "], { foo: " x " }],
  [["foo=a,b=c"], { foo: "a,b=c" }],
  [["foo=@x"], { foo: "@x" }],
  [["PORTS=[80, 443]"], { PORTS: "[80, 443]" }],
  [["fooo=1"], { fooo: "1" }, 'warning: the operator has no parameter "fooo", did you mean "foo"?'],
  [["foo", "=bar", "a=1"], { a: "1" }, "error: a -p: expected NAME=VALUE", "error: a -p: no name"],
])("-p %j", (set, given, ...said) => {
  expect(read(set)).toEqual({ given, said });
});

const A = "a: 42\nb: 43\n";
const B = "a: 742\nc: [7, 7, 7]\n";

test.each<[set: readonly string[], files: readonly string[], given: Record<string, string>]>([
  [[], [A, B], { a: "742", b: "43", c: "- 7\n- 7\n- 7\n" }],
  [[], [B, A], { a: "42", b: "43", c: "- 7\n- 7\n- 7\n" }],
  [["a=1"], [A, B], { a: "1", b: "43", c: "- 7\n- 7\n- 7\n" }],
  [[], ["a: [{foo: bar}]"], { a: "- foo: bar\n" }],
  [[], ["a: {x: 1000000}"], { a: "x: 1000000\n" }],
  [[], ['a: ""'], { a: "" }],
  [[], ["a: yes\nb: 1000000\nc: 0.25"], { a: "true", b: "1e+06", c: "0.25" }],
  [[], ["a: '1.10'"], { a: "1.10" }],
  [[], [""], {}],
  [[], ["null"], {}],
])("-p %j over the files %j", (set, files, given) => {
  expect(read(set, ...files)).toEqual({ given, said: [] });
});

test.each<[file: string, ...said: string[]]>([
  ["a: null", "file1:1:4: error: parameter a has no value"],
  [
    "a: ~\nb:",
    "file1:1:4: error: parameter a has no value",
    "file1:2:1: error: parameter b has no value",
  ],
  ["[a]", "file1:1:1: error: a parameter file is a map of values by parameter name"],
  ["text", "file1:1:1: error: a parameter file is a map of values by parameter name"],
  ["x: 1", 'file1:1:1: warning: the operator has no parameter "x", did you mean "a"?'],
  [
    "a: 1\na: 2",
    'file1:2:1: warning: key "a" is given twice, first in line 1; the last one is taken',
  ],
])("what is wrong with the file %j", (file, ...said) => {
  expect(read([], file).said).toEqual(said);
});
