import type { RunKind, RunRecord, RunStanding } from "../../model/run.ts";

/** What asking for a pause, a cancellation or a skip came to. */
export interface ControlResult {
  readonly result: "paused" | "cancelled" | "skipped" | "nothing-to-do";
  readonly instance: string;
  readonly namespace: string;
  /** The run that it is about; absent when there is none. */
  readonly run?: {
    readonly number: number;
    readonly uid: string;
    readonly kind: RunKind;
    readonly plans: readonly string[];
  };
  /** One or two sentences. */
  readonly message: string;
  /** The next command. */
  readonly hint?: string;
  /** `plan.phase.step`, of a skip. */
  readonly step?: string;
  /** Where things stand, of a cancellation by this very command; others find the same in words in `message`. */
  readonly standing?: RunStanding;
}

/** The result about a run. */
export function controlResult(
  record: RunRecord,
  rest: Omit<ControlResult, "instance" | "namespace" | "run">,
): ControlResult {
  const { instance, namespace, number, uid, kind, plans } = record;
  return { instance, namespace, run: { number, uid, kind, plans }, ...rest };
}
