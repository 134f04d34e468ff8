/** Time as the engine sees it; tests drive it by hand. */
export interface Clock {
  /** Wall clock, for records and people only. */
  now(): Date;
  /** Milliseconds that never jump; every deadline is counted on it. */
  monotonic(): number;
  /** Resolves after `ms` milliseconds; rejects with the signal's reason when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls back once after `ms` milliseconds, cheaper than a sleep; the answer calls it off. Absent: made of `sleep`. */
  after?(ms: number, act: () => void): () => void;
}

/** Why a timer ended; made once, since a reason of its own is costly for every call. */
const CALLED_OFF = new Error("called off");

/** Calls back once after `ms` milliseconds. The answer calls it off and leaves nothing behind. */
export function after(clock: Clock, ms: number, act: () => void): () => void {
  if (clock.after) return clock.after(ms, act);
  const off = new AbortController();
  clock.sleep(ms, off.signal).then(
    () => {
      if (!off.signal.aborted) act();
    },
    () => {},
  );
  return () => off.abort(CALLED_OFF);
}
