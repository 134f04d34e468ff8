import type { RunInputs, RunOutcome } from "../model/run.ts";
import type { EngineDeps } from "./engine-deps.ts";

export type { EngineDeps } from "./engine-deps.ts";

/**
 * Carries out a run: checks it with a dry run, then drives its plans one after the other until they are complete, one fails, one takes too long, or `deps.stop`.
 * Tells what happens through `deps.emit` (not `run-started` and `run-finished`: the caller knows the run's number and kind).
 * Throws a `bad-input` KplanError, before any write, when the dry run finds problems; a KplanError `lease-lost` as soon as the lease is.
 */
export async function executeRun(inputs: RunInputs, deps: EngineDeps): Promise<RunOutcome> {
  throw new Error(`not there yet: ${inputs.uid} ${deps.limits.step}`);
}
