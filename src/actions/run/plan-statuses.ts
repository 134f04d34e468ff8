import type { Plan } from "../../model/plan.ts";
import { isRunning, type PlanStatus } from "../../model/status.ts";

/** A plan that never ran. */
export function neverRun(plan: Plan): PlanStatus {
  const status = "NEVER_RUN";
  return {
    name: plan.name,
    status,
    phases: plan.phases.map((phase) => ({
      name: phase.name,
      status,
      steps: phase.steps.map((step) => ({ name: step.name, status })),
    })),
  };
}

/**
 * Statuses of the plans that are not part of a run: as stored, or NEVER_RUN; one that another run left unfinished has ended, and says why. Their phases and steps are those of
 * the package that runs: another version of it may have others (compat section 7.4).
 */
export function otherStatuses(
  plans: readonly Plan[],
  stored: readonly PlanStatus[],
  run: { readonly plans: readonly string[]; readonly number: number },
): readonly PlanStatus[] {
  return plans
    .filter(({ name }) => !run.plans.includes(name))
    .map((plan) => {
      const before = stored.find(({ name }) => name === plan.name);
      if (!before) return neverRun(plan);
      const kept = { ...before, phases: phasesOf(plan, before) };
      if (!isRunning(before.status)) return kept;
      return { ...kept, status: "FATAL_ERROR", message: `superseded by run ${run.number}` };
    });
}

/** By name, those that are new as if they had never run. */
function phasesOf(plan: Plan, before: PlanStatus): PlanStatus["phases"] {
  return neverRun(plan).phases.map((phase) => {
    const was = before.phases.find(({ name }) => name === phase.name);
    if (was === undefined) return phase;
    const steps = phase.steps.map(
      (step) => was.steps.find(({ name }) => name === step.name) ?? step,
    );
    return { ...was, steps };
  });
}
