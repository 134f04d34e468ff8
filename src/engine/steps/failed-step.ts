import type { RunFailure } from "../../model/run.ts";

/** How a step ends that cannot be done: a `TaskFailure` with its place. Does not leave `run-step.ts`. */
export class FailedStep extends Error {
  override readonly name = "FailedStep";
  readonly failure: RunFailure;

  constructor(failure: RunFailure) {
    super(failure.message);
    this.failure = failure;
  }
}
