import type { Plan } from "../model/plan.ts";
import type { ExecutionStatus, PhaseStatus, PlanStatus } from "../model/status.ts";

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
 * Where a run goes on: steps that were COMPLETE stay as they are, every other one is PENDING again, and phases and steps that the plan does not have are left out.
 * Without an earlier status it is `pendingStatus`.
 */
export function resumedStatus(
  plan: Plan,
  before: PlanStatus | undefined,
  uid: string,
  at: string,
): PlanStatus {
  const complete = new Map(
    before?.phases.flatMap((phase) =>
      phase.steps
        .filter((step) => step.status === "COMPLETE")
        .map((step) => [`${phase.name}/${step.name}`, step] as const),
    ),
  );
  const pending = pendingStatus(plan, uid, at);
  if (complete.size === 0) return pending;
  return rollUp({
    ...pending,
    phases: pending.phases.map((phase) => ({
      ...phase,
      // With its message: why it was skipped.
      steps: phase.steps.map((step) => complete.get(`${phase.name}/${step.name}`) ?? step),
    })),
  });
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
