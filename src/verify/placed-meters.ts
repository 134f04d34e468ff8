import type { Meter } from "../model/meter.ts";
import type { OperatorPackage } from "../model/package.ts";
import type { WordPath } from "./operator-words.ts";

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
