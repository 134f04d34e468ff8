import { FunctionError } from "./template-function.ts";

const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** Milliseconds of Go's `1h15m30.5s`, with a sign in front if need be. Throws `FunctionError`. */
export function parseDuration(text: string): number {
  const [, sign, body = ""] = /^([-+]?)(.*)$/su.exec(text) ?? [];
  if (body === "0") return 0;
  if (!/^(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|ms|s|m|h))+$/u.test(body))
    throw new FunctionError(`${JSON.stringify(text)} is no duration such as 1h30m`);
  let total = 0;
  for (const [, count, unit = ""] of body.matchAll(/([\d.]+)([a-zµ]+)/gu))
    total += Number(count) * (UNITS[unit] ?? 0);
  return sign === "-" ? -total : total;
}

/** Go's text of a whole number of seconds: `1h0m5s`. */
export function secondsText(seconds: number): string {
  const size = Math.abs(seconds);
  const [h, m, s] = [Math.floor(size / 3600), Math.floor(size / 60) % 60, size % 60];
  const text = h > 0 ? `${h}h${m}m${s}s` : m > 0 ? `${m}m${s}s` : `${s}s`;
  return seconds < 0 ? `-${text}` : text;
}

/** The largest unit that fits, rounded down: `2h`, `16d`, `2mo`. */
export function roundedDuration(milliseconds: number): string {
  const size = Math.abs(milliseconds);
  for (const [unit, length] of LARGE_UNITS)
    if (size > length) return `${Math.floor(size / length)}${unit}`;
  return "0s";
}

const DAY = 24 * 3_600_000;
const LARGE_UNITS: readonly (readonly [string, number])[] = [
  ["y", 365 * DAY],
  ["mo", 30 * DAY],
  ["d", DAY],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1000],
];
