import fc from "fast-check";
import { expect, test } from "vitest";
import { formatIssue } from "../model/issue.ts";
import type { Json } from "../model/json.ts";
import type { Parameter, ParameterType } from "../model/parameter.ts";
import { dumpYaml } from "../yaml/dump-yaml.ts";
import { type AssignmentSources, parseAssignments } from "./parse-assignments.ts";

function parameter(name: string, type: ParameterType, more: Partial<Parameter> = {}): Parameter {
  const at = { file: "params.yaml", line: 1, col: 1 };
  return { name, type, required: false, immutable: false, at, ...more };
}

const DECLARED: readonly Parameter[] = [
  parameter("COUNT", "integer"),
  parameter("RATIO", "number"),
  parameter("FLAG", "boolean"),
  parameter("TEXT", "string"),
  parameter("COLOR", "string", { enum: ["red", "green"] }),
  parameter("SIZE", "integer", { enum: [1, 3, 5] }),
  parameter("PORTS", "array"),
  parameter("LIMITS", "map"),
  parameter("PASSWORD", "secret"),
  parameter("TOKEN", "secret"),
];

const parse = (sources: Partial<AssignmentSources>) =>
  parseAssignments(DECLARED, {
    set: [],
    files: [],
    unset: [],
    readFile: async (path) => {
      if (path === "pw") return "hunter2\n";
      if (path === "/etc/my.cnf") return "[mysqld]\n";
      if (path === "ports.yaml") return "- 80\n";
      if (path === "folder") throw Object.assign(new Error("EISDIR"), { code: "EISDIR" });
      throw Object.assign(new Error("ENOENT"), { code: "ENOENT" });
    },
    readStdin: () => "from stdin\r\n",
    ...sources,
  });

test.each<[string, Record<string, Json>]>([
  ["COUNT=5", { COUNT: 5 }],
  ["COUNT=-05", { COUNT: -5 }],
  ["COUNT=+5", { COUNT: 5 }],
  ["COUNT=-0", { COUNT: 0 }],
  ["COUNT=9007199254740991", { COUNT: 9007199254740991 }],
  ["RATIO=0.5", { RATIO: 0.5 }],
  ["RATIO=.5e-3", { RATIO: 0.0005 }],
  ["RATIO=7", { RATIO: 7 }],
  ["FLAG=true", { FLAG: true }],
  ["FLAG=false", { FLAG: false }],
  ["TEXT=", { TEXT: "" }],
  ["TEXT=a=b", { TEXT: "a=b" }],
  ["TEXT= 5 ", { TEXT: " 5 " }],
  ["TEXT=true", { TEXT: "true" }],
  ["TEXT=@@home", { TEXT: "@home" }],
  ["TEXT=@/etc/my.cnf", { TEXT: "[mysqld]\n" }],
  ["TEXT=-", { TEXT: "from stdin\r\n" }],
  ["TEXT=--", { TEXT: "--" }],
  ["COLOR=red", { COLOR: "red" }],
  ["SIZE=3", { SIZE: 3 }],
  ["PORTS=[80, 443]", { PORTS: [80, 443] }],
  ["PORTS=- a\n- b", { PORTS: ["a", "b"] }],
  ["PORTS=@ports.yaml", { PORTS: [80] }],
  ['LIMITS={"cpu": 1}', { LIMITS: { cpu: 1 } }],
  ["LIMITS=cpu: 500m", { LIMITS: { cpu: "500m" } }],
])("-p %j", async (set, given) => {
  expect(await parse({ set: [set] })).toEqual({ given, secrets: {}, unset: [], issues: [] });
});

test.each<[string[], Record<string, string>, string[]]>([
  [["PASSWORD=@pw"], { PASSWORD: "hunter2" }, []],
  [["PASSWORD=-"], { PASSWORD: "from stdin" }, []],
  [
    ["PASSWORD=hunter2"],
    { PASSWORD: "hunter2" },
    [
      "warning: -p PASSWORD: a secret on the command line can be seen in the list of processes and in the shell's history\n  read it from a file: -p PASSWORD=@FILE, or from standard input: -p PASSWORD=-",
    ],
  ],
  [
    ["PASSWORD="],
    {},
    [
      "warning: -p PASSWORD: a secret on the command line can be seen in the list of processes and in the shell's history\n  read it from a file: -p PASSWORD=@FILE, or from standard input: -p PASSWORD=-",
      "error: parameter PASSWORD: a secret may not be empty",
    ],
  ],
  [
    ["PASSWORD=-", "TOKEN=-"],
    { PASSWORD: "from stdin" },
    ["error: -p TOKEN=-: standard input is already read for PASSWORD"],
  ],
  [
    ["PASSWORD=@hunter2"],
    {},
    [
      "error: -p PASSWORD=@…: no such file\n  a value that begins with @ is written with two: -p PASSWORD=@@…",
    ],
  ],
  [
    ["PASSWORD=@/no/such"],
    {},
    [
      "error: -p PASSWORD=@/no/such: no such file\n  a value that begins with @ is written with two: -p PASSWORD=@@…",
    ],
  ],
])("the secrets of -p %j", async (set, secrets, said) => {
  const read = await parse({ set });
  expect(read.secrets).toEqual(secrets);
  expect(read.given).toEqual({});
  expect(read.issues.map(formatIssue)).toEqual(said);
});

