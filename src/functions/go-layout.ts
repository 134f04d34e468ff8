import { FunctionError } from "./template-function.ts";

/** A time of day in some zone. */
interface Parts {
  readonly year: number;
  /** From 1. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly millisecond: number;
  /** 0 is Sunday. */
  readonly weekday: number;
  readonly dayOfYear: number;
  /** Minutes east of UTC. */
  readonly offset: number;
  /** Short name of the zone, such as `CET`. */
  readonly zone: string;
}

/** Go's reference time in pieces, the longest first (package time, "Layout"). */
const TOKEN =
  /January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST|2006|002|__2|_2(?!006)|0[1-6]|15|PM|pm|Z07:00:00|Z070000|Z07:00|Z0700|Z07|-07:00:00|-070000|-07:00|-0700|-07|[.,](?:0+|9+)(?!\d)|[1-5]/g;

const MONTHS =
  "January February March April May June July August September October November December".split(
    " ",
  );
const DAYS = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" ");

/**
 * A time by Go's layout in an IANA zone.
 * @param time milliseconds since 1970
 * Throws `FunctionError` for an unknown zone and a time that is out of range.
 */
export function formatTime(layout: string, time: number, zone: string): string {
  const parts = partsOf(time, zone);
  return layout.replace(TOKEN, (token) => write(token, parts));
}

function write(token: string, t: Parts): string {
  if (/^[.,]/.test(token)) return fraction(token, t.millisecond);
  if (/^[-Z]/.test(token)) return offsetText(token, t.offset);
  const hour12 = t.hour % 12 || 12;
  switch (token) {
    case "January":
      return MONTHS[t.month - 1] ?? "";
    case "Jan":
      return (MONTHS[t.month - 1] ?? "").slice(0, 3);
    case "Monday":
      return DAYS[t.weekday] ?? "";
    case "Mon":
      return (DAYS[t.weekday] ?? "").slice(0, 3);
    case "MST":
      return t.zone;
    case "2006":
      return digits(t.year, 4);
    case "06":
      return digits(t.year % 100, 2);
    case "01":
      return digits(t.month, 2);
    case "1":
      return String(t.month);
    case "02":
      return digits(t.day, 2);
    case "_2":
      return String(t.day).padStart(2);
    case "2":
      return String(t.day);
    case "002":
      return digits(t.dayOfYear, 3);
    case "__2":
      return String(t.dayOfYear).padStart(3);
    case "15":
      return digits(t.hour, 2);
    case "03":
      return digits(hour12, 2);
    case "3":
      return String(hour12);
    case "04":
      return digits(t.minute, 2);
    case "4":
      return String(t.minute);
    case "05":
      return digits(t.second, 2);
    case "5":
      return String(t.second);
    case "PM":
      return t.hour < 12 ? "AM" : "PM";
    default:
      return t.hour < 12 ? "am" : "pm";
  }
}

/** `.000` writes all digits, `.999` leaves zeros at the end out. */
function fraction(token: string, millisecond: number): string {
  const places = digits(millisecond, 3)
    .padEnd(token.length - 1, "0")
    .slice(0, token.length - 1);
  if (token[1] === "0") return token.charAt(0) + places;
  const short = places.replace(/0+$/, "");
  return short && token.charAt(0) + short;
}

function offsetText(token: string, offset: number): string {
  if (token.startsWith("Z") && offset === 0) return "Z";
  const size = Math.abs(offset);
  const fields = [digits(Math.floor(size / 60), 2), digits(size % 60, 2), "00"];
  const count = token.replace(/\D/g, "").length / 2;
  return (offset < 0 ? "-" : "+") + fields.slice(0, count).join(token.includes(":") ? ":" : "");
}

function digits(value: number, count: number): string {
  return String(value).padStart(count, "0");
}

function partsOf(time: number, zone: string): Parts {
  if (Number.isNaN(new Date(time).getTime())) throw new FunctionError("the time is out of range");
  const offset = zone === "UTC" || zone === "" ? 0 : offsetOf(time, zone);
  const local = new Date(time + offset * 60_000);
  const year = local.getUTCFullYear();
  return {
    year,
    month: local.getUTCMonth() + 1,
    day: local.getUTCDate(),
    hour: local.getUTCHours(),
    minute: local.getUTCMinutes(),
    second: local.getUTCSeconds(),
    millisecond: local.getUTCMilliseconds(),
    weekday: local.getUTCDay(),
    dayOfYear: Math.floor((local.getTime() - Date.UTC(year, 0, 1)) / 86_400_000) + 1,
    offset,
    zone: zone === "UTC" || zone === "" ? "UTC" : zoneName(time, zone, offset),
  };
}

function offsetOf(time: number, zone: string): number {
  const name = intlName(time, zone, "en-US", "longOffset");
  const [, sign, hours = "0", minutes = "0"] = /^GMT(?:([+-])(\d\d):(\d\d))?$/.exec(name) ?? [];
  const size = Number(hours) * 60 + Number(minutes);
  return sign === "-" ? -size : size;
}

