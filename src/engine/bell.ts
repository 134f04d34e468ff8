import { setMaxListeners } from "node:events";
import { after, type Clock } from "../model/clock.ts";

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
      if (!rung)
        await new Promise<void>((resolve, reject) => {
          const end = (then: () => void): void => {
            wake = undefined;
            stopTimer();
            signal.removeEventListener("abort", halted);
            then();
          };
          const halted = (): void => end(() => reject(signal.reason));
          const stopTimer = after(clock, ms, () => end(resolve));
          // As many may wait for one signal as there are steps under way.
          setMaxListeners(0, signal);
          signal.addEventListener("abort", halted, { once: true });
          wake = () => end(resolve);
        });
      rung = false;
    },
  };
}
