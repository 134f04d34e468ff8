import { expect, test } from "vitest";
import type { Plan } from "../../model/plan.ts";
import type { PlanStatus } from "../../model/status.ts";
import { neverRun, otherStatuses } from "./plan-statuses.ts";

function plan(name: string, phases: Readonly<Record<string, readonly string[]>>): Plan {
  return {
    name,
    strategy: "serial",
    phases: Object.entries(phases).map(([phase, steps]) => ({
      name: phase,
      strategy: "serial",
      steps: steps.map((step) => ({ name: step, strategy: "serial", tasks: [] })),
    })),
  };
}

function complete(of: Plan): PlanStatus {
  const status = "COMPLETE";
  return {
    ...neverRun(of),
    status,
    phases: neverRun(of).phases.map((phase) => ({
      ...phase,
      status,
      steps: phase.steps.map((step) => ({ ...step, status })),
    })),
  };
}

const RUN = { plans: ["deploy"], number: 7 };

test("a plan that is not run keeps its statuses by name; what a new version adds has never run, what it lacks is gone", () => {
  const before = complete(plan("backup", { first: ["a", "b"], gone: ["c"] }));
  const now = plan("backup", { first: ["new", "b"], added: ["d"] });
  expect(otherStatuses([now, plan("deploy", {})], [before], RUN)).toEqual([
    {
      name: "backup",
      status: "COMPLETE",
      phases: [
        {
          name: "first",
          status: "COMPLETE",
          steps: [
            { name: "new", status: "NEVER_RUN" },
            { name: "b", status: "COMPLETE" },
          ],
        },
        { name: "added", status: "NEVER_RUN", steps: [{ name: "d", status: "NEVER_RUN" }] },
      ],
    },
  ]);
});

test("a plan that another run left unfinished has ended", () => {
  const of = plan("backup", { first: ["a"] });
  const before: PlanStatus = { ...neverRun(of), status: "IN_PROGRESS" };
  expect(otherStatuses([of], [before], RUN)).toMatchObject([
    { status: "FATAL_ERROR", message: "superseded by run 7" },
  ]);
});
