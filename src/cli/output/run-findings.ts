import type { PlanStatusView } from "../../actions/instance/plan-status.ts";
import { factLines } from "./fact-lines.ts";
import { meterText } from "./meter-text.ts";
import { printable } from "./printable.ts";

/** What stands below the tree of `plan status`: why the run paused, what it found out and what meters saw; empty when there is nothing. */
export function runFindings({
  paused,
  facts = {},
  meters = {},
}: Pick<PlanStatusView, "paused" | "facts" | "meters">): string {
  const sections = [
    paused === undefined ? [] : [printable(paused, 500)],
    Object.entries(facts).flatMap(([task, value]) => factLines(task, value)),
    Object.entries(meters).map(([step, summary]) => `${step} ${meterText(summary)}`),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join("\n")}\n`)
    .join("\n");
}
