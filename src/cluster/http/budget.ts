import { after, type Clock } from "../../model/clock.ts";
import { onAbort } from "./on-abort.ts";

/** The time that one call may take, and the signal that ends it. */
export interface Budget {
  /** Aborts when the time is over or one of the given signals aborts. */
  readonly signal: AbortSignal;
  /** Milliseconds in all. */
  readonly total: number;
  /** Milliseconds left; negative when over. */
  remaining(): number;
  /** Milliseconds used. */
  spent(): number;
  /** True when it was the time that ran out, not a signal. */
  over(): boolean;
  /** Lets go of the timer and the signals. Must be called. */
  end(): void;
}

/** Begins a budget of so many milliseconds on the monotonic clock. */
export function makeBudget(
  clock: Clock,
  total: number,
  signals: readonly (AbortSignal | undefined)[],
): Budget {
  const begin = clock.monotonic();
  const controller = new AbortController();
  let over = false;
  const stopTimer = after(clock, total, () => {
    over = true;
    controller.abort(new Error("the time for the call is over"));
  });
  const undo: (() => void)[] = [];
  for (const signal of signals) {
    if (signal === undefined) continue;
    if (signal.aborted) controller.abort(signal.reason);
    undo.push(onAbort(signal, () => controller.abort(signal.reason)));
  }
  return {
    signal: controller.signal,
    total,
    remaining: () => total - (clock.monotonic() - begin),
    spent: () => clock.monotonic() - begin,
    over: () => over,
    end: () => {
      stopTimer();
      for (const step of undo) step();
    },
  };
}
