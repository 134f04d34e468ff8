import type { Clock } from "../../model/clock.ts";

/** A clock that tests move by hand. */
export interface HandClock extends Clock {
  /** Lets time pass, waking sleepers in order, and lets everything that follows settle. */
  pass(ms: number): Promise<void>;
}

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** A clock that stands until `pass` is called. */
export function handClock(start: number = Date.parse("2030-01-01T00:00:00Z")): HandClock {
  let elapsed = 0;
  const sleepers = new Set<Sleeper>();
  return {
    now: () => new Date(start + elapsed),
    monotonic: () => elapsed,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const onAbort = (): void => {
          sleepers.delete(sleeper);
          reject(signal?.reason);
        };
        const wake = (): void => {
          signal?.removeEventListener("abort", onAbort);
          resolve();
        };
        const sleeper = { at: elapsed + ms, wake };
        sleepers.add(sleeper);
        signal?.addEventListener("abort", onAbort, { once: true });
      }),
    async pass(ms) {
      const until = elapsed + ms;
      await settle();
      for (;;) {
        const next = [...sleepers].sort((a, b) => a.at - b.at).find(({ at }) => at <= until);
        if (!next) break;
        elapsed = Math.max(elapsed, next.at);
        sleepers.delete(next);
        next.wake();
        await settle();
      }
      elapsed = until;
      await settle();
    },
  };
}

/** Lets every promise that can go on do so. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}