test.each<[string, string]>([
  ["COUNT", "error: -p COUNT: expected NAME=VALUE"],
  ["", "error: a -p: expected NAME=VALUE"],
  ["=hunter2", "error: -p =…: expected NAME=VALUE"],
  ["hunter2", "error: a -p: expected NAME=VALUE"],
  ["COUTN=5", 'error: -p COUTN: the operator has no parameter "COUTN", did you mean "COUNT"?'],
  [
    "NOPE=5",
    'error: -p NOPE: the operator has no parameter "NOPE"; it has COUNT, RATIO, FLAG, TEXT, COLOR, SIZE, PORTS, LIMITS, PASSWORD, TOKEN',
  ],
  [
    "__proto__=5",
    'error: -p __proto__: the operator has no parameter "__proto__"; it has COUNT, RATIO, FLAG, TEXT, COLOR, SIZE, PORTS, LIMITS, PASSWORD, TOKEN',
  ],
  ["COUNT=five", 'error: -p COUNT: expected an integer, found "five"'],
  ["COUNT=", 'error: -p COUNT: expected an integer, found ""'],
  ["COUNT=1.5", 'error: -p COUNT: expected an integer, found "1.5"'],
  ["COUNT=1e3", 'error: -p COUNT: expected an integer, found "1e3"'],
  ["COUNT=0x10", 'error: -p COUNT: expected an integer, found "0x10"'],
  ["COUNT= 3", 'error: -p COUNT: expected an integer, found " 3"'],
  [
    "COUNT=9007199254740992",
    'error: -p COUNT: expected an integer of at most 2^53, found "9007199254740992"',
  ],
  ["RATIO=half", 'error: -p RATIO: expected a number, found "half"'],
  ["RATIO=1e999", 'error: -p RATIO: expected a number, found "1e999"'],
  ["RATIO=NaN", 'error: -p RATIO: expected a number, found "NaN"'],
  ["FLAG=yes", 'error: -p FLAG: expected true or false, found "yes"'],
  ["FLAG=True", 'error: -p FLAG: expected true or false, found "True"'],
  [
    "COLOR=gren",
    'error: parameter COLOR: expected one of red, green, found gren, did you mean "green"?',
  ],
  ["SIZE=4", "error: parameter SIZE: expected one of 1, 3, 5, found 4"],
  ["PORTS={a: 1}", "error: parameter PORTS: expected a list, found a map"],
  [
    "PORTS=",
    "error: parameter PORTS: expected a list, found nothing\n  to go back to its default: --unset PORTS",
  ],
  ["LIMITS=[1]", "error: parameter LIMITS: expected a map, found a list"],
  [
    "LIMITS={a",
    'error: -p LIMITS: expected a map, found "{a" (not YAML: unexpected end of the stream within a flow collection)',
  ],
  [
    "LIMITS={a: 1, a: 2}",
    'error: -p LIMITS: expected a map, found "{a: 1, a: 2}" (key "a" is given twice, first in line 1)',
  ],
  [
    "TEXT=@folder",
    "error: -p TEXT=@folder: it is a folder\n  a value that begins with @ is written with two: -p TEXT=@@…",
  ],
])("-p %j is refused", async (set, said) => {
  const read = await parse({ set: [set] });
  expect(read.issues.map(formatIssue)).toEqual([said]);
  expect(read).toMatchObject({ given: {}, secrets: {} });
});

