import { kudo } from "../define.ts";
import { parseDuration, secondsText } from "../durations.ts";
import { formatTime, parseTime } from "../go-layout.ts";
import {
  type FunctionContext,
  FunctionError,
  type TemplateFunction,
} from "../template-function.ts";
import { GoInt, type GoMethod, GoObject, type GoValue, integerOf } from "./value.ts";

/** Sprig's times. The local zone is UTC, and `now` is when the run began. */
export const SPRIG_DATES: readonly TemplateFunction[] = [
  kudo("now", 0, (_, context) => new GoTime(began(context))),
  kudo("date", 2, ([layout, time], context) => formatted(layout, time, "UTC", context)),
  ...["dateInZone", "date_in_zone"].map((name) =>
    slow(name, 3, ([layout, time, zone], context) =>
      formatted(layout, time, String(zone), context),
    ),
  ),
  kudo("htmlDate", 1, ([time], context) => formatted("2006-01-02", time, "UTC", context)),
  slow("htmlDateInZone", 2, ([time, zone], context) =>
    formatted("2006-01-02", time, String(zone), context),
  ),
  ...["dateModify", "date_modify"].map((name) =>
    kudo(name, 2, ([by, time]) => moved(String(by), asTime(time))),
  ),
  kudo("toDate", 2, ([layout, text]) => parsed(String(layout), String(text))),
  kudo("unixEpoch", 1, ([time]) => String(Math.floor(asTime(time).at / 1000))),
  kudo("ago", 1, ([time], context) => age(time, context)),
];

/** A zone costs some milliseconds: a template gets some hundred. */
function slow(name: string, arity: number, call: TemplateFunction["call"]): TemplateFunction {
  return { ...kudo(name, arity, call), work: 128 * 1024 };
}

/** A `time.Time`. */
class GoTime extends GoObject {
  readonly type = "time.Time";
  readonly kind = "struct";
  /** Milliseconds since 1970. */
  readonly at: number;

  constructor(at: number) {
    super();
    this.at = at;
  }

  get methods(): ReadonlyMap<string, GoMethod> {
    return METHODS(this.at);
  }

  text(): string {
    return formatTime("2006-01-02 15:04:05.999999999 -0700 MST", this.at, "UTC");
  }

  override json(): unknown {
    return formatTime("2006-01-02T15:04:05.999999999Z07:00", this.at, "UTC");
  }

  equals(other: unknown): boolean {
    return other instanceof GoTime && other.at === this.at;
  }
}

/** Year 1. */
const ZERO = -62_135_596_800_000;

function METHODS(at: number): ReadonlyMap<string, GoMethod> {
  const date = new Date(at);
  const simple = (value: () => GoValue): GoMethod => ({ params: [], call: value });
  return new Map([
    ["Unix", simple(() => new GoInt("int64", BigInt(Math.floor(at / 1000))))],
    ["UnixNano", simple(() => new GoInt("int64", BigInt(at) * 1_000_000n))],
    ["Year", simple(() => BigInt(date.getUTCFullYear()))],
    ["Day", simple(() => BigInt(date.getUTCDate()))],
    ["Hour", simple(() => BigInt(date.getUTCHours()))],
    ["Minute", simple(() => BigInt(date.getUTCMinutes()))],
    ["Second", simple(() => BigInt(date.getUTCSeconds()))],
    ["YearDay", simple(() => BigInt(formatTime("002", at, "UTC")))],
    ["IsZero", simple(() => at === ZERO)],
    ["String", simple(() => new GoTime(at).text())],
    ["UTC", simple(() => new GoTime(at))],
    ["Format", { params: ["string"], call: ([layout]) => formatTime(String(layout), at, "UTC") }],
  ]);
}

function began({ startedAt }: FunctionContext): number {
  return Date.parse(startedAt);
}

function asTime(time: GoValue): GoTime {
  if (time instanceof GoTime) return time;
  throw new FunctionError("needs a time.Time");
}

/** A time, or seconds since 1970; anything else is now. */
function instant(time: GoValue, context: FunctionContext): number {
  if (time instanceof GoTime) return time.at;
  const isSeconds =
    typeof time === "bigint" ||
    (time instanceof GoInt && (time.type === "int64" || time.type === "int32"));
  return isSeconds ? Number(integerOf(time)) * 1000 : began(context);
}

function formatted(layout: GoValue, time: GoValue, zone: string, context: FunctionContext): string {
  const at = instant(time, context);
  const known = zone === "Local" ? "UTC" : zone;
  try {
    return formatTime(String(layout), at, known);
  } catch (error) {
    if (!(error instanceof FunctionError)) throw error;
    return formatTime(String(layout), at, "UTC");
  }
}

function moved(by: string, time: GoTime): GoTime {
  try {
    return new GoTime(time.at + parseDuration(by));
  } catch (error) {
    if (!(error instanceof FunctionError)) throw error;
    return time;
  }
}

function parsed(layout: string, text: string): GoTime {
  try {
    return new GoTime(parseTime(layout, text));
  } catch (error) {
    if (!(error instanceof FunctionError)) throw error;
    return new GoTime(ZERO);
  }
}

function age(time: GoValue, context: FunctionContext): string {
  const isTime = time instanceof GoTime || typeof time === "bigint" || time instanceof GoInt;
  const at = isTime ? instant(time, context) : began(context);
  return secondsText(Math.round((began(context) - at) / 1000));
}
