import type { PreviewProblem, RunInputs } from "../../model/run.ts";
import { allowHint, unmetRequirements } from "../requirements.ts";

/**
 * Every requirement of the run's plans that does not hold and was not allowed. They see the facts of earlier runs only: what this run finds out cannot refuse it when
 * it goes on after an interruption. Throws a `bad-input` KplanError for a message that does not render.
 */
export function unmetPlans(
  inputs: RunInputs,
  simulated: boolean,
  warn: (message: string) => void = () => undefined,
): PreviewProblem[] {
  const before = { ...inputs, facts: inputs.earlierFacts ?? inputs.facts };
  const isComplete = (name: string): boolean =>
    inputs.statuses.some((status) => status.name === name && status.status === "COMPLETE");
  return inputs.plans
    .filter(({ name }) => !isComplete(name))
    .flatMap(({ name, require = [] }) => {
      const path = { plan: name };
      const world = { inputs: before, simulated, warn };
      return unmetRequirements(require, path, world).map((unmet) => ({
        path,
        requirement: unmet.id,
        message: unmet.message,
        hint: allowHint([unmet]),
      }));
    });
}
