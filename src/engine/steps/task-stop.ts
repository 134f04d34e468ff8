import type { Health } from "../../model/health.ts";
import type { ObjectRef } from "../../model/kube-object.ts";

/*
 * How a task ends without being done. Thrown through the layers of a task and turned into statuses and outcomes in one place (`keep-trying.ts`, `run-step.ts`);
 * none of these leaves the engine.
 */

/** It cannot be done: the step is FATAL_ERROR. */
export class TaskFailure extends Error {
  override readonly name = "TaskFailure";
  readonly details: FailureDetails;

  constructor(message: string, details: FailureDetails = { result: "failed" }) {
    super(message);
    this.details = details;
  }
}

/** What a failure says besides its message. */
export interface FailureDetails {
  readonly result: "failed" | "timed-out";
  readonly hint?: string;
  readonly ref?: ObjectRef;
  readonly health?: Health;
}

/** It went wrong and may go right when tried again: the step is ERROR until then. */
export class TaskTrouble extends Error {
  override readonly name = "TaskTrouble";
  /** Milliseconds that the pauses between two tries grow to at most, where a look costs little and what is waited for comes soon. */
  readonly longestPause: number | undefined;

  constructor(message: string, longestPause?: number) {
    super(message);
    this.longestPause = longestPause;
  }
}

/** Somebody changed what the step has applied, while it was waited for: it is applied again, and if it is changed again and again the step fails. */
export class ChangedBySomebody extends TaskTrouble {
  /** What to do when it does not end. */
  readonly hint: string;
  readonly ref: ObjectRef;

  constructor(message: string, ref: ObjectRef, hint: string) {
    super(message);
    this.hint = hint;
    this.ref = ref;
  }
}

/** The run was told to stop: the step stays as it is. */
export class Halted extends Error {
  override readonly name = "Halted";
}
