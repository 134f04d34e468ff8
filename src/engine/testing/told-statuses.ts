import { pathText } from "../../model/run.ts";
import type { PlanStatus } from "../../model/status.ts";
import type { Scenario } from "./scenario.ts";

/** What the store has kept of the statuses of a run whose driver died: as they were told. */
export function toldStatuses({
  events,
  inputs,
}: Pick<Scenario, "events" | "inputs">): PlanStatus[] {
  const told = new Map(
    events.flatMap((event) =>
      event.type === "status" ? [[pathText(event.path), event.status] as const] : [],
    ),
  );
  return inputs.statuses.map((plan) => ({
    ...plan,
    phases: plan.phases.map((phase) => ({
      ...phase,
      steps: phase.steps.map((step) => ({
        ...step,
        status: told.get(`${plan.name}.${phase.name}.${step.name}`) ?? step.status,
      })),
    })),
  }));
}
