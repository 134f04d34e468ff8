import type { Plan } from "../../model/plan.ts";
import type { ExecutionStatus, PhaseStatus, PlanStatus, StepStatus } from "../../model/status.ts";
import { askAgain, type StepState } from "../objects/ask-again.ts";

/** A plan that is about to run for the first time: everything PENDING, nothing said. `at` is RFC 3339. */
export function pendingStatus(plan: Plan, uid: string, at: string): PlanStatus {
  return {
    name: plan.name,
    status: "PENDING",
    lastUpdatedTimestamp: at,
    uid,
    phases: plan.phases.map((phase) => ({
      name: phase.name,
      status: "PENDING",
      steps: phase.steps.map((step) => ({ name: step.name, status: "PENDING" })),
    })),
  };
}

/**
 * Where a run goes on: steps that were COMPLETE stay as they are, but for those whose findings are to be asked for again (`askAgain`); every other one is PENDING again, and
 * phases and steps that the plan does not have are left out. Without an earlier status it is `pendingStatus`.
 */
export function resumedStatus(
  plan: Plan,
  before: PlanStatus | undefined,
  uid: string,
  at: string,
): PlanStatus {
  const earlier = new Map<string, StepStatus>(
    before?.phases.flatMap((phase) =>
      phase.steps.map((step) => [`${phase.name}/${step.name}`, step] as const),
    ),
  );
  const again = askAgain(plan, (place) => stateOf(earlier.get(place)));
  const kept = new Map(
    [...earlier].filter(([place, step]) => stateOf(step) === "complete" && !again.has(place)),
  );
  const pending = pendingStatus(plan, uid, at);
  if (kept.size === 0) return pending;
  return rollUp({
    ...pending,
    phases: pending.phases.map((phase) => ({
      ...phase,
      // With its message: why it was skipped.
      steps: phase.steps.map((step) => kept.get(`${phase.name}/${step.name}`) ?? step),
    })),
  });
}

function stateOf(step: StepStatus | undefined): StepState {
  if (step?.status === "COMPLETE") return "complete";
  return step?.status === "IN_PROGRESS" || step?.status === "ERROR" ? "midway" : "open";
}

/**
 * The same steps with the phases and the plan as they follow from them (compat section 7.3): FATAL_ERROR when one below is, COMPLETE when all are,
 * IN_PROGRESS once one has begun, else as it was. Never ERROR: only steps are.
 */
export function rollUp(status: PlanStatus): PlanStatus {
  const phases = status.phases.map((phase): PhaseStatus => {
    const rolled = above(phase.status, phase.steps);
    return { ...phase, status: rolled };
  });
  return { ...status, phases, status: above(status.status, phases) };
}

function above(
  own: ExecutionStatus,
  below: readonly { readonly status: ExecutionStatus }[],
): ExecutionStatus {
  if (below.some(({ status }) => status === "FATAL_ERROR")) return "FATAL_ERROR";
  if (below.every(({ status }) => status === "COMPLETE")) return "COMPLETE";
  const begun = below.some(({ status }) => status !== "PENDING" && status !== "NEVER_RUN");
  return begun ? "IN_PROGRESS" : own;
}
