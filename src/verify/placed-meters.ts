import type { Meter } from "../model/meter.ts";
import type { OperatorPackage } from "../model/package.ts";
import type { WordPath } from "./operator-words.ts";
import type { TaskUse } from "./task-use.ts";

/** A meter and where operator.yaml declares it. */
export interface PlacedMeter {
  readonly meter: Meter;
  readonly path: WordPath;
}

/** The package's own meter and those of steps. */
export function placedMeters({ operator }: OperatorPackage): PlacedMeter[] {
  const own = operator.meter ? [{ meter: operator.meter, path: ["meter"] }] : [];
  const ofSteps = operator.plans.flatMap((plan) =>
    plan.phases.flatMap((phase, i) =>
      phase.steps.flatMap(({ meter }, j): PlacedMeter[] => {
        if (meter === undefined || meter === "package") return [];
        return [{ meter, path: ["plans", plan.name, "phases", i, "steps", j, "meter"] }];
      }),
    ),
  );
  return [...own, ...ofSteps];
}

/** The steps that are measured, each with its meter; those that ask for the package's own where it has none are left out. */
export function meteredSteps({
  operator,
}: OperatorPackage): { readonly meter: Meter; readonly step: TaskUse }[] {
  return operator.plans.flatMap((plan) =>
    plan.phases.flatMap((phase, i) =>
      phase.steps.flatMap((step, j) => {
        const meter = step.meter === "package" ? operator.meter : step.meter;
        const position = [i, j, -1] as const;
        const use: TaskUse = { plan, phase, step, name: "meter", task: undefined, position };
        return meter ? [{ meter, step: use }] : [];
      }),
    ),
  );
}
