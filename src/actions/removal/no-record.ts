import type { RunRecorder } from "../../model/driver.ts";

/** For removals that are no part of a run: what is to be done is told by what is there. */
export const NO_RECORD: RunRecorder = {
  intent: () => Promise.resolve(),
  removed: () => undefined,
  done: () => undefined,
  fact: () => Promise.resolve(),
  meter: () => undefined,
};
