import { checkTextSize } from "../limits.ts";
import { runesOf, toBytes } from "./bytes.ts";
import { type FloatFormat, floatText } from "./float-text.ts";
import { printed } from "./print.ts";
import { canBackquote, isPrintable, quote } from "./quote.ts";
import {
  GoInt,
  GoObject,
  type GoValue,
  goType,
  integerOf,
  isGoMap,
  isNilSlice,
  sortedKeys,
} from "./value.ts";

/** How one value is to be written: `%-08.3f`. */
interface Directive {
  readonly minus: boolean;
  readonly plus: boolean;
  readonly sharp: boolean;
  /** `%#v`: as Go's source would say it. */
  readonly syntax: boolean;
  readonly space: boolean;
  readonly zero: boolean;
  readonly width: number | undefined;
  readonly precision: number | undefined;
  readonly verb: string;
}

/** The widest field and the most digits that Go's fmt takes. */
const MOST = 1_000_000;

/** Go's `fmt.Sprintf`; what is wrong is written into the text, as Go does: `%!d(string=a)`. */
export function sprintf(format: string, args: readonly GoValue[]): string {
  return new Formatter(format, args).text();
}

class Formatter {
  private readonly format: string;
  private readonly args: readonly GoValue[];
  private at = 0;
  private next = 0;
  /** An argument was named by its place, so that left over ones are no mistake. */
  private reordered = false;
  private goodIndex = true;
  private out = "";

  constructor(format: string, args: readonly GoValue[]) {
    this.format = format;
    this.args = args;
  }

  text(): string {
    while (this.at < this.format.length) {
      const percent = this.format.indexOf("%", this.at);
      const end = percent < 0 ? this.format.length : percent;
      this.write(this.format.slice(this.at, end));
      this.at = end + 1;
      if (percent >= 0) this.directive();
    }
    if (!this.reordered && this.next < this.args.length) this.extra();
    return this.out;
  }

  private write(text: string): void {
    this.out += text;
    checkTextSize(this.out.length);
  }

