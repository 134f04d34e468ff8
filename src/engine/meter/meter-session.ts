import type { MeterLine } from "../../model/meter.ts";

/** A meter that measures. */
export interface MeterSession {
  /** False on a simulated cluster that does not know what the meter prints. */
  readonly measures: boolean;
  /** Calls back with each line from now on and the monotonic time it came at. The answer stops that. */
  listen(onLine: (line: MeterLine, at: number) => void): () => void;
  /** Aborts, with a sentence as reason, when the meter measures no more though nobody closed it. */
  readonly broken: AbortSignal;
  /** Ends the measuring and removes the pod. */
  close(): Promise<void>;
}

/** The meters of a run that are open, by what their pods are made from. */
export type OpenMeters = Map<string, SharedMeter>;

/** A meter that several steps may use at the same time. */
export interface SharedMeter {
  readonly session: Promise<MeterSession>;
  users: number;
  /** Nobody uses it any more, and its pod is being removed. */
  closing?: Promise<void>;
}
