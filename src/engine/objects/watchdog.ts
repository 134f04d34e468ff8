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
}

/** Milliseconds that a step may take at all, and without any progress. */
export interface StepLimits {
  readonly step: number;
  readonly noActivity: number;
}

/** A watchdog that counts from now. */
export function createWatchdog(clock: Clock, limits: StepLimits): Watchdog {
  const begun = clock.monotonic();
  let moved = begun;
  const sinceBegin = (): number => clock.monotonic() - begun;
  const sinceMove = (): number => clock.monotonic() - moved;
  return {
    touch() {
      moved = clock.monotonic();
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
  };
}

/** `30 min`, `90 s`, `500 ms`. */
export function timeText(ms: number): string {
  if (ms >= 60_000 && ms % 60_000 === 0) return `${ms / 60_000} min`;
  return ms >= 1000 ? `${Math.round(ms / 100) / 10} s` : `${ms} ms`;
}
