import { expect, test } from "vitest";
import { formatIssue } from "../model/issue.ts";
import { readTestCases } from "./test-case.ts";

const problems = (text: string): string[] =>
  readTestCases(text, "tests/a.yaml").issues.map(formatIssue);

const oneCase = (command: string): string => `cases:
  - name: a
    commands:
      - ${command}
`;

test.each([
  [
    "an unknown word",
    oneCase("{run: install, expekt: {}}"),
    'tests/a.yaml:4:24: error: cases[0].commands[0]: unknown field "expekt"',
  ],
  ["no cases", "cases: []\n", "tests/a.yaml:1:8: error: cases: expected"],
  [
    "a word that no command ends with",
    oneCase("{run: install, expect: {exit: fine}}"),
    "tests/a.yaml:4:39: error: cases[0].commands[0].expect.exit: ",
  ],
  [
    "a quote that stays open",
    oneCase(`{run: "update -p 'A=1"}`),
    "tests/a.yaml:4:15: error: the quote ' is not closed",
  ],
  [
    "a moment at which nothing happens",
    oneCase("{run: install, meanwhile: [{after: 1s}]}"),
    "tests/a.yaml:4:36: error: nothing happens",
  ],
  [
    "an end of no command",
    oneCase("{run: install, meanwhile: [{kill: true, exit: failed}]}"),
    "tests/a.yaml:4:55: error: exit: says how `run` ends",
  ],
  [
    "a name twice",
    "cases:\n  - {name: a, commands: [{run: install}]}\n  - {name: a, commands: [{run: install}]}\n",
    'tests/a.yaml:3:12: error: two cases are named "a"',
  ],
])("%s is told with its place", (_, text, message) => {
  const found = problems(text);
  expect(found).toHaveLength(1);
  expect(found[0]).toContain(message);
});

test("words, times and moments are understood", () => {
  const { cases, issues } = readTestCases(
    `cases:
  - name: a
    pods: [{pods: "*-0", ready: never, crashes: {after: 10s}}]
    commands:
      - run: kplan update -p "A=two words" -p B='1'
        meanwhile: [{when: main, after: 2m, driverClock: -1h}]
`,
    "tests/a.yaml",
  );
  expect(issues).toEqual([]);
  expect(cases[0]?.pods).toEqual([
    { pods: "*-0", ready: "never", crashes: { after: 10_000, times: 1 } },
  ]);
  expect(cases[0]?.commands[0]?.words).toEqual(["update", "-p", "A=two words", "-p", "B=1"]);
  expect(cases[0]?.commands[0]?.meanwhile[0]).toMatchObject({
    when: "main",
    after: 120_000,
    acts: [{ kind: "driver-clock", by: -3_600_000 }],
  });
});
