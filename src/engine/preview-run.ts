import { refKey } from "../model/kube-object.ts";
import type { Preview, RunInputs } from "../model/run.ts";
import { checkWrites } from "./check-writes.ts";
import type { PreviewDeps } from "./engine-deps.ts";
import { type PlannedWrites, planWrites, tasksToDo } from "./plan-writes.ts";
import { createLimit } from "./run-context.ts";

export type { PreviewDeps } from "./engine-deps.ts";

/**
 * What a run would do, and every reason it would be refused for (design section 5): a dry run of each object's first write.
 * Writes nothing. Throws ClusterError when the cluster cannot be asked, a `bad-input` KplanError when templates do not render.
 */
export async function previewRun(inputs: RunInputs, deps: PreviewDeps): Promise<Preview> {
  const { preview } = await planAndCheck(inputs, deps, () => undefined);
  return preview;
}

/** The same, with what was planned. `planned` hears how many objects there are, before the server is asked about them. */
export async function planAndCheck(
  inputs: RunInputs,
  deps: PreviewDeps,
  planned: (objects: number) => void,
): Promise<{ readonly preview: Preview; readonly plan: PlannedWrites }> {
  const requests = createLimit(deps.limits.concurrency);
  const options = deps.signal === undefined ? {} : { options: { signal: deps.signal } };
  const lookup = { cluster: deps.cluster, requests, ...options };
  const plan = await planWrites(inputs, tasksToDo(inputs), lookup);
  planned(plan.writes.length);
  const made = new Set(inputs.inventory.map(({ ref }) => refKey(ref)));
  const { objects, problems } = await checkWrites(plan.writes, made, { ...deps, requests });
  return { preview: { objects, problems: [...plan.problems, ...problems] }, plan };
}
