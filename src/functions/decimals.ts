/** An exact decimal number: `digits` × 10^-`scale`. */
interface Decimal {
  readonly digits: bigint;
  readonly scale: number;
}

/** Digits that a division keeps after the point (shopspring/decimal, which Sprig uses). */
const DIVISION_DIGITS = 16;

/** Sum of two numbers as people write them: 0.1 + 0.2 is 0.3. */
export function addDecimals(a: number, b: number): number {
  const [x, y, scale] = aligned(a, b);
  return toNumber({ digits: x + y, scale });
}

/** Difference of two numbers as people write them. */
export function subtractDecimals(a: number, b: number): number {
  return addDecimals(a, -b);
}

/** Product of two numbers as people write them. */
export function multiplyDecimals(a: number, b: number): number {
  const [x, y] = [parse(a), parse(b)];
  return toNumber({ digits: x.digits * y.digits, scale: x.scale + y.scale });
}

/** Quotient of two numbers as people write them, rounded half away from zero at 16 digits after the point. `b` is not 0. */
export function divideDecimals(a: number, b: number): number {
  const [x, y] = aligned(a, b);
  const doubled = (2n * x * 10n ** BigInt(DIVISION_DIGITS)) / y;
  const away = doubled < 0n ? -1n : 1n;
  return toNumber({ digits: (doubled + away) / 2n, scale: DIVISION_DIGITS });
}

function aligned(a: number, b: number): [bigint, bigint, number] {
  const [x, y] = [parse(a), parse(b)];
  const scale = Math.max(x.scale, y.scale);
  const lift = (value: Decimal) => value.digits * 10n ** BigInt(scale - value.scale);
  return [lift(x), lift(y), scale];
}

function parse(value: number): Decimal {
  const [mantissa = "0", exponent = "0"] = value.toExponential().split("e");
  const [whole = "0", fraction = ""] = mantissa.split(".");
  const scale = fraction.length - Number(exponent);
  const digits = BigInt(whole + fraction);
  return scale >= 0 ? { digits, scale } : { digits: digits * 10n ** BigInt(-scale), scale: 0 };
}

function toNumber({ digits, scale }: Decimal): number {
  return Number(`${digits}e-${scale}`);
}
