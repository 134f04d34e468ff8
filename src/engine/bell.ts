import type { Clock } from "../model/clock.ts";

/** Wakes one waiter. A ring while nobody waits is not lost. */
export interface Bell {
  ring(): void;
  /** Resolves at the next ring, at one that nobody heard, or after `ms` milliseconds. Rejects with the signal's reason when it aborts. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

/** A bell on a clock. */
export function createBell(clock: Clock): Bell {
  let rung = false;
  let wake: (() => void) | undefined;
  return {
    ring() {
      rung = true;
      wake?.();
    },
    async wait(ms, signal) {
      signal.throwIfAborted();
      if (!rung) {
        const timer = new AbortController();
        const heard = new Promise<void>((resolve) => {
          wake = resolve;
        });
        try {
          await Promise.race([heard, clock.sleep(ms, AbortSignal.any([timer.signal, signal]))]);
        } finally {
          wake = undefined;
          timer.abort();
        }
      }
      rung = false;
    },
  };
}