/** Each region knows the short names of its own zones only; one that none knows is written as Go does: `+04`. */
function zoneName(time: number, zone: string, offset: number): string {
  const names = ["en-US", "en-GB", "en-AU", "en-IN", "en-ZA"].map((locale) =>
    intlName(time, zone, locale, "short"),
  );
  const known = names.find((name) => /^[A-Z]{2,5}$/.test(name));
  return known ?? offsetText(offset % 60 === 0 ? "-07" : "-0700", offset);
}

function intlName(
  time: number,
  timeZone: string,
  locale: string,
  timeZoneName: "short" | "longOffset",
): string {
  try {
    const format = new Intl.DateTimeFormat(locale, { timeZone, timeZoneName });
    return format.formatToParts(time).find(({ type }) => type === "timeZoneName")?.value ?? "";
  } catch (error) {
    throw new FunctionError(`there is no time zone ${JSON.stringify(timeZone)}`, { cause: error });
  }
}

/** How each piece of a layout is read; what is not here is only written. */
const READERS: Readonly<Record<string, string>> = {
  January: `(?<monthName>${MONTHS.join("|")})`,
  Jan: `(?<monthName>${MONTHS.map((name) => name.slice(0, 3)).join("|")})`,
  Monday: `(?:${DAYS.join("|")})`,
  Mon: `(?:${DAYS.map((name) => name.slice(0, 3)).join("|")})`,
  "2006": "(?<year>\\d{4})",
  "01": "(?<month>\\d\\d)",
  "1": "(?<month>\\d\\d?)",
  "02": "(?<day>\\d\\d)",
  _2: " ?(?<day>\\d\\d?)",
  "2": "(?<day>\\d\\d?)",
  "15": "(?<hour>\\d\\d)",
  "03": "(?<hour>\\d\\d)",
  "3": "(?<hour>\\d\\d?)",
  "04": "(?<minute>\\d\\d)",
  "4": "(?<minute>\\d\\d?)",
  "05": "(?<second>\\d\\d(?:\\.\\d+)?)",
  "5": "(?<second>\\d\\d?(?:\\.\\d+)?)",
  PM: "(?<half>AM|PM)",
  pm: "(?<half>am|pm)",
  "Z07:00": "(?<offset>Z|[+-]\\d\\d:\\d\\d)",
  "-07:00": "(?<offset>[+-]\\d\\d:\\d\\d)",
  Z0700: "(?<offset>Z|[+-]\\d{4})",
  "-0700": "(?<offset>[+-]\\d{4})",
  MST: "(?:UTC|GMT)",
};

/** Milliseconds since 1970 of a time written by Go's layout, in UTC unless it says otherwise. Throws `FunctionError` when it is not. */
export function parseTime(layout: string, text: string): number {
  const refuse = (): never => {
    throw new FunctionError(`${JSON.stringify(text)} is no time of the layout ${layout}`);
  };
  const used = new Set<string>();
  let pattern = "";
  let at = 0;
  for (const { 0: token, index } of layout.matchAll(TOKEN)) {
    const reader = READERS[token];
    const [, group = ""] = /\?<(\w+)>/.exec(reader ?? "") ?? [];
    if (reader === undefined || (group !== "" && used.has(group)))
      throw new FunctionError(`${token} of the layout cannot be read`);
    used.add(group);
    pattern += escaped(layout.slice(at, index)) + reader;
    at = index + token.length;
  }
  const found = new RegExp(`^${pattern}${escaped(layout.slice(at))}$`).exec(text) ?? refuse();
  return instantOf(found.groups ?? {}) ?? refuse();
}

function escaped(literal: string): string {
  return literal.replace(/[\\.+*?()|[\]{}^$/-]/g, "\\$&");
}

function instantOf(read: Readonly<Record<string, string | undefined>>): number | undefined {
  const name = read.monthName?.slice(0, 3);
  const month = name
    ? MONTHS.findIndex((each) => each.startsWith(name)) + 1
    : Number(read.month ?? 1);
  const [year, day] = [Number(read.year ?? 0), Number(read.day ?? 1)];
  const half = read.half?.toUpperCase();
  const hour = half
    ? (Number(read.hour ?? 0) % 12) + (half === "PM" ? 12 : 0)
    : Number(read.hour ?? 0);
  const [minute, second] = [Number(read.minute ?? 0), Number(read.second ?? 0)];
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, Math.floor(second), Math.round((second % 1) * 1000));
  const isReal =
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day &&
    date.getUTCHours() === hour &&
    date.getUTCMinutes() === minute &&
    second < 60;
  return isReal ? date.getTime() - offsetMinutes(read.offset) * 60_000 : undefined;
}

function offsetMinutes(text: string | undefined): number {
  const [, sign, hours = "0", minutes = "0"] = /^([+-])(\d\d):?(\d\d)$/.exec(text ?? "") ?? [];
  const size = Number(hours) * 60 + Number(minutes);
  return sign === "-" ? -size : size;
}
