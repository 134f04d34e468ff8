import { expect, test } from "vitest";
import type { Plan } from "../../model/plan.ts";
import type { ExecutionStatus, PlanStatus } from "../../model/status.ts";
import { pendingStatus, resumedStatus, rollUp } from "./pending.ts";

const AT = "2026-01-01T00:00:00.000Z";
const PLAN: Plan = {
  name: "deploy",
  strategy: "serial",
  phases: [
    {
      name: "nodes",
      strategy: "serial",
      steps: ["config", "set"].map((name) => ({ name, strategy: "serial", tasks: [] })),
    },
  ],
};

test("a fresh run has everything pending", () => {
  expect(pendingStatus(PLAN, "u", AT)).toEqual(
    status("PENDING", "PENDING", ["PENDING", "PENDING"]),
  );
});

test.each([
  ["COMPLETE IN_PROGRESS", "IN_PROGRESS: COMPLETE PENDING"],
  ["COMPLETE ERROR", "IN_PROGRESS: COMPLETE PENDING"],
  ["COMPLETE FATAL_ERROR", "IN_PROGRESS: COMPLETE PENDING"],
  ["FATAL_ERROR PENDING", "PENDING: PENDING PENDING"],
  ["COMPLETE COMPLETE", "COMPLETE: COMPLETE COMPLETE"],
])("a run that stood at %s goes on from %s", (before, after) => {
  const words = before.split(" ") as ExecutionStatus[];
  const resumed = resumedStatus(PLAN, status("IN_PROGRESS", "IN_PROGRESS", words), "u", AT);
  const steps = resumed.phases[0]?.steps.map((step) => step.status).join(" ");
  expect(`${resumed.status}: ${steps}`).toBe(after);
});

test("steps that the plan does not have are forgotten", () => {
  const before = status("IN_PROGRESS", "IN_PROGRESS", ["COMPLETE", "COMPLETE", "COMPLETE"]);
  expect(resumedStatus(PLAN, before, "u", AT).phases[0]?.steps).toHaveLength(2);
});

test.each([
  ["PENDING PENDING", "PENDING"],
  ["NEVER_RUN PENDING", "PENDING"],
  ["IN_PROGRESS PENDING", "IN_PROGRESS"],
  ["COMPLETE PENDING", "IN_PROGRESS"],
  ["ERROR PENDING", "IN_PROGRESS"],
  ["ERROR FATAL_ERROR", "FATAL_ERROR"],
  ["COMPLETE COMPLETE", "COMPLETE"],
])("steps %s make a plan %s", (steps, expected) => {
  const words = steps.split(" ") as ExecutionStatus[];
  expect(rollUp(status("PENDING", "PENDING", words)).status).toBe(expected);
});

function status(
  plan: ExecutionStatus,
  phase: ExecutionStatus,
  steps: readonly ExecutionStatus[],
): PlanStatus {
  const names = ["config", "set", "gone"];
  return {
    name: "deploy",
    status: plan,
    lastUpdatedTimestamp: AT,
    uid: "u",
    phases: [
      {
        name: "nodes",
        status: phase,
        steps: steps.map((word, n) => ({ name: names[n] ?? "", status: word })),
      },
    ],
  };
}
