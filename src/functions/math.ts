import { quantity } from "../model/quantity.ts";
import { integer } from "./arguments.ts";
import { addDecimals, divideDecimals, multiplyDecimals, subtractDecimals } from "./decimals.ts";
import { MANY, native } from "./define.ts";
import { goText } from "./go-text.ts";
import { fromInt64, toFloat64, toInt64 } from "./integers.ts";
import { FunctionError, type TemplateFunction } from "./template-function.ts";

/** Arithmetic. Whole numbers are int64 and take whatever `int` takes; the `…f` functions count in decimals. */
export const MATH: readonly TemplateFunction[] = [
  native("int", 1, ([value]) => fromInt64(toInt64(value))),
  native("int64", 1, ([value]) => fromInt64(toInt64(value))),
  native("float64", 1, ([value]) => toFloat64(value)),
  native("atoi", 1, ([value]) => fromInt64(toInt64(typeof value === "string" ? value : ""))),
  native("toDecimal", 1, ([value]) => octal(goText(value))),
  native("add", [0, MANY], (args) => fold(args, (a, b) => a + b, 0n)),
  native("add1", 1, ([value]) => fromInt64(toInt64(value) + 1n)),
  native("sub", 2, ([a, b]) => fromInt64(toInt64(a) - toInt64(b))),
  native("mul", [1, MANY], (args) => fold(args, (a, b) => a * b, 1n)),
  native("div", 2, ([a, b]) => fromInt64(toInt64(a) / divisor(b))),
  native("mod", 2, ([a, b]) => fromInt64(toInt64(a) % divisor(b))),
  native("max", [1, MANY], (args) => pick(args, (a, b) => a > b)),
  native("biggest", [1, MANY], (args) => pick(args, (a, b) => a > b)),
  native("min", [1, MANY], (args) => pick(args, (a, b) => a < b)),
  native("floor", 1, ([value]) => plain(Math.floor(toFloat64(value)))),
  native("ceil", 1, ([value]) => plain(Math.ceil(toFloat64(value)))),
  native("round", [2, 3], ([value, places, on = 0.5]) =>
    plain(round(toFloat64(value), integer(places), toFloat64(on))),
  ),
  native("addf", [1, MANY], (args) => foldf(args, addDecimals)),
  native("add1f", 1, ([value]) => addDecimals(toFloat64(value), 1)),
  native("subf", [1, MANY], (args) => foldf(args, subtractDecimals)),
  native("mulf", [1, MANY], (args) => foldf(args, multiplyDecimals)),
  native("divf", [1, MANY], (args) => foldf(args, (a, b) => divideDecimals(a, nonZero(b)))),
  native("maxf", [1, MANY], (args) => Math.max(...args.map(toFloat64))),
  native("quantityBytes", 1, ([value]) => bytes(value)),
  native("minf", [1, MANY], (args) => Math.min(...args.map(toFloat64))),
];

type Step<N> = (sum: N, value: N) => N;

/** Wraps round at 64 bits after each step, as Go does. */
function fold(args: readonly unknown[], step: Step<bigint>, start: bigint): number | bigint {
  return fromInt64(
    args.reduce<bigint>((sum, value) => BigInt.asIntN(64, step(sum, toInt64(value))), start),
  );
}

function foldf(args: readonly unknown[], step: Step<number>): number {
  return args.map(toFloat64).reduce(step);
}

function pick(
  args: readonly unknown[],
  better: (a: bigint, b: bigint) => boolean,
): number | bigint {
  return fromInt64(args.map(toInt64).reduce((best, value) => (better(value, best) ? value : best)));
}

function divisor(value: unknown): bigint {
  const by = toInt64(value);
  if (by === 0n) throw new FunctionError("division by zero");
  return by;
}

function nonZero(value: number): number {
  if (value === 0) throw new FunctionError("division by zero");
  return value;
}

function round(value: number, places: number, on: number): number {
  const power = 10 ** Math.min(Math.max(places, -308), 308);
  const shifted = power * value;
  const fraction = shifted - Math.trunc(shifted);
  return (fraction >= on ? Math.ceil(shifted) : Math.floor(shifted)) / power;
}

/** Reads base 8, whatever the name says (Sprig). */
function octal(value: string): number | bigint {
  const [, sign, digits] = /^([+-]?)([0-7]{1,21})$/.exec(value) ?? [];
  if (digits === undefined) return 0;
  const read = BigInt(`0o${digits}`) * (sign === "-" ? -1n : 1n);
  return BigInt.asIntN(64, read) === read ? fromInt64(read) : 0;
}

/** Kubernetes' memory and disk sizes as a whole number, rounded up as Kubernetes does. */
function bytes(value: unknown): number {
  const read = Math.ceil(typeof value === "object" ? Number.NaN : quantity(value));
  if (Number.isSafeInteger(read) && read >= 0) return read;
  const shown = typeof value === "bigint" ? value : JSON.stringify(value);
  throw new FunctionError(`${shown} is no size such as 512Mi, 10Gi or 1e9`);
}

/** Without a negative zero. */
function plain(value: number): number {
  return value === 0 ? 0 : value;
}
