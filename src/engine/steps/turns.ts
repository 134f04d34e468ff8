/** The place of a step in the order in which steps begin to write. */
export interface Turn {
  /** Resolves when all steps before have written once what they write, or ended; false when one of them has failed for good, so that this one may not begin. */
  readonly come: Promise<boolean>;
  /** Lets the next step begin; `failed`: no further one begins. Further calls do nothing. */
  readonly pass: (failed?: "failed") => void;
}

/**
 * Gives each step its turn, in the order of the calls. KUDO goes through parallel steps one after the other and does not wait for what they have applied: what a step
 * applies is there when the next one is rendered.
 */
export function createTurns(): () => Turn {
  let last: Promise<boolean> = Promise.resolve(true);
  return () => {
    const come = last;
    let pass: Turn["pass"] = () => undefined;
    const passed = new Promise<boolean>((resolve) => {
      pass = (failed) => resolve(failed === undefined);
    });
    last = Promise.all([come, passed]).then((goesOn) => goesOn.every(Boolean));
    return { come, pass };
  };
}
