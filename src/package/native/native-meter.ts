import type { Meter } from "../../model/meter.ts";
import { parseDuration } from "../../model/parse-duration.ts";

/** A meter as `operator.yaml` says it. */
export interface MeterEntry {
  readonly pod: string;
  readonly container?: string;
  readonly budget?: { readonly failed?: number; readonly gap?: string; readonly p99?: string };
  readonly over?: "pause" | "fail";
}

/** A meter; over its budget the run fails unless it says otherwise. */
export function meterOf({ pod, container, budget = {}, over = "fail" }: MeterEntry): Meter {
  const { failed } = budget;
  const gapMs = parseDuration(budget.gap ?? "");
  const p99Ms = parseDuration(budget.p99 ?? "");
  return {
    pod,
    ...(container !== undefined && { container }),
    budget: {
      ...(failed !== undefined && { failed }),
      ...(gapMs !== undefined && { gapMs }),
      ...(p99Ms !== undefined && { p99Ms }),
    },
    over,
  };
}