  private directive(): void {
    this.goodIndex = true;
    let afterIndex = false;
    const flags = /[-+# 0]*/y;
    flags.lastIndex = this.at;
    const set = flags.exec(this.format)?.[0] ?? "";
    this.at += set.length;
    let minus = set.includes("-");
    let zero = set.includes("0");

    afterIndex = this.index(afterIndex);
    let width: number | undefined;
    if (this.format[this.at] === "*") {
      this.at++;
      width = this.star();
      if (width === undefined) this.write("%!(BADWIDTH)");
      else if (width < 0) {
        width = -width;
        minus = true;
        zero = false;
      }
      afterIndex = false;
    } else {
      width = this.number();
      if (afterIndex && width !== undefined) this.goodIndex = false;
    }
    let precision: number | undefined;
    if (this.format[this.at] === ".") {
      this.at++;
      if (afterIndex) this.goodIndex = false;
      afterIndex = this.index(afterIndex);
      if (this.format[this.at] === "*") {
        this.at++;
        precision = this.star();
        const isWrong = precision === undefined || precision < 0;
        if (isWrong) {
          this.write("%!(BADPREC)");
          precision = undefined;
        }
        afterIndex = false;
      } else precision = this.number() ?? 0;
    }
    if (!afterIndex) this.index(afterIndex);

    const verb = String.fromCodePoint(this.format.codePointAt(this.at) ?? 0);
    if (this.at >= this.format.length) {
      this.write("%!(NOVERB)");
      return;
    }
    this.at += verb.length;
    if (verb === "%") this.write("%");
    else if (!this.goodIndex) this.write(`%!${verb}(BADINDEX)`);
    else if (this.next >= this.args.length) this.write(`%!${verb}(MISSING)`);
    else
      this.write(
        formatted(this.args[this.next++], {
          minus,
          plus: set.includes("+") && verb !== "v",
          sharp: set.includes("#") && verb !== "v",
          syntax: set.includes("#") && verb === "v",
          space: set.includes(" "),
          zero,
          width,
          precision,
          verb,
        }),
      );
  }

  /** `[2]` */
  private index(before: boolean): boolean {
    if (this.format[this.at] !== "[") return before;
    this.reordered = true;
    const close = this.format.indexOf("]", this.at);
    const inside = close < 0 ? "" : this.format.slice(this.at + 1, close);
    this.at = close < 0 ? this.at + 1 : close + 1;
    const isNumber = /^\d+$/.test(inside) && Number(inside) <= MOST;
    const place = Number(inside);
    if (isNumber && place >= 1 && place <= this.args.length) {
      this.next = place - 1;
      return true;
    }
    this.goodIndex = false;
    return isNumber;
  }

  private number(): number | undefined {
    const digits = /\d+/y;
    digits.lastIndex = this.at;
    const found = digits.exec(this.format)?.[0];
    if (found === undefined) return undefined;
    this.at += found.length;
    if (Number(found) <= MOST) return Number(found);
    this.at = this.format.length;
    return undefined;
  }

  private star(): number | undefined {
    if (this.next >= this.args.length) return undefined;
    const value = integerOf(this.args[this.next++]);
    const wide = value === undefined || value > MOST || value < -MOST;
    return wide ? undefined : Number(value);
  }

  private extra(): void {
    const rest = this.args
      .slice(this.next)
      .map((value) =>
        value === null || value === undefined ? "<nil>" : `${goType(value)}=${printed(value)}`,
      );
    this.write(`%!(EXTRA ${rest.join(", ")})`);
  }
}

function formatted(value: GoValue, directive: Directive): string {
  const { verb, width } = directive;
  checkTextSize(Math.max(width ?? 0, directive.precision ?? 0));
  if (value === null || value === undefined)
    return verb === "v" || verb === "T" ? padded("<nil>", directive) : wrong(value, directive);
  if (verb === "T") return textOf(goType(value), { ...directive, verb: "s" });
  if (verb === "p") return wrong(value, directive);
  return part(value, directive);
}

function part(value: GoValue, directive: Directive): string {
  if (value === null || value === undefined)
    return directive.syntax ? "interface {}(nil)" : "<nil>";
  switch (typeof value) {
    case "string":
      return textOf(value, directive);
    case "boolean":
      return "tv".includes(directive.verb)
        ? padded(String(value), directive)
        : wrong(value, directive);
    case "number":
      return floatOf(value, directive);
    case "bigint":
      return integerText(value, value, directive);
    default:
  }
  if (value instanceof GoInt) return integerText(value.value, value, directive);
  if (value instanceof GoObject)
    return "vsxXq".includes(directive.verb)
      ? textOf(value.text(), directive)
      : wrong(value, directive);
  if (Array.isArray(value)) return listOf(value, directive);
  return isGoMap(value) ? mapText(value, directive) : "";
}

function listOf(value: readonly GoValue[], directive: Directive): string {
  if (directive.syntax && isNilSlice(value)) return `${goType(value)}(nil)`;
  const items = value.map((item) => part(item, directive));
  return directive.syntax ? `${goType(value)}{${items.join(", ")}}` : `[${items.join(" ")}]`;
}

function mapText(value: Readonly<Record<string, GoValue>>, directive: Directive): string {
  const members = sortedKeys(value).map(
    (key) => `${part(key, directive)}:${part(value[key], directive)}`,
  );
  return directive.syntax ? `${goType(value)}{${members.join(", ")}}` : `map[${members.join(" ")}]`;
}

function textOf(value: string, directive: Directive): string {
  const { verb, precision, sharp, plus, syntax } = directive;
  const cut = () => (precision === undefined ? value : runesOf(value).slice(0, precision).join(""));
  const quoted = () => {
    const text = cut();
    return sharp && canBackquote(text) ? `\`${text}\`` : quote(text, '"', plus);
  };
  switch (verb) {
    case "v":
      return padded(syntax ? quoted() : cut(), directive);
    case "s":
      return padded(cut(), directive);
    case "q":
      return padded(quoted(), directive);
    case "x":
    case "X":
      return padded(hexOf(value, directive), directive);
    default:
      return wrong(value, directive);
  }
}

function hexOf(value: string, { verb, precision, space, sharp }: Directive): string {
  const bytes = toBytes(value);
  const count = Math.min(precision ?? bytes.length, bytes.length);
  const prefix = sharp ? (verb === "X" ? "0X" : "0x") : "";
  const pairs = Array.from(bytes.subarray(0, count), (byte) => byte.toString(16).padStart(2, "0"));
  const cased = verb === "X" ? pairs.map((pair) => pair.toUpperCase()) : pairs;
  if (cased.length === 0) return "";
  return space ? cased.map((pair) => prefix + pair).join(" ") : prefix + cased.join("");
}

const BASES: Readonly<Record<string, readonly [base: number, prefix: string]>> = {
  v: [10, ""],
  d: [10, ""],
  b: [2, "0b"],
  o: [8, "0"],
  O: [8, "0o"],
  x: [16, "0x"],
  X: [16, "0X"],
};

function integerText(value: bigint, from: GoValue, directive: Directive): string {
  const { verb } = directive;
  const unsigned = from instanceof GoInt && from.type.startsWith("u");
  if (directive.syntax && unsigned)
    return padded(digitsOf(value, [16, "0x"], { ...directive, verb: "x", sharp: true }), directive);
  const base = BASES[verb];
  if (base) return padded(digitsOf(value, base, directive), { ...directive, zero: false });
  switch (verb) {
    case "c":
      return padded(charOf(value), directive);
    case "q":
      return padded(quote(charOf(value), "'", directive.plus), directive);
    case "U":
      return padded(unicodeOf(value, directive), { ...directive, zero: false });
    default:
      return wrong(from, directive);
  }
}

function digitsOf(
  value: bigint,
  [base, prefix]: readonly [number, string],
  directive: Directive,
): string {
  const { verb, precision, sharp, plus, space, zero, width, minus } = directive;
  const size = value < 0n ? -value : value;
  const sign = value < 0n ? "-" : plus ? "+" : space ? " " : "";
  let digits = size.toString(base);
  if (precision === 0 && size === 0n) return " ".repeat(width ?? 0);
  const room = (width ?? 0) - (sign === "" ? 0 : 1);
  const least = precision ?? (zero && !minus && width !== undefined ? room : 0);
  digits = digits.padStart(least, "0");
  if (verb === "X") digits = digits.toUpperCase();
  const marked = verb === "O" || (sharp && base !== 10);
  if (base === 8 && sharp && !digits.startsWith("0")) digits = `0${digits}`;
  const front = marked && verb !== "o" ? prefix : "";
  return sign + front + digits;
}

function charOf(value: bigint): string {
  const isChar = value >= 0n && value <= 0x10ffffn && (value < 0xd800n || value > 0xdfffn);
  return isChar ? String.fromCodePoint(Number(value)) : "\ufffd";
}

function unicodeOf(value: bigint, { precision, sharp }: Directive): string {
  const unsigned = BigInt.asUintN(64, value);
  const hex = unsigned
    .toString(16)
    .toUpperCase()
    .padStart(Math.max(precision ?? 4, 4), "0");
  const char = charOf(value);
  const shown = sharp && value <= 0x10ffffn && value >= 0n && isPrintable(char);
  return `U+${hex}${shown ? ` '${char}'` : ""}`;
}

const FLOATS: Readonly<Record<string, readonly [FloatFormat, number]>> = {
  v: ["g", -1],
  e: ["e", 6],
  E: ["e", 6],
  f: ["f", 6],
  F: ["f", 6],
  g: ["g", -1],
  G: ["g", -1],
  b: ["b", -1],
  x: ["x", -1],
  X: ["x", -1],
};

function floatOf(value: number, directive: Directive): string {
  const { verb, plus, space, zero, width, minus } = directive;
  const form = FLOATS[verb];
  if (!form) return wrong(value, directive);
  const negative = value < 0 || Object.is(value, -0);
  const sign = negative ? "-" : plus ? "+" : space ? " " : "";
  if (!Number.isFinite(value)) {
    const text = Number.isNaN(value) ? `${sign}NaN` : `${sign || "+"}Inf`;
    return padded(text, { ...directive, zero: false });
  }
  const plain = finiteText(Math.abs(value), form, directive);
  const size = "EGX".includes(verb) ? plain.toUpperCase() : plain;
  const isZeroPadded = zero && !minus && width !== undefined;
  return isZeroPadded
    ? sign + size.padStart(width - sign.length, "0")
    : padded(sign + size, directive);
}

function finiteText(
  size: number,
  [format, usual]: readonly [FloatFormat, number],
  directive: Directive,
): string {
  const { sharp, precision, verb } = directive;
  const text = floatText(size, format, precision ?? usual);
  if (!sharp || verb === "b") return text;
  return sharpened(text, directive);
}

/** `%#g`: a point always, and zeros at the end up to the precision; Go counts the x of `0x` as a digit, and nothing for `%#X`. */
function sharpened(text: string, { verb, precision }: Directive): string {
  const [, body = text, tail = ""] = /^(.*?)((?:p|e(?=[+-]))[+-]?\d+)?$/.exec(text) ?? [];
  const digits = body.replace(".", "").replace(/^0+/, "");
  const hasPoint = body.includes(".");
  const zero = !hasPoint && body === "0" ? 1 : 0;
  const wanted = "vgGx".includes(verb) ? (precision ?? 6) : 0;
  const missing = Math.max(wanted - digits.length - zero, 0);
  return `${body}${hasPoint ? "" : "."}${"0".repeat(missing)}${tail}`;
}

function padded(text: string, { width, minus, zero }: Directive): string {
  if (width === undefined) return text;
  const missing = width - runesOf(text).length;
  if (missing <= 0) return text;
  if (minus) return text + " ".repeat(missing);
  return (zero ? "0" : " ").repeat(missing) + text;
}

function wrong(value: GoValue, directive: Directive): string {
  const { verb } = directive;
  if (value === null || value === undefined) return `%!${verb}(<nil>)`;
  return `%!${verb}(${goType(value)}=${part(value, { ...directive, verb: "v" })})`;
}
