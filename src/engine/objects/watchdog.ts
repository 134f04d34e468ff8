import type { Clock } from "../../model/clock.ts";

/** Counts how long a step takes, on the monotonic clock. */
export interface Watchdog {
  /** Something moved: a write was answered, or an object shows progress. */
  touch(): void;
  /** Milliseconds until the nearer of the two limits; 0 when one is over. */
  remaining(): number;
  /** Milliseconds until the step's own limit, whatever moves; 0 when it is over. */
  left(): number;
  /** Which limit is over, as a sentence that `waitingFor` ends; undefined while none is. */
  expired(waitingFor: string): string | undefined;
  /** Time does not count from now until what is returned is called: other limits hold meanwhile. */
  suspend(): () => void;
}

/** Milliseconds that a step may take at all, and without any progress. */
export interface StepLimits {
  readonly step: number;
  readonly noActivity: number;
}

/** A watchdog that counts from now. */
export function createWatchdog(clock: Clock, limits: StepLimits): Watchdog {
  let suspended = { count: 0, since: 0, before: 0 };
  /** The clock without the time that does not count. */
  const monotonic = (): number =>
    (suspended.count > 0 ? suspended.since : clock.monotonic()) - suspended.before;
  const begun = monotonic();
  let moved = begun;
  const sinceBegin = (): number => monotonic() - begun;
  const sinceMove = (): number => monotonic() - moved;
  return {
    touch() {
      moved = monotonic();
    },
    remaining: () =>
      Math.max(0, Math.min(limits.step - sinceBegin(), limits.noActivity - sinceMove())),
    left: () => Math.max(0, limits.step - sinceBegin()),
    expired(waitingFor) {
      if (sinceBegin() >= limits.step)
        return `timed out after ${timeText(limits.step)}, waiting for ${waitingFor}`;
      if (sinceMove() >= limits.noActivity)
        return `no progress for ${timeText(limits.noActivity)}, waiting for ${waitingFor}`;
      return undefined;
    },
    suspend() {
      if (suspended.count === 0) suspended = { ...suspended, since: clock.monotonic() };
      suspended = { ...suspended, count: suspended.count + 1 };
      let isOver = false;
      return () => {
        if (isOver) return;
        isOver = true;
        const { count, since, before } = suspended;
        const later = count === 1 ? before + clock.monotonic() - since : before;
        suspended = { count: count - 1, since, before: later };
      };
    },
  };
}

/** `30 min`, `90 s`, `500 ms`. */
export function timeText(ms: number): string {
  if (ms >= 60_000 && ms % 60_000 === 0) return `${ms / 60_000} min`;
  return ms >= 1000 ? `${Math.round(ms / 100) / 10} s` : `${ms} ms`;
}
