import { expect, test } from "vitest";
import { formatIssue } from "../model/issue.ts";
import { parseYaml } from "./parse-yaml.ts";

const read = (text: string) => parseYaml(text, "a.yaml");
const problems = (text: string) => read(text).issues.map(formatIssue);

test.each<[string, string, unknown]>([
  ["nothing", "", null],
  ["a comment", "# nothing here\n", null],
  ["an empty document", "---\n", null],
  ["a byte order mark", "\uFEFFa: 1\n", { a: 1 }],
  ["CRLF", "a: |\r\n  x\r\n  y\r\nb: 2\r\n", { a: "x\ny\n", b: 2 }],
  ["YAML 1.1 booleans", "a: yes\nb: 'yes'\n", { a: true, b: "yes" }],
  ["booleans as keys", "y: 3\n", { true: 3 }],
  ["numbers as keys", "0x10: a\n010: b\n", { 16: "a", 8: "b" }],
  ["an empty member", "a:\nb: ''\n", { a: null, b: "" }],
  ["an empty item", "-\n- 1\n", [null, 1]],
  ["aliases", "a: &x {b: 1}\nc: *x\n", { a: { b: 1 }, c: { b: 1 } }],
  ["an anchored empty value", "a: &x\nb: *x\n", { a: null, b: null }],
  [
    "merge keys",
    "a: &x {b: 1, c: 2}\nd: {<<: *x, c: 3}\n",
    { a: { b: 1, c: 2 }, d: { c: 3, b: 1 } },
  ],
  ["merged lists", "<<: [{a: 1}, {a: 2, b: 2}]\n", { a: 1, b: 2 }],
  ["a quoted merge key", '"<<": 1\n', { "<<": 1 }],
  [
    "tags",
    "a: !!str 5\nb: !!int '5'\nc: !!float 5\nd: !!bool yes\ne: !!seq []\nf: !!map {}\ng: ! 5\n",
    { a: "5", b: 5, c: 5, d: true, e: [], f: {}, g: "5" },
  ],
  ["verbatim tags", "!<tag:yaml.org,2002:str> 5\n", "5"],
  ["the prototype's names", "constructor: 1\ntoString: 2\n", { constructor: 1, toString: 2 }],
  ["a document end", "a: 1\n...\n", { a: 1 }],
])("reads %s", (_, text, value) => {
  expect(read(text).issues).toEqual([]);
  expect(read(text).value).toEqual(value);
});

test.each<[string, string, string[]]>([
  [
    "a duplicate key",
    "a: 1\nb: 2\na: 3\n",
    ['a.yaml:3:1: error: key "a" is given twice, first in line 1'],
  ],
  [
    "two duplicates",
    "{a: 1, a: 2,\nb: {c: 1, c: 2}}",
    [
      'a.yaml:1:8: error: key "a" is given twice, first in line 1',
      'a.yaml:2:11: error: key "c" is given twice, first in line 2',
    ],
  ],
  [
    "keys that mean the same",
    "y: 1\nyes: 2\n",
    ['a.yaml:2:1: error: key "true" is given twice, first in line 1'],
  ],
  [
    "two merges",
    "a: &x {}\n<<: *x\n<<: *x\n",
    ['a.yaml:3:1: error: key "<<" is given twice, first in line 2'],
  ],
  [
    "a big integer",
    "a: 9007199254740993\n",
    [
      "a.yaml:1:4: error: integer 9007199254740993 is beyond 2^53 and would lose digits\n  write it in quotes if a text will do",
    ],
  ],
  [
    "infinity",
    "a: [.inf, .nan]\n",
    [
      "a.yaml:1:5: error: .inf is not a number that Kubernetes can hold\n  write it in quotes if it is a text",
      "a.yaml:1:11: error: .nan is not a number that Kubernetes can hold\n  write it in quotes if it is a text",
    ],
  ],
  [
    "another tag",
    "a: !secret x\nb: !!binary aGk=\nc: !x {}\n",
    [
      "a.yaml:1:4: error: tag !secret is not supported",
      "a.yaml:2:4: error: tag !!binary is not supported",
      "a.yaml:3:7: error: tag !x is not supported",
    ],
  ],
  [
    "a tag that does not fit",
    "a: !!int x\nb: !!map [1]\n",
    [
      'a.yaml:1:4: error: "x" is not of type !!int',
      "a.yaml:2:10: error: a list is not of type !!map",
    ],
  ],
  [
    "an alias of nothing",
    "a: *nope\n",
    ["a.yaml:1:4: error: alias *nope has no anchor &nope before it"],
  ],
  [
    "an alias of itself",
    "a: &a [1, *a]\n",
    ["a.yaml:1:11: error: alias *a stands for a value that it is part of"],
  ],
  ["a merge of a scalar", "<<: 1\n", ["a.yaml:1:5: error: << takes a map or a list of maps"]],
  [
    "a merge of itself",
    "a: &a\n  <<: *a\n",
    [
      "a.yaml:2:7: error: alias *a stands for a value that it is part of",
      "a.yaml:2:7: error: << takes a map or a list of maps",
    ],
  ],
  ["a list as a key", "[a]: 1\n", ["a.yaml:1:1: error: a key must be a word, found a list"]],
  [
    "a template",
    "name: {{ Name }}\n",
    [
      "a.yaml:1:8: error: a key must be a word, found a map\n  a template expression at the start of a value needs quotes around it",
    ],
  ],
  ["no key", ": 1\n", ["a.yaml:1:1: error: a key must be a word, found nothing"]],
  [
    "a prototype",
    "a:\n  __proto__: {x: 1}\n",
    ["a.yaml:2:3: error: the key __proto__ is not allowed"],
  ],
  [
    "two documents",
    "a: 1\n---\nb: 2\n",
    ["a.yaml:3:1: error: one document is expected, a second one begins here"],
  ],
  [
    "bad indentation",
    "a: 1\n  b: 2\n",
    ["a.yaml:2:4: error: not YAML: bad indentation of a mapping entry"],
  ],
  [
    "a tab",
    "a:\n\tb: 1\n",
    ["a.yaml:2:1: error: not YAML: tab characters must not be used in indentation"],
  ],
  [
    "an open list",
    "a: [1, 2\n",
    [
      "a.yaml:2:1: error: not YAML: deficient indentation, or a bracket or a quote is left open above",
    ],
  ],
  [
    "an open quote",
    'a: "x\n',
    [
      "a.yaml:2:1: error: not YAML: deficient indentation, or a bracket or a quote is left open above",
    ],
  ],
  ["a null byte", "a: \0\n", ["a.yaml:1:4: error: not YAML: null byte is not allowed in input"]],
  [
    "depth",
    `${"[".repeat(200)}\n`,
    ["a.yaml:1:100: error: more than 100 lists and maps within one another"],
  ],
])("refuses %s", (_, text, messages) => {
  expect(problems(text)).toEqual(messages);
});

