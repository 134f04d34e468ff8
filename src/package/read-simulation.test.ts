import { expect, test } from "vitest";
import { readSimulation } from "./read-simulation.ts";

test("reads rules of commands and logs", () => {
  const { simulation, issues } = readSimulation(`
exec:
  - {pods: "db-*", container: db, command: state, when: {mode: a}, sets: {mode: b}, stdout: "1"}
  - command: later
    answers: [{after: 1m, exitCode: 1}, {after: 0s}]
logs:
  - {pods: "*-meter", lines: ["{}"], every: 100ms, repeat: true}
`);
  expect(issues).toEqual([]);
  const plain = { stdout: "", stderr: "", exitCode: 0 };
  expect(simulation).toEqual({
    exec: [
      {
        ...{ pods: "db-*", container: "db", command: "state", when: { mode: "a" } },
        answers: [{ ...plain, after: 0, stdout: "1", sets: { mode: "b" } }],
      },
      {
        command: "later",
        answers: [
          { ...plain, after: 0 },
          { ...plain, after: 60_000, exitCode: 1 },
        ],
      },
    ],
    logs: [{ pods: "*-meter", lines: ["{}"], every: 100, repeat: true }],
  });
});

test.each([
  [
    "exec:\n  - comand: a\n",
    'tests/simulate.yaml:2:5: unknown field comand, did you mean "command"?',
  ],
  ["exec:\n  - command: '('\n", "tests/simulate.yaml:2:14: command: error parsing regexp"],
  ["exec:\n  - command: a\n    exitCode: 300\n", "tests/simulate.yaml:3:15: exitCode: expected"],
  [
    "exec:\n  - command: a\n    answers:\n      - after: soon\n",
    "tests/simulate.yaml:4:16: after: expected a time",
  ],
  ["exec:\n  - command: a\n    sets: {a: 1}\n", "sets: expected a map of texts"],
  ["exec: 1\n", "tests/simulate.yaml:1:7: expected a list"],
  ["log: []\n", 'tests/simulate.yaml:1:1: unknown field log, did you mean "logs"?'],
  ["logs:\n  - pods: a\n", "tests/simulate.yaml:2:5: lines: expected a list of texts"],
  ["logs:\n  - lines: [a]\n    every: 0s\n", "tests/simulate.yaml:3:12: every: expected a time"],
  ['logs:\n  - lines: ["a\\nb"]\n', "tests/simulate.yaml:2:12: lines: a line has no end of line"],
])("finds what is wrong in %j", (text, words) => {
  const { simulation, issues } = readSimulation(text);
  expect(simulation).toEqual({ exec: [], logs: [] });
  const texts = issues.map(({ at, message }) => `${at?.file}:${at?.line}:${at?.col}: ${message}`);
  expect(texts.join("\n")).toContain(words);
});
