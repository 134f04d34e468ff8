import { ClusterError } from "../model/cluster.ts";
import { KplanError } from "../model/kplan-error.ts";
import type { RunOutcome } from "../model/run.ts";

/** What each exit code means; the only place that says so. */
export const EXIT = {
  /** Complete, or nothing to do. */
  ok: 0,
  failed: 1,
  /** Bad input; nothing was applied. */
  badInput: 2,
  /** Stopped by itself before it was complete, because a time or the budget of a meter was over; can be resumed. */
  timedOut: 3,
  /** Somebody else is driving. */
  busy: 4,
  /** A preview that found changes. */
  changes: 10,
  /** A bug in kplan. */
  bug: 70,
  interrupted: 130,
} as const;

/** The exit code of a failure. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof ClusterError) return EXIT.failed;
  if (!(error instanceof KplanError)) return EXIT.bug;
  switch (error.kind) {
    case "failed":
      return EXIT.failed;
    case "bad-input":
      return EXIT.badInput;
    case "timed-out":
      return EXIT.timedOut;
    case "busy":
      return EXIT.busy;
    case "interrupted":
      return EXIT.interrupted;
  }
}

/** The exit code of a run that ended. */
export function exitCodeOfOutcome(outcome: RunOutcome): number {
  switch (outcome.result) {
    case "complete":
      return EXIT.ok;
    case "failed":
    case "cancelled":
      return EXIT.failed;
    case "timed-out":
      return EXIT.timedOut;
    case "interrupted":
      return outcome.reason === "Paused" ? EXIT.timedOut : EXIT.interrupted;
  }
}
