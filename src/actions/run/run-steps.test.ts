import { expect, test } from "vitest";
import type { KplanError } from "../../model/kplan-error.ts";
import type { PlanStatus, StepStatus } from "../../model/status.ts";
import { findStep, rewound, stepNames, stepStatus } from "./run-steps.ts";

const done = (name: string): StepStatus => ({ name, status: "COMPLETE", message: "why" });
const plan = (name: string, ...phases: (readonly [string, ...string[]])[]): PlanStatus => ({
  name,
  status: "COMPLETE",
  phases: phases.map(([phase, ...steps]) => ({
    name: phase,
    status: "COMPLETE",
    steps: steps.map(done),
  })),
});
const planStatus = [
  plan("deploy", ["config", "files", "users"], ["nodes", "bootstrap", "members"]),
  plan("smoke", ["nodes", "write", "members"]),
];
const record = { planStatus, number: 3 };

test.each([
  ["files", "deploy.config.files"],
  ["config.files", "deploy.config.files"],
  ["deploy.config.files", "deploy.config.files"],
  ["smoke.nodes.members", "smoke.nodes.members"],
])("%s is %s", (given, found) => {
  expect(findStep(record, given)).toBe(found);
});

test.each([
  ["members", "run 3 has 2 steps members: deploy.nodes.members, smoke.nodes.members"],
  ["nodes.members", "run 3 has 2 steps nodes.members: deploy.nodes.members, smoke.nodes.members"],
  ["file", 'run 3 has no step file, did you mean "files"?'],
  ["config.fils", 'run 3 has no step config.fils, did you mean "config.files"?'],
  ["iles", 'run 3 has no step iles, did you mean "files"?'],
  ["something.else.entirely", "run 3 has no step something.else.entirely"],
  ["", "run 3 has no step "],
])("%j is refused", (given, why) => {
  const find = (): unknown => {
    try {
      return findStep(record, given);
    } catch (error) {
      return (error as KplanError).message;
    }
  };
  expect(find()).toBe(why);
});

test.each(stepNames(record))("from %s on all are yet to be done, and none before", (from) => {
  const after = { planStatus: rewound(planStatus, from) };
  const names = stepNames(record);
  expect(stepNames(after)).toEqual(names);
  for (const [n, name] of names.entries())
    expect(stepStatus(after, name)).toBe(n < names.indexOf(from) ? "COMPLETE" : "PENDING");
  // What was said of them before is not said any more.
  expect(JSON.stringify(after).match(/why/g) ?? []).toHaveLength(names.indexOf(from));
});
