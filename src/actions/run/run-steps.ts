import { KplanError } from "../../model/kplan-error.ts";
import { nearest } from "../../model/nearest.ts";
import type { RunRecord } from "../../model/run.ts";
import type { ExecutionStatus, PlanStatus, StepStatus } from "../../model/status.ts";

/** Why an uninstall is not cancelled. */
export const NO_CANCEL =
  "an uninstall cannot be cancelled, for what it removed stays removed; `kplan plan pause` stops it";

/** Names of a run's steps, `plan.phase.step`, in the order of its plans. */
export function stepNames({ planStatus }: Pick<RunRecord, "planStatus">): readonly string[] {
  return planStatus.flatMap((plan) =>
    plan.phases.flatMap((phase) =>
      phase.steps.map((step) => [plan.name, phase.name, step.name].join(".")),
    ),
  );
}

/** How a step of that name stands. */
export function stepStatus(
  record: Pick<RunRecord, "planStatus">,
  path: string,
): ExecutionStatus | undefined {
  return stepAt(record, path)?.status;
}

/** The step of that name. */
export function stepAt(
  { planStatus }: Pick<RunRecord, "planStatus">,
  path: string,
): StepStatus | undefined {
  const names = stepNames({ planStatus });
  const steps = planStatus.flatMap((plan) => plan.phases.flatMap((phase) => phase.steps));
  return steps[names.indexOf(path)];
}

/**
 * The one step that somebody means by `step`, `phase.step` or `plan.phase.step`. Throws a `bad-input` KplanError when there is none, with the nearest names, or several.
 */
export function findStep(record: Pick<RunRecord, "planStatus" | "number">, given: string): string {
  const names = stepNames(record);
  const found = names.filter((name) => name === given || name.endsWith(`.${given}`));
  const [one, ...others] = found;
  if (one !== undefined && others.length === 0) return one;
  if (one !== undefined)
    throw new KplanError(
      "which-step",
      `run ${record.number} has ${found.length} steps ${given}: ${found.join(", ")}`,
      { kind: "bad-input", hint: "name it with its phase, or with plan and phase" },
    );
  const tails = (name: string): readonly string[] => {
    const words = name.split(".");
    return words.map((_, from) => words.slice(from).join("."));
  };
  const near = nearest(given, new Set(names.flatMap(tails)));
  throw new KplanError(
    "no-such-step",
    `run ${record.number} has no step ${given}${near === undefined ? "" : `, did you mean "${near}"?`}`,
    { kind: "bad-input", hint: `its steps: ${names.join(", ")}` },
  );
}

/** The plans with a step, and every step after it in the order of the plans, yet to be done. */
export function rewound(plans: readonly PlanStatus[], from: string): readonly PlanStatus[] {
  const at = stepNames({ planStatus: plans }).indexOf(from);
  return withSteps(plans, (step, n) =>
    n >= at ? { name: step.name, status: "PENDING" } : step,
  ).map((plan) => ({ ...plan, status: plan.status === "COMPLETE" ? "IN_PROGRESS" : plan.status }));
}

/** The plans with each step as `change` makes it; `n` counts the steps of all plans. */
export function withSteps(
  plans: readonly PlanStatus[],
  change: (step: StepStatus, n: number) => StepStatus,
): readonly PlanStatus[] {
  let n = 0;
  return plans.map((plan) => ({
    ...plan,
    phases: plan.phases.map((phase) => ({
      ...phase,
      steps: phase.steps.map((step) => change(step, n++)),
    })),
  }));
}
