import type { Plan, Step } from "../../model/plan.ts";
import { factsIn } from "./conditions.ts";

/** Whether a step is complete, and where a run that was killed in the middle of it goes on. */
export type StepState = "complete" | "midway" | "open";

/**
 * Steps (`phase/step`) of a plan that are complete and are to run again when the run goes on: those that found out what the requirements of a step judge that has not begun,
 * and what these themselves were judged by. Somebody was refused for what was so then, and comes again because it is so no longer.
 * A step that was killed midway is judged by what was found before it began: what is seen now is its own doing.
 */
export function askAgain(plan: Plan, stateOf: (place: string) => StepState): ReadonlySet<string> {
  const steps = plan.phases.flatMap((phase) =>
    phase.steps.map((step) => ({ place: `${phase.name}/${step.name}`, step })),
  );
  const again = new Set<string>();
  const reopen = (facts: ReadonlySet<string>): void => {
    for (const { place, step } of steps) {
      if (again.has(place) || stateOf(place) !== "complete") continue;
      if (!step.tasks.some((task) => facts.has(task))) continue;
      again.add(place);
      reopen(new Set([...factsRequired(step), ...factsIn(step.when ?? "")]));
    }
  };
  for (const { place, step } of steps) if (stateOf(place) === "open") reopen(factsRequired(step));
  return again;
}

function factsRequired({ require = [] }: Step): ReadonlySet<string> {
  return new Set(require.flatMap(({ expression }) => [...factsIn(expression)]));
}
