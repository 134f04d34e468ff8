import { performance } from "node:perf_hooks";
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
export function makeBudget(total: number, signals: readonly (AbortSignal | undefined)[]): Budget {
  const begin = performance.now();
  const controller = new AbortController();
  let over = false;
  const timer = setTimeout(() => {
    over = true;
    controller.abort(new Error("the time for the call is over"));
  }, total);
  const undo: (() => void)[] = [];
  for (const signal of signals) {
    if (signal === undefined) continue;
    if (signal.aborted) controller.abort(signal.reason);
    undo.push(onAbort(signal, () => controller.abort(signal.reason)));
  }
  return {
    signal: controller.signal,
    total,
    remaining: () => total - (performance.now() - begin),
    spent: () => performance.now() - begin,
    over: () => over,
    end: () => {
      clearTimeout(timer);
      for (const step of undo) step();
    },
  };
}
