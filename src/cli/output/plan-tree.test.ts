import { expect, test } from "vitest";
import type { PlanStatusView } from "../../actions/instance/plan-status.ts";
import { planTree } from "./plan-tree.ts";

const view: PlanStatusView = {
  instance: { name: "db", namespace: "prod", uid: "u" },
  operator: "galera",
  operatorVersion: "galera-0.1.0",
  current: "deploy",
  plans: [
    {
      name: "validate",
      strategy: "parallel",
      status: "COMPLETE",
      message: "not shown: it is not the active plan",
      phaseStrategies: { validate: "serial" },
      phases: [
        {
          name: "validate",
          status: "COMPLETE",
          steps: [{ name: "validate", status: "COMPLETE" }],
        },
      ],
    },
    {
      name: "deploy",
      strategy: "serial",
      status: "FATAL_ERROR",
      lastUpdatedTimestamp: "2019-10-17T01:01:01Z",
      phaseStrategies: { main: "parallel" },
      phases: [
        {
          name: "main",
          status: "FATAL_ERROR",
          steps: [
            { name: "everything", status: "FATAL_ERROR", message: "image cannot be pulled" },
            { name: "rest", status: "PENDING" },
          ],
        },
      ],
    },
  ],
};

const BELOW = "│\u00A0\u00A0 ";

test("the tree is KUDO's to the byte", () => {
  expect(planTree(view)).toBe(
    [
      'Plan(s) for "db" in namespace "prod":',
      ".",
      '└── db (Operator-Version: "galera-0.1.0" Active-Plan: "deploy")',
      "    ├── Plan deploy (serial strategy) [FATAL_ERROR], last updated 2019-10-17 01:01:01",
      `    ${BELOW}└── Phase main (parallel strategy) [FATAL_ERROR]`,
      `    ${BELOW}    ├── Step everything [FATAL_ERROR] (image cannot be pulled)`,
      `    ${BELOW}    └── Step rest [PENDING]`,
      "    └── Plan validate (parallel strategy) [NOT ACTIVE]",
      "        └── Phase validate (serial strategy) [NOT ACTIVE]",
      "            └── Step validate [NOT ACTIVE]",
      "",
      "",
    ].join("\n"),
  );
});

test("an unfinished run that nobody drives says so behind its instance", () => {
  const interrupted = planTree({ ...view, interrupted: "interrupted, last driven 3 min ago" });
  expect(interrupted).toContain('Active-Plan: "deploy") interrupted, last driven 3 min ago\n');
});

test("a run that was paused does not look like an accident", () => {
  const interrupted = "interrupted, last driven 3 min ago";
  const paused = planTree({ ...view, interrupted, paused: "paused in deploy.main.rest" });
  expect(paused).toContain('Active-Plan: "deploy") paused, last driven 3 min ago\n');
});

test("an instance without a run has no tree", () => {
  const { current: _, ...never } = view;
  expect(planTree(never)).toBe("No plan ever run for instance - nothing to show for instance db\n");
});
