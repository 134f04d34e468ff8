import { text } from "./arguments.ts";
import { native } from "./define.ts";
import { parseDuration, roundedDuration, secondsText } from "./durations.ts";
import { formatTime, parseTime } from "./go-layout.ts";
import { toInt64 } from "./integers.ts";
import { nameOfKind } from "./kinds.ts";
import { type FunctionContext, FunctionError, type TemplateFunction } from "./template-function.ts";

/**
 * Times. A time is a text (RFC 3339) or a number of seconds since 1970; layouts are Go's (`2006-01-02 15:04:05`); the zone is UTC where none is named.
 * `now` is when the run began.
 */
export const DATES: readonly TemplateFunction[] = [
  native("now", 0, (_, { startedAt }) => rfc3339(instant(startedAt))),
  native("date", 2, ([layout, time]) => formatTime(text(layout), instant(time), "UTC")),
  ...["dateInZone", "date_in_zone"].map((name) =>
    native(name, 3, ([layout, time, zone]) => formatTime(text(layout), instant(time), text(zone))),
  ),
  native("htmlDate", 1, ([time]) => formatTime("2006-01-02", instant(time), "UTC")),
  native("htmlDateInZone", 2, ([time, zone]) =>
    formatTime("2006-01-02", instant(time), text(zone)),
  ),
  ...["dateModify", "date_modify"].map((name) =>
    native(name, 2, ([by, time]) => rfc3339(instant(time) + parseDuration(text(by)))),
  ),
  native("toDate", 2, ([layout, s]) => rfc3339(parseTime(text(layout), text(s)))),
  native("unixEpoch", 1, ([time]) => String(Math.floor(instant(time) / 1000))),
  native("ago", 1, ([time], context) => secondsText(Math.round(age(time, context) / 1000))),
  native("duration", 1, ([seconds]) => secondsText(Number(toInt64(seconds)))),
  native("durationRound", 1, ([value], context) => roundedDuration(durationOf(value, context))),
];

/** Milliseconds since 1970 of a time as templates have it. Throws `FunctionError`. */
function instant(time: unknown): number {
  if (typeof time === "number") return time * 1000;
  const form = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
  const parsed = typeof time === "string" && form.test(time) ? Date.parse(time) : Number.NaN;
  if (!Number.isNaN(parsed)) return parsed;
  throw new FunctionError(
    `needs a time (RFC 3339, or seconds since 1970), got ${nameOfKind(time)}`,
  );
}

/** Without a fraction when there is none. */
function rfc3339(time: number): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) throw new FunctionError("the time is out of range");
  return date.toISOString().replace(".000Z", "Z");
}

function age(time: unknown, { startedAt }: FunctionContext): number {
  return instant(startedAt) - instant(time);
}

/** A duration, or how long ago a time was; a number counts nanoseconds, as in Go. */
function durationOf(value: unknown, context: FunctionContext): number {
  if (typeof value === "number") return value / 1e6;
  const isTime = typeof value === "string" && /^\d{4}-/.test(value);
  return isTime ? age(value, context) : parseDuration(text(value));
}
