import { kudo, MANY } from "../define.ts";
import { FunctionError, type TemplateFunction } from "../template-function.ts";
import { parseFloatText } from "./parse-number.ts";
import { printed } from "./print.ts";
import { GoInt, type GoValue, integerOf } from "./value.ts";

/** Sprig's arithmetic: int64, wrapping round, of whatever `int` reads. */
export const SPRIG_MATH: readonly TemplateFunction[] = [
  kudo("int", 1, ([value]) => int64Of(value)),
  kudo("int64", 1, ([value]) => int64(int64Of(value))),
  kudo("float64", 1, ([value]) => float64Of(value)),
  kudo("atoi", 1, ([s]) => parseInt64(String(s), 10, true)),
  kudo("toDecimal", 1, ([value]) => int64(parseInt64(printed(value), 8, false))),
  kudo("add", [0, MANY], (args) => int64(args.map(int64Of).reduce((a, b) => a + b, 0n))),
  kudo("add1", 1, ([value]) => int64(int64Of(value) + 1n)),
  kudo("sub", 2, ([a, b]) => int64(int64Of(a) - int64Of(b))),
  kudo("mul", [1, MANY], (args) => int64(args.map(int64Of).reduce(product, 1n))),
  kudo("div", 2, ([a, b]) => int64(int64Of(a) / divisor(b))),
  kudo("mod", 2, ([a, b]) => int64(int64Of(a) % divisor(b))),
  ...["max", "biggest"].map((name) => kudo(name, [1, MANY], (args) => extreme(args, 1n))),
  kudo("min", [1, MANY], (args) => extreme(args, -1n)),
  kudo("floor", 1, ([value]) => Math.floor(float64Of(value))),
  kudo("ceil", 1, ([value]) => Math.ceil(float64Of(value))),
  kudo("round", [2, MANY], ([value, places, on]) =>
    rounded(float64Of(value), Number(places), typeof on === "number" ? on : 0.5),
  ),
];

/** Sprig's `toInt64`. */
export function int64Of(value: GoValue): bigint {
  if (typeof value === "string") return parseInt64(value, 10, false);
  if (typeof value === "boolean") return value ? 1n : 0n;
  if (typeof value === "number") return truncated(value);
  const integer = integerOf(value);
  return integer === undefined ? 0n : integer > MAX ? MAX : integer;
}

const MIN = -(1n << 63n);
const MAX = (1n << 63n) - 1n;

function int64(value: bigint): GoInt {
  return new GoInt("int64", BigInt.asIntN(64, value));
}

/** The largest, or with -1 the smallest. */
function extreme(args: readonly GoValue[], sign: bigint): GoInt {
  const sorted = args.map(int64Of).sort((a, b) => (a * sign < b * sign ? 1 : -1));
  return int64(sorted[0] ?? 0n);
}

function product(a: bigint, b: bigint): bigint {
  return BigInt.asIntN(64, a * b);
}

/** What amd64 makes of a float that no int64 holds is the smallest one. */
function truncated(value: number): bigint {
  const whole = Math.trunc(value);
  return whole >= -(2 ** 63) && whole < 2 ** 63 ? BigInt(whole) : MIN;
}

/** Go's `strconv.ParseInt`; 0 for what is none, and the nearest int64 for what is too large when `clamp`. */
function parseInt64(text: string, base: 8 | 10, clamp: boolean): bigint {
  const digits = base === 8 ? /^[-+]?[0-7]+$/ : /^[-+]?\d+$/;
  if (!digits.test(text) || text.length > 1000) return 0n;
  const size = BigInt((base === 8 ? "0o" : "") + text.replace(/^[-+]/, ""));
  const read = text.startsWith("-") ? -size : size;
  if (read >= MIN && read <= MAX) return read;
  return clamp ? (read < 0n ? MIN : MAX) : 0n;
}

function float64Of(value: GoValue): number {
  if (typeof value === "number") return value;
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value === "string") return parseFloat64(value);
  return Number(integerOf(value) ?? 0n);
}

function parseFloat64(text: string): number {
  const value = parseFloatText(text);
  if (value !== undefined) return Number.isFinite(value) ? value : 0;
  const [, sign, word] = /^([-+]?)(inf|infinity|nan)$/i.exec(text) ?? [];
  if (word === undefined) return 0;
  if (/^nan$/i.test(word)) return sign === "" ? Number.NaN : 0;
  return sign === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

function divisor(value: GoValue): bigint {
  const by = int64Of(value);
  if (by === 0n) throw new FunctionError("runtime error: integer divide by zero");
  return by;
}

function rounded(value: number, places: number, on: number): number {
  const power = 10 ** places;
  const shifted = power * value;
  const fraction = shifted - Math.trunc(shifted);
  return (fraction >= on ? Math.ceil(shifted) : Math.floor(shifted)) / power;
}
