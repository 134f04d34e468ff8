import type { Clock } from "../../src/model/clock.ts";

/** A clock that goes with the machine's, and that tests put forward or stop. */
export interface SteeredClock extends Clock {
  /** Puts it forward: whoever sleeps less than that wakes. */
  skip(ms: number): void;
  /** Stops it: nobody who sleeps wakes, as in a machine that is asleep. */
  stop(): void;
  /** Lets it go on from where it stopped; with `wallMs` the wall clock (not the monotonic one) has gone on by so much. */
  goOn(wallMs?: number): void;
}

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** A clock whose wall time is `skew` milliseconds off the machine's. */
export function steeredClock(skew = 0): SteeredClock {
  let ahead = 0;
  let wallAhead = skew;
  let stoppedAt: number | undefined;
  const sleepers = new Set<Sleeper>();
  const real = (): number => performance.now();
  const monotonic = (): number => (stoppedAt ?? real()) + ahead;
  const epoch = Date.now() - real();
  let timer: NodeJS.Timeout | undefined;

  const arm = (): void => {
    clearTimeout(timer);
    if (stoppedAt !== undefined || sleepers.size === 0) return;
    const next = Math.min(...[...sleepers].map(({ at }) => at));
    timer = setTimeout(wakeDue, Math.max(0, next - monotonic()));
  };
  function wakeDue(): void {
    for (const sleeper of [...sleepers].sort((a, b) => a.at - b.at)) {
      if (sleeper.at > monotonic() || stoppedAt !== undefined) continue;
      sleepers.delete(sleeper);
      sleeper.wake();
    }
    arm();
  }

  return {
    monotonic,
    now: () => new Date(epoch + monotonic() + wallAhead),
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const onAbort = (): void => {
          sleepers.delete(sleeper);
          arm();
          reject(signal?.reason);
        };
        const wake = (): void => {
          signal?.removeEventListener("abort", onAbort);
          resolve();
        };
        const sleeper = { at: monotonic() + ms, wake };
        sleepers.add(sleeper);
        signal?.addEventListener("abort", onAbort, { once: true });
        arm();
      }),
    skip(ms) {
      ahead += ms;
      wakeDue();
    },
    stop() {
      stoppedAt ??= real();
      clearTimeout(timer);
    },
    goOn(wallMs = 0) {
      if (stoppedAt !== undefined) ahead -= real() - stoppedAt;
      stoppedAt = undefined;
      wallAhead += wallMs;
      wakeDue();
    },
  };
}
