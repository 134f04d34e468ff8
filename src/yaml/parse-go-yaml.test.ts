import { expect, test } from "vitest";
import { formatIssue } from "../model/issue.ts";
import { goJson, parseGoYaml } from "./parse-go-yaml.ts";

test.each<[yaml: string, json: string, ...said: string[]]>([
  ["a: 1", '{"a":1}'],
  ["", "null"],
  ["a: y\nb: No\nc: on\nd: OFF", '{"a":true,"b":false,"c":true,"d":false}'],
  [
    "a: 010\nb: 1_000\nc: 1e3\nd: 12:30\ne: 2021-07-02",
    '{"a":8,"b":1000,"c":1000,"d":"12:30","e":"2021-07-02"}',
  ],
  ["a: 18446744073709551615", '{"a":18446744073709552000}'],
  [
    "a: 1\nb: 2\na: 3",
    '{"b":2,"a":3}',
    'x:3:1: warning: key "a" is given twice, first in line 1; the last one is taken',
  ],
  [
    "n: 1",
    '{"false":1}',
    'x:1:1: warning: key n is read as "false"\n  write it in quotes if it is a text',
  ],
  [
    "010: 1",
    '{"8":1}',
    'x:1:1: warning: key 010 is read as "8"\n  write it in quotes if it is a text',
  ],
  ['a: !!binary aGVs\nb: !!binary "bG8="', '{"a":"hel","b":"lo"}'],
  ["a: !!binary a", '{"a":null}', "x:1:4: error: !!binary value contains invalid base64 data"],
  ["a: !mine 5", '{"a":"5"}', "x:1:4: warning: tag !mine is not supported"],
  [
    "a: 1\n---\nb: 2",
    '{"a":1}',
    "x:3:1: warning: only the first document is read, a second one begins here",
  ],
  ["a: &x {b: 1}\nc: *x", '{"a":{"b":1},"c":{"b":1}}'],
  [
    "a: .inf",
    '{"a":null}',
    "x:1:4: error: .inf is not a number that Kubernetes can hold\n  write it in quotes if it is a text",
  ],
])("%j", (yaml, json, ...said) => {
  const { root, issues } = parseGoYaml(yaml, "x");
  expect(JSON.stringify(root ? goJson(root.node) : null)).toBe(json);
  expect(issues.map(formatIssue)).toEqual(said);
});
