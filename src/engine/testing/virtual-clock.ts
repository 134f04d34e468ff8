import type { Clock } from "../../model/clock.ts";

/** A clock for tests. */
export interface VirtualClock extends Clock {
  /** Milliseconds since it was made. */
  elapsed(): number;
}

/**
 * A clock that jumps to the next sleeper whenever the process has nothing else to do: hours pass in no time, and in the same order every time.
 * Whatever else is awaited must come by microtasks, as the memory cluster's answers do.
 */
export function createVirtualClock(start = "2026-01-01T00:00:00.000Z"): VirtualClock {
  const epoch = Date.parse(start);
  let time = 0;
  let pumping = false;
  let sleepers: { readonly at: number; readonly wake: () => void }[] = [];

  const pump = (): void => {
    const next = sleepers.reduce<(typeof sleepers)[number] | undefined>(
      (first, one) => (first === undefined || one.at < first.at ? one : first),
      undefined,
    );
    pumping = next !== undefined;
    if (next === undefined) return;
    sleepers = sleepers.filter((one) => one !== next);
    time = Math.max(time, next.at);
    next.wake();
    setImmediate(pump);
  };

  return {
    now: () => new Date(epoch + time),
    monotonic: () => time,
    elapsed: () => time,
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      await new Promise<void>((resolve, reject) => {
        const stop = (): void => {
          sleepers = sleepers.filter((one) => one !== sleeper);
          reject(signal?.reason);
        };
        const wake = (): void => {
          signal?.removeEventListener("abort", stop);
          resolve();
        };
        const sleeper = { at: time + ms, wake };
        sleepers.push(sleeper);
        signal?.addEventListener("abort", stop);
        if (!pumping) setImmediate(pump);
        pumping = true;
      });
    },
  };
}
