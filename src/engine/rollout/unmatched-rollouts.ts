import { refOf } from "../../model/kube-object.ts";
import { type PreviewProblem, pathText, type RunInputs, type RunPath } from "../../model/run.ts";
import { renderText } from "../objects/render-text.ts";
import { stepAt } from "../preview/foresee-tasks.ts";
import type { PlannedWrites } from "../preview/plan-writes.ts";
import { refsText } from "../run-context.ts";

/**
 * Steps that name the StatefulSet to roll out and apply others alone: the pods of these would change at their controller's pace, and no gate between.
 * Steps of which something is not known yet are left out. Throws a `bad-input` KplanError for a name that does not render.
 */
export function unmatchedRollouts(
  inputs: RunInputs,
  { writes, unknown }: Pick<PlannedWrites, "writes" | "unknown">,
): PreviewProblem[] {
  const placeOf = ({ task: _, ...place }: RunPath): string => pathText(place);
  const open = new Set(unknown.map(({ path }) => placeOf(path)));
  const problems = new Map<string, PreviewProblem>();
  for (const { path } of writes) {
    const place = placeOf(path);
    const named = stepAt(inputs, path)?.rollout?.statefulSet;
    if (named === undefined || open.has(place) || problems.has(place)) continue;
    const sets = writes.filter(
      ({ path: other, act, object }) =>
        act === "apply" && object.kind === "StatefulSet" && placeOf(other) === place,
    );
    const name = renderText(named, "the name in rollout", inputs, path);
    if (sets.length === 0 || sets.some(({ object }) => object.metadata.name === name)) continue;
    const applied = refsText(sets.map(({ object }) => refOf(object)));
    const message = `the step is to roll out StatefulSet ${name}, and applies ${applied}`;
    problems.set(place, { path, message });
  }
  return [...problems.values()];
}
