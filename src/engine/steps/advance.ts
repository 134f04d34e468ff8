import type { ExecutionStatus, PlanStatus, StepStatus } from "../../model/status.ts";
import { rollUp } from "./pending.ts";

/** What happens to a step. */
export type StepEvent = {
  readonly phase: string;
  readonly step: string;
} & (
  | { readonly type: "begin" | "progress" | "done" }
  | { readonly type: "trouble" | "fail" | "skip"; readonly message: string }
);

/**
 * ```
 *  NEVER_RUN ──┐ begin
 *  PENDING ────┴───────► IN_PROGRESS ◄─────progress, begin────┐
 *     │                   │   │   └────────trouble───────► ERROR ◄─┐ trouble
 *     │                   │   │                             │ │ └──┘ (another message)
 *     │                   │   └──done──► COMPLETE ◄──done───┘ │
 *     └───────fail────────┴───fail────► FATAL_ERROR ◄──fail───┘
 * ```
 * and `skip`, from wherever a step has not ended, to COMPLETE with the reason as its message.
 * What is not in the table leaves the step as it is; nothing leaves COMPLETE and FATAL_ERROR (a further run begins with `resumedStatus`).
 */
export const STEP_TRANSITIONS: Readonly<
  Record<ExecutionStatus, Readonly<Partial<Record<StepEvent["type"], ExecutionStatus>>>>
> = {
  NEVER_RUN: { begin: "IN_PROGRESS", fail: "FATAL_ERROR", skip: "COMPLETE" },
  PENDING: { begin: "IN_PROGRESS", fail: "FATAL_ERROR", skip: "COMPLETE" },
  IN_PROGRESS: { trouble: "ERROR", done: "COMPLETE", fail: "FATAL_ERROR", skip: "COMPLETE" },
  ERROR: {
    begin: "IN_PROGRESS",
    progress: "IN_PROGRESS",
    trouble: "ERROR",
    done: "COMPLETE",
    fail: "FATAL_ERROR",
    skip: "COMPLETE",
  },
  COMPLETE: {},
  FATAL_ERROR: {},
};

/**
 * A plan's status after something happened to one of its steps (compat section 7.3): the step moves by the table, phase and plan follow, and siblings keep
 * theirs, also after a fatal error. A message stands at the step only, and goes with the next move that has none. `at` is RFC 3339.
 */
export function advance(status: PlanStatus, event: StepEvent, at: string): PlanStatus {
  const phases = status.phases.map((phase) =>
    phase.name === event.phase
      ? {
          ...phase,
          steps: phase.steps.map((step) => (step.name === event.step ? moved(step, event) : step)),
        }
      : phase,
  );
  return rollUp({ ...status, lastUpdatedTimestamp: at, phases });
}

function moved(step: StepStatus, event: StepEvent): StepStatus {
  const status = STEP_TRANSITIONS[step.status][event.type];
  if (status === undefined) return step;
  const bare = { name: step.name, status };
  return "message" in event ? { ...bare, message: event.message } : bare;
}