test("refuses an alias bomb at once", () => {
  const levels = Array.from(
    { length: 40 },
    (_, i) => `l${i + 1}: &l${i + 1} [${`*l${i},`.repeat(9)}]`,
  );
  expect(problems(`l0: &l0 lol\n${levels.join("\n")}\n`)).toEqual([
    "a.yaml:1:1: error: aliases make more than 100000 values of this document",
  ]);
});

test("refuses depth made of aliases", () => {
  const levels = Array.from({ length: 120 }, (_, i) => `l${i + 1}: &l${i + 1} [*l${i}]`);
  expect(problems(`l0: &l0 []\n${levels.join("\n")}\n`)).toEqual([
    "a.yaml:1:1: error: more than 100 lists and maps within one another",
  ]);
});

test("each use of an anchor is a value of its own", () => {
  const value = read("a: &x {b: 1}\nc: *x\n").value as Record<string, Record<string, number>>;
  expect(value.a).not.toBe(value.c);
});

const PLACES = `plans:
  deploy: &d
    strategy: serial
    phases:
      - name: "one"
        steps: [a, b]
      -
        name: two
  update: *d
  cleanup:
    <<: *d
    empty:
`;

test.each<[string, "key" | "value", string]>([
  ["", "value", "1:1"],
  ["plans", "key", "1:1"],
  ["plans", "value", "2:3"],
  ["plans.deploy", "key", "2:3"],
  ["plans.deploy.strategy", "value", "3:15"],
  ["plans.deploy.phases", "value", "5:7"],
  ["plans.deploy.phases.0", "value", "5:9"],
  ["plans.deploy.phases.0.name", "value", "5:15"],
  ["plans.deploy.phases.0.steps.1", "value", "6:20"],
  ["plans.deploy.phases.1.name", "key", "8:9"],
  ["plans.update", "value", "9:11"],
  ["plans.update.strategy", "value", "3:15"],
  ["plans.cleanup.strategy", "key", "3:5"],
  ["plans.cleanup.empty", "value", "12:5"],
  ["plans.deploy.nope.deeper", "value", "3:5"],
  ["plans.deploy.phases.9.name", "key", "5:7"],
])("%s (%s) stands at %s", (path, part, place) => {
  const at = read(PLACES).placeOf(path === "" ? [] : path.split("."), part);
  expect(`${at.line}:${at.col}`).toBe(place);
});

test("the text of a scalar is as written", () => {
  const parsed = read("a: 10.10\nb: [0x1F, 'x']\n");
  expect(parsed.textOf(["a"])).toBe("10.10");
  expect(parsed.textOf(["b", 0])).toBe("0x1F");
  expect(parsed.textOf(["b"])).toBeUndefined();
  expect(parsed.textOf(["a", "c"])).toBeUndefined();
});
