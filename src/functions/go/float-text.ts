/** How Go writes a float64 (`strconv.FormatFloat`). */
export type FloatFormat = "e" | "f" | "g" | "b" | "x";

/**
 * The text of a finite number's size, without sign.
 * @param precision digits after the point (`e`, `f`, `x`) or in all (`g`); -1: as few as tell the number from its neighbours
 */
export function floatText(size: number, format: FloatFormat, precision: number): string {
  switch (format) {
    case "e":
      return exponentText(precision < 0 ? shortest(size) : rounded(size, precision + 1), precision);
    case "f":
      return precision < 0
        ? plainText(shortest(size), -1)
        : plainText(roundedAt(size, precision), precision);
    case "g":
      return generalText(size, precision);
    case "b":
      return binaryText(size);
    case "x":
      return hexText(size, precision);
  }
}

/** `0.digits` × 10^`point`; no zeros at the end, and no digits at all for 0. */
interface Decimal {
  readonly digits: string;
  readonly point: number;
}

function shortest(size: number): Decimal {
  const [mantissa = "0", exponent = "0"] = size.toExponential().split("e");
  return trimmed(mantissa.replace(".", ""), Number(exponent) + 1);
}

function trimmed(digits: string, point: number): Decimal {
  const kept = digits.replace(/0+$/, "");
  return kept === "" ? { digits: "", point: 0 } : { digits: kept, point };
}

/** Every digit: a float64 is a whole number times a power of 2. */
function exact(size: number): Decimal {
  if (size === 0) return { digits: "", point: 0 };
  const { mantissa, exponent } = binaryParts(size);
  if (exponent >= 0) {
    const digits = (mantissa << BigInt(exponent)).toString();
    return trimmed(digits, digits.length);
  }
  const digits = (mantissa * 5n ** BigInt(-exponent)).toString();
  return trimmed(digits, digits.length + exponent);
}

function binaryParts(size: number): { readonly mantissa: bigint; readonly exponent: number } {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, size);
  const bits = view.getBigUint64(0);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  return biased === 0
    ? { mantissa: fraction, exponent: -1074 }
    : { mantissa: fraction | 0x10000000000000n, exponent: biased - 1075 };
}

/** To this many digits, half to even. */
function rounded(size: number, count: number): Decimal {
  return roundDigits(exact(size), count);
}

/** To this many digits after the point. */
function roundedAt(size: number, places: number): Decimal {
  const all = exact(size);
  return roundDigits(all, all.point + places);
}

function roundDigits({ digits, point }: Decimal, count: number): Decimal {
  if (count >= digits.length) return { digits, point };
  if (count < 0) return { digits: "", point: 0 };
  const kept = digits.slice(0, count);
  const rest = digits.slice(count);
  const odd = count > 0 && "13579".includes(kept.charAt(count - 1));
  const up = rest === "5" ? odd : rest.charAt(0) >= "5";
  if (!up) return trimmed(kept, point);
  const raised = (BigInt(kept || "0") + 1n).toString();
  return trimmed(raised, point + raised.length - kept.length);
}

function exponentText({ digits, point }: Decimal, precision: number): string {
  const places = precision < 0 ? Math.max(digits.length - 1, 0) : precision;
  const all = digits.padEnd(places + 1, "0");
  const exponent = digits === "" ? 0 : point - 1;
  const mantissa = places > 0 ? `${all.charAt(0)}.${all.slice(1, places + 1)}` : all.charAt(0);
  return `${mantissa}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
}

function plainText({ digits, point }: Decimal, precision: number): string {
  const whole = point > 0 ? digits.slice(0, point).padEnd(point, "0") : "0";
  const places = precision < 0 ? Math.max(digits.length - point, 0) : precision;
  if (places === 0) return whole;
  const zeros = "0".repeat(Math.min(Math.max(-point, 0), places));
  const fraction = (zeros + digits.slice(Math.max(point, 0))).slice(0, places);
  return `${whole}.${fraction.padEnd(places, "0")}`;
}

/** With an exponent below 1e-4 and from the precision on, which counts as 6 for the shortest text. */
function generalText(size: number, precision: number): string {
  const isShortest = precision < 0;
  const wanted = precision === 0 ? 1 : precision;
  const decimal = isShortest ? shortest(size) : rounded(size, wanted);
  const { digits, point } = decimal;
  const few = wanted > digits.length && digits.length >= point ? digits.length : wanted;
  const limit = isShortest ? 6 : few;
  const exponent = point - 1;
  if (exponent < -4 || exponent >= limit) return exponentText(decimal, digits.length - 1);
  return plainText(decimal, Math.max(digits.length - point, 0));
}

function binaryText(size: number): string {
  const { mantissa, exponent } = binaryParts(size);
  return `${mantissa}p${exponent < 0 ? "" : "+"}${exponent}`;
}

function hexText(size: number, precision: number): string {
  if (size === 0) return `0x0${precision > 0 ? `.${"0".repeat(precision)}` : ""}p+00`;
  const { mantissa, exponent } = binaryParts(size);
  const shift = 53 - mantissa.toString(2).length;
  let bits = mantissa << BigInt(shift);
  let power = exponent - shift + 52;
  const places = precision < 0 ? 13 : precision;
  if (places < 13) {
    const cut = BigInt((13 - places) * 4);
    const half = 1n << (cut - 1n);
    const rest = bits & ((1n << cut) - 1n);
    bits >>= cut;
    if (rest > half || (rest === half && (bits & 1n) === 1n)) bits += 1n;
    bits <<= cut;
    if (bits >> 53n) {
      bits >>= 1n;
      power++;
    }
  }
  const digits = (bits & 0xfffffffffffffn).toString(16).padStart(13, "0");
  const fraction =
    precision < 0 ? digits.replace(/0+$/, "") : digits.slice(0, places).padEnd(places, "0");
  const sign = power < 0 ? "-" : "+";
  return `0x1${fraction && `.${fraction}`}p${sign}${String(Math.abs(power)).padStart(2, "0")}`;
}
