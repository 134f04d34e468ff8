/** Time as the engine sees it; tests drive it by hand. */
export interface Clock {
  /** Wall clock, for records and people only. */
  now(): Date;
  /** Milliseconds that never jump; every deadline is counted on it. */
  monotonic(): number;
  /** Resolves after `ms` milliseconds; rejects with the signal's reason when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
