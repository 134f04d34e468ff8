/** Go's int64 as `cast` reads it: a text is base 10 (else 0), a fraction is cut off, true is 1, anything else 0. */
export function toInt64(value: unknown): bigint {
  if (typeof value === "bigint") return BigInt.asIntN(64, value);
  if (typeof value === "boolean") return value ? 1n : 0n;
  if (typeof value === "number") {
    const whole = Math.trunc(value);
    return Number.isFinite(whole) ? BigInt.asIntN(64, BigInt(whole)) : 0n;
  }
  if (typeof value !== "string" || !/^[+-]?\d{1,19}$/.test(value)) return 0n;
  const read = BigInt(value.replace(/^\+/, ""));
  return BigInt.asIntN(64, read) === read ? read : 0n;
}

/** An int64 as templates see it: a number where that is exact, else a bigint. Wraps round as Go does. */
export function fromInt64(value: bigint): number | bigint {
  const wrapped = BigInt.asIntN(64, value);
  const number = Number(wrapped);
  return Number.isSafeInteger(number) ? number : wrapped;
}

/** Go's float64 as `cast` reads it; what is no number is 0. */
export function toFloat64(value: unknown): number {
  if (typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value !== "string") return 0;
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(value) ? Number(value) : 0;
}
