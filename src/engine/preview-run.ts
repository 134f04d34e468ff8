import type { Preview, RunInputs } from "../model/run.ts";
import type { PreviewDeps } from "./engine-deps.ts";

export type { PreviewDeps } from "./engine-deps.ts";
export { createPreviewCache } from "./preview-cache.ts";

/**
 * What a run would do, and every reason it would be refused for (design section 5): a dry run of each object's first write.
 * Writes nothing. Throws ClusterError when the cluster cannot be asked, a `bad-input` KplanError when templates do not render.
 */
export async function previewRun(inputs: RunInputs, deps: PreviewDeps): Promise<Preview> {
  throw new Error(`not there yet: ${inputs.uid} ${deps.limits.step}`);
}
