import type { Clock } from "../../model/clock.ts";

/** The server's clock as its answers tell it. */
export interface ServerClock {
  /** Takes note of a `Date` header (RFC 9110 section 6.6.1). */
  heard(date: string | undefined): void;
  /** The server's time now, in milliseconds since 1970, carried on by the monotonic clock; undefined before the first header. */
  now(): number | undefined;
}

/** A clock that has heard nothing yet. */
export function serverClock({ monotonic }: Pick<Clock, "monotonic">): ServerClock {
  let last: { readonly date: number; readonly at: number } | undefined;
  return {
    heard(date) {
      const parsed = Date.parse(date ?? "");
      if (!Number.isNaN(parsed)) last = { date: parsed, at: monotonic() };
    },
    now: () => (last === undefined ? undefined : last.date + (monotonic() - last.at)),
  };
}