test("later files win over earlier ones, and -p over files", async () => {
  const read = await parse({
    files: [
      { name: "a.yaml", text: "COUNT: 1\nTEXT: a\nPASSWORD: one\n" },
      { name: "b.yaml", text: "TEXT: b\nRATIO: 2\n" },
    ],
    set: ["RATIO=3", "RATIO=4"],
    unset: ["FLAG", "FLAG"],
  });
  expect(read).toEqual({
    given: { COUNT: 1, TEXT: "b", RATIO: 4 },
    secrets: { PASSWORD: "one" },
    unset: ["FLAG"],
    issues: [],
  });
});

test("a parameter file says where it is wrong, all at once", async () => {
  const text = `COUNT: "5"
TEXT: 10.10
FLAG: yes please
COLOR: blue
PORTS:
PASSWORD: 12345
COUTN: 5
LIMITS: [1]
RATIO: 1.5
`;
  const read = await parse({ files: [{ name: "values.yaml", text }] });
  expect(read.issues.map(formatIssue)).toEqual([
    'values.yaml:1:8: error: parameter COUNT: expected an integer, found the text "5"',
    'values.yaml:2:7: error: parameter TEXT: expected a text, found number 10.1\n  write it in quotes: "10.10"',
    'values.yaml:3:7: error: parameter FLAG: expected true or false, found the text "yes please"',
    "values.yaml:4:8: error: parameter COLOR: expected one of red, green, found blue",
    "values.yaml:5:1: error: parameter PORTS: expected a list, found nothing\n  to go back to its default: --unset PORTS",
    "values.yaml:6:11: error: parameter PASSWORD: expected a text, found another value",
    'values.yaml:7:1: error: the operator has no parameter "COUTN", did you mean "COUNT"?',
    "values.yaml:8:9: error: parameter LIMITS: expected a map, found a list",
  ]);
  expect(read.given).toEqual({ RATIO: 1.5 });
});

test.each<[string, string[]]>([
  ["", []],
  ["- COUNT\n", ["v.yaml:1:1: error: a parameter file is a map of values by parameter name"]],
  ["COUNT: 1\nCOUNT: 2\n", ['v.yaml:2:1: error: key "COUNT" is given twice, first in line 1']],
  [
    "COUNT: [\n",
    [
      "v.yaml:2:1: error: not YAML: deficient indentation, or a bracket or a quote is left open above",
    ],
  ],
])("a parameter file of %j", async (text, said) => {
  const read = await parse({ files: [{ name: "v.yaml", text }] });
  expect(read.issues.map(formatIssue)).toEqual(said);
});

test("what is unset must be there, and not be given", async () => {
  const read = await parse({ set: ["COUNT=1"], unset: ["COUNT", "COUTN"] });
  expect(read.issues.map(formatIssue)).toEqual([
    "error: --unset COUNT: the parameter is also given a value",
    'error: --unset COUTN: the operator has no parameter "COUTN", did you mean "COUNT"?',
  ]);
});

test("a value of any type says the same on the command line as in a file", async () => {
  const scalars = fc.oneof(
    fc.integer().map((value) => ["COUNT", value] as const),
    fc
      .double({ noNaN: true, noDefaultInfinity: true })
      .filter((value) => !Number.isInteger(value))
      .map((value) => ["RATIO", value] as const),
    fc.boolean().map((value) => ["FLAG", value] as const),
    fc.array(fc.string()).map((value) => ["PORTS", value] as const),
    fc
      .dictionary(fc.stringMatching(/^[a-z]+$/), fc.integer())
      .map((value) => ["LIMITS", value] as const),
  );
  await fc.assert(
    fc.asyncProperty(scalars, async ([name, value]) => {
      const fromFile = await parse({
        files: [{ name: "v.yaml", text: dumpYaml({ [name]: value }) }],
      });
      const fromLine = await parse({ set: [`${name}=${JSON.stringify(value)}`] });
      expect(fromFile.issues).toEqual([]);
      expect(fromLine).toEqual(fromFile);
    }),
  );
});

test("whatever is given, nothing is thrown and no secret is repeated", async () => {
  const assignment = fc.oneof(
    fc.string(),
    fc
      .tuple(fc.constantFrom(...DECLARED.map(({ name }) => name)), fc.string())
      .map(([name, value]) => `${name}=${value}`),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(assignment),
      fc.stringMatching(/^[a-z0-9]{12}$/),
      async (set, secret) => {
        const read = await parse({
          set: [...set, `PASSWORD=${secret}`],
          files: [{ name: "v", text: `TOKEN: [${secret}]\n` }],
        });
        expect(JSON.stringify(read.issues)).not.toContain(secret);
        expect(read.secrets.PASSWORD).toBe(secret);
      },
    ),
  );
});
