import { isMap } from "../model/json.ts";
import { exponentForm, goNumber, goQuote, goText } from "./go-text.ts";
import { typeOf } from "./kinds.ts";
import { checkTextSize } from "./limits.ts";

/** How one value is to be written: `%-08.3f`. */
interface Directive {
  readonly flags: string;
  readonly width: number;
  readonly precision: number | undefined;
  readonly verb: string;
}

const DIRECTIVE = /%([-+# 0]*)(?:\[(\d+)\])?(\d+|\*)?(?:\.(\d+|\*)?)?(?:\[(\d+)\])?(.?)/gsu;

/** Go's `fmt.Sprintf` for plain data; mistakes are written into the text as Go does: `%!d(string=a)`. */
export function goFormat(format: string, args: readonly unknown[]): string {
  let next = 0;
  let jumped = false;
  const jump = (index: string | undefined) => {
    if (index === undefined) return;
    next = Number(index) - 1;
    jumped = true;
  };
  const size = (written: string | undefined) =>
    written === "*" ? Number(args[next++]) || 0 : Number(written ?? 0);
  const text = format.replace(
    DIRECTIVE,
    (whole: string, flags: string, first, width, precision, second, verb: string) => {
      if (verb === "%") return "%";
      jump(first);
      const wide = size(width);
      const places = whole.includes(".") ? size(precision) : undefined;
      jump(second);
      if (verb === "") return "%!(NOVERB)";
      if (next >= args.length || next < 0) return `%!${verb}(${jumped ? "BADINDEX" : "MISSING"})`;
      checkTextSize(Math.max(Math.abs(wide), places ?? 0));
      const left = wide < 0 ? "-" : "";
      return formatOne(args[next++], {
        flags: (verb === "v" ? flags.replace("+", "") : flags) + left,
        width: Math.abs(wide),
        precision: places,
        verb,
      });
    },
  );
  const extra = jumped ? [] : args.slice(next);
  if (extra.length === 0) return text;
  return `${text}%!(EXTRA ${extra.map((value) => `${typeOf(value)}=${goText(value)}`).join(", ")})`;
}

function formatOne(value: unknown, directive: Directive): string {
  const { verb, flags } = directive;
  if (verb === "T") return padded(typeOf(value), directive);
  if (verb === "v" && flags.includes("#")) return padded(goSyntax(value), directive);
  if (Array.isArray(value)) return `[${value.map((item) => formatOne(item, directive)).join(" ")}]`;
  if (isMap(value)) {
    const members = Object.keys(value)
      .sort()
      .map((key) => `${formatOne(key, directive)}:${formatOne(value[key], directive)}`);
    return `map[${members.join(" ")}]`;
  }
  if (typeof value === "string") return formatText(value, directive);
  if (typeof value === "number" && ("eEfFgG".includes(verb) || !Number.isSafeInteger(value)))
    return formatFloat(value, directive);
  if (typeof value === "bigint" || typeof value === "number")
    return formatInteger(value, directive);
  if (typeof value === "boolean" && (verb === "t" || verb === "v"))
    return padded(String(value), directive);
  return value === null || value === undefined
    ? verb === "v"
      ? padded("<nil>", directive)
      : `%!${verb}(<nil>)`
    : wrong(value, verb);
}

function formatText(value: string, directive: Directive): string {
  const { verb, precision, flags } = directive;
  const cut = precision === undefined ? value : Array.from(value).slice(0, precision).join("");
  const spaced = flags.includes(" ") ? " " : "";
  const hex = () =>
    Array.from(Buffer.from(cut), (byte) => byte.toString(16).padStart(2, "0")).join(spaced);
  switch (verb) {
    case "s":
    case "v":
      return padded(cut, directive);
    case "q":
      return padded(goQuote(cut), directive);
    case "x":
      return padded(hex(), directive);
    case "X":
      return padded(hex().toUpperCase(), directive);
    default:
      return wrong(value, verb);
  }
}

const BASES: Readonly<Record<string, readonly [base: number, prefix: string]>> = {
  v: [10, ""],
  d: [10, ""],
  b: [2, "0b"],
  o: [8, "0"],
  x: [16, "0x"],
  X: [16, "0X"],
};

function formatInteger(value: bigint | number, directive: Directive): string {
  const { verb, flags, precision } = directive;
  const size = value < 0 ? -BigInt(value) : BigInt(value);
  const base = BASES[verb];
  if (base) {
    const digits = size.toString(base[0]).padStart(precision ?? 0, "0");
    const prefix = flags.includes("#") ? base[1] : "";
    const body = prefix + (verb === "X" ? digits.toUpperCase() : digits);
    return padded(signed(value < 0, body, flags), directive, precision === undefined);
  }
  const point = Number(value);
  const char = point >= 0 && point <= 0x10ffff ? String.fromCodePoint(point) : "\ufffd";
  if (verb === "c") return padded(char, directive);
  if (verb === "q") return padded(`'${goQuote(char).slice(1, -1).replace("'", "\\'")}'`, directive);
  if (verb === "U")
    return padded(`U+${point.toString(16).toUpperCase().padStart(4, "0")}`, directive);
  return wrong(value, verb);
}

function formatFloat(value: number, directive: Directive): string {
  const { verb, flags, precision } = directive;
  const size = Math.abs(value);
  const write = () => {
    switch (verb) {
      case "f":
      case "F":
        return fixed(size, Math.min(precision ?? 6, 99));
      case "e":
      case "E":
        return exponentForm(size.toExponential(Math.min(precision ?? 6, 100)));
      case "g":
      case "G":
      case "v":
        return precision === undefined ? goNumber(size) : significant(size, precision);
      default:
        return undefined;
    }
  };
  const body = write();
  if (body === undefined) return wrong(value, verb);
  const cased = "EG".includes(verb) ? body.toUpperCase() : body;
  return padded(signed(value < 0, cased, flags), directive);
}

/** Half to even where JavaScript rounds up: 2.5 is 2. */
function fixed(value: number, places: number): string {
  const exact = value.toFixed(100);
  const cut = exact.indexOf(".") + 1 + places;
  const rounded = value.toFixed(places);
  const isHalf = /^50*$/.test(exact.slice(cut));
  return isHalf && /[13579]$/.test(rounded) ? exact.slice(0, cut).replace(/\.$/, "") : rounded;
}

/** `%.3g`: that many digits, without zeros at the end. */
function significant(value: number, precision: number): string {
  const digits = Math.min(Math.max(precision, 1), 100);
  const [mantissa = "0", exponent = "0"] = value.toExponential(digits - 1).split("e");
  const short = mantissa.replace(/\.?0+$/, "");
  if (Number(exponent) < -4 || Number(exponent) >= digits)
    return exponentForm(`${short}e${exponent}`);
  const fixed = value.toFixed(Math.max(digits - 1 - Number(exponent), 0));
  return fixed.includes(".") ? fixed.replace(/\.?0+$/, "") : fixed;
}

function signed(negative: boolean, body: string, flags: string): string {
  if (negative) return `-${body}`;
  return (flags.includes("+") ? "+" : flags.includes(" ") ? " " : "") + body;
}

function padded(body: string, { flags, width }: Directive, mayBeZeros = true): string {
  const missing = width - Array.from(body).length;
  if (missing <= 0) return body;
  if (flags.includes("-")) return body + " ".repeat(missing);
  if (!flags.includes("0") || !mayBeZeros) return " ".repeat(missing) + body;
  const [, sign = "", digits = ""] = /^([-+ ]?(?:0[xXb])?)(.*)$/.exec(body) ?? [];
  return sign + "0".repeat(missing) + digits;
}

function wrong(value: unknown, verb: string): string {
  return `%!${verb}(${typeOf(value)}=${goText(value)})`;
}

/** `%#v` */
function goSyntax(value: unknown): string {
  if (typeof value === "string") return goQuote(value);
  if (Array.isArray(value)) return `${typeOf(value)}{${value.map(goSyntax).join(", ")}}`;
  if (!isMap(value)) return goText(value);
  const members = Object.keys(value)
    .sort()
    .map((key) => `${goQuote(key)}:${goSyntax(value[key])}`);
  return `${typeOf(value)}{${members.join(", ")}}`;
}
