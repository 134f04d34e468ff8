import { expect, test } from "vitest";
import type { ExecutionStatus, PlanStatus, StepStatus } from "../../model/status.ts";
import { advance, STEP_TRANSITIONS, type StepEvent } from "./advance.ts";

const AT = "2026-01-01T00:00:00.000Z";

/** What each pair of status and event must give; every pair stands here, so that a change of the table shows. */
const PAIRS = `
              begin        progress     trouble      done         fail         skip
NEVER_RUN     IN_PROGRESS  =            =            =            FATAL_ERROR  COMPLETE
PENDING       IN_PROGRESS  =            =            =            FATAL_ERROR  COMPLETE
IN_PROGRESS   =            =            ERROR        COMPLETE     FATAL_ERROR  COMPLETE
ERROR         IN_PROGRESS  IN_PROGRESS  ERROR        COMPLETE     FATAL_ERROR  COMPLETE
COMPLETE      =            =            =            =            =            =
FATAL_ERROR   =            =            =            =            =            =
`;

const [head = [], ...rows] = PAIRS.trim()
  .split("\n")
  .map((line) => line.trim().split(/ +/));
const pairs = rows.flatMap(([from = "", ...cells]) =>
  cells.map((cell, n) => ({ from, event: head[n] ?? "", to: cell === "=" ? from : cell })),
);

test("every pair is in the test", () => {
  expect(pairs).toHaveLength(Object.keys(STEP_TRANSITIONS).length * 6);
});

test.each(pairs)("$from + $event = $to", ({ from, event, to }) => {
  const before = planWith({ name: "s", status: from as ExecutionStatus, message: "old" });
  const after = advance(before, eventOf(event), AT);
  const step = after.phases[0]?.steps[0];
  expect(step?.status).toBe(to);
  const moved = STEP_TRANSITIONS[from as ExecutionStatus][eventOf(event).type] !== undefined;
  const says = ["trouble", "fail", "skip"].includes(event) ? "new" : undefined;
  expect(step?.message).toBe(moved ? says : "old");
  for (const { status } of [after, ...after.phases]) expect(status).not.toBe("ERROR");
});

function eventOf(type: string): StepEvent {
  const place = { phase: "p", step: "s" };
  return type === "trouble" || type === "fail" || type === "skip"
    ? { ...place, type, message: "new" }
    : { ...place, type: type as "begin" | "progress" | "done" };
}

function planWith(...steps: StepStatus[]): PlanStatus {
  return { name: "deploy", status: "PENDING", phases: [{ name: "p", status: "PENDING", steps }] };
}

test("siblings keep their status after a fatal error; phase and plan are fatal, without a message", () => {
  const before = planWith(
    { name: "s", status: "IN_PROGRESS" },
    { name: "t", status: "ERROR", message: "again" },
    { name: "u", status: "PENDING" },
  );
  const after = advance(before, eventOf("fail"), AT);
  expect(after).toEqual({
    name: "deploy",
    status: "FATAL_ERROR",
    lastUpdatedTimestamp: AT,
    phases: [
      {
        name: "p",
        status: "FATAL_ERROR",
        steps: [
          { name: "s", status: "FATAL_ERROR", message: "new" },
          { name: "t", status: "ERROR", message: "again" },
          { name: "u", status: "PENDING" },
        ],
      },
    ],
  });
});

test("a step in trouble leaves phase and plan in progress", () => {
  const after = advance(planWith({ name: "s", status: "IN_PROGRESS" }), eventOf("trouble"), AT);
  expect([after.status, after.phases[0]?.status]).toEqual(["IN_PROGRESS", "IN_PROGRESS"]);
});
