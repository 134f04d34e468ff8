import type { Phase, Plan, Step, Strategy } from "../../model/plan.ts";
import type { PlanStatus } from "../../model/status.ts";

/** A step with the phase it stands in. */
export interface PlacedStep {
  readonly phase: string;
  readonly step: Step;
}

/**
 * The steps that may run now, in listed order; those that are running already are among them. Serial and parallel are decided here and nowhere else.
 * None once a step has failed for good, and none when all are complete.
 */
export function nextSteps(plan: Plan, status: PlanStatus): PlacedStep[] {
  const statusOf = stepStatuses(status);
  if ([...statusOf.values()].includes("FATAL_ERROR")) return [];
  const isComplete = (phase: Phase, step: Step): boolean =>
    statusOf.get(`${phase.name}/${step.name}`) === "COMPLETE";
  const unfinished = plan.phases.filter((phase) =>
    phase.steps.some((step) => !isComplete(phase, step)),
  );
  return due(plan.strategy, unfinished).flatMap((phase) =>
    due(
      phase.strategy,
      phase.steps.filter((step) => !isComplete(phase, step)),
    ).map((step) => ({ phase: phase.name, step })),
  );
}

/** Of what is not finished, what may go on. */
function due<T>(strategy: Strategy, unfinished: readonly T[]): readonly T[] {
  return strategy === "serial" ? unfinished.slice(0, 1) : unfinished;
}

/** Statuses by `phase/step`; names are the identity, as KUDO has it. */
function stepStatuses(status: PlanStatus): Map<string, string> {
  return new Map(
    status.phases.flatMap((phase) =>
      phase.steps.map((step) => [`${phase.name}/${step.name}`, step.status] as const),
    ),
  );
}
