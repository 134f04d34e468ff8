import type { RunPause } from "../model/run.ts";

/** A step stopped the run at its safe point because something has to be looked at first. Does not leave the engine: the run's outcome says it. */
export class PausedRun extends Error {
  override readonly name = "PausedRun";
  readonly pause: RunPause;

  constructor(message: string) {
    super(message);
    this.pause = { result: "interrupted", reason: "Paused", message };
  }
}
