import { oneLine } from "../../expressions/one-line.ts";
import { KplanError } from "../../model/kplan-error.ts";
import type { RunPath } from "../../model/run.ts";
import { judgeCondition } from "../objects/conditions.ts";
import { allowHint, unmetRequirements } from "../requirements.ts";
import type { StepRun } from "../run-step.ts";
import { FailedStep } from "./failed-step.ts";
import type { PlacedStep } from "./next-steps.ts";
import { TaskFailure } from "./task-stop.ts";

/**
 * What stands before a step, judged when it begins and before its first write: why it is skipped, or undefined when its tasks are to run.
 * Throws `FailedStep` with every requirement that does not hold and was not allowed, and for a condition that cannot be evaluated.
 */
export function stepBegins({ phase, step }: PlacedStep, run: StepRun): string | undefined {
  const path = { plan: run.plan, phase, step: step.name };
  try {
    if (step.when !== undefined && !judgeCondition(step.when, `when of ${step.name}`, false, run))
      return `skipped: ${oneLine(step.when)} is false`;
    requireAll(step.require ?? [], path, run);
    return undefined;
  } catch (error) {
    if (error instanceof TaskFailure)
      throw new FailedStep({ path, message: error.message, ...error.details });
    if (error instanceof KplanError && error.kind === "bad-input")
      throw new FailedStep({ path, message: error.message, result: "failed" });
    throw error;
  }
}

function requireAll(
  requirements: NonNullable<PlacedStep["step"]["require"]>,
  path: RunPath,
  run: StepRun,
): void {
  const unmet = unmetRequirements(requirements, path, {
    inputs: run.inputs,
    simulated: run.cluster.simulated,
    warn: (message) => run.emit({ type: "warning", message }),
  });
  if (unmet.length === 0) return;
  const message = unmet.map((one) => one.message).join("\n");
  throw new TaskFailure(message, { result: "failed", hint: allowHint(unmet) });
}
