import { parseFloatText, parseWhole } from "../functions/go/parse-number.ts";
import { quote } from "../functions/go/quote.ts";
import { unquoteChar } from "./unquote.ts";

/** What a constant may be taken for. */
export interface GoNumber {
  readonly int: bigint | undefined;
  readonly isUint: boolean;
  readonly float: number | undefined;
  readonly ideal: "int" | "float";
}

/** Reads a number or character constant as Go's template parser does; a text says what is wrong. */
export function readNumber(text: string): GoNumber | string {
  if (text.startsWith("'")) return readChar(text);
  if (text.endsWith("i") && !/^0x/i.test(text)) return `bad number syntax: ${quote(text)}`;
  const whole = parseWhole(text);
  const signed = whole !== undefined && whole >= MIN && whole <= MAX;
  const unsigned =
    whole !== undefined && whole >= 0n && whole <= MAX_UNSIGNED && !/^[-+]/.test(text);
  if (signed || unsigned)
    return {
      int: signed ? whole : undefined,
      isUint: unsigned || whole === 0n,
      float: Number(whole),
      ideal: idealOf(text),
    };
  const float = parseFloatText(text);
  if (float === undefined || !Number.isFinite(float))
    return `illegal number syntax: ${quote(text)}`;
  if (!/[.eEpP]/.test(text)) return `integer overflow: ${quote(text)}`;
  const fits = Number.isInteger(float) && float >= -(2 ** 63) && float < 2 ** 63;
  const isUint = Number.isInteger(float) && float >= 0 && float < 2 ** 64;
  return { int: fits ? BigInt(float) : undefined, isUint, float, ideal: idealOf(text) };
}

const MIN = -(1n << 63n);
const MAX = (1n << 63n) - 1n;
const MAX_UNSIGNED = (1n << 64n) - 1n;

function readChar(text: string): GoNumber | string {
  const char = unquoteChar(text, 1, "'");
  if (!char) return "invalid syntax";
  if (text.slice(char.end) !== "'") return `malformed character constant: ${text}`;
  return { int: BigInt(char.code), isUint: true, float: char.code, ideal: "int" };
}

function idealOf(text: string): "int" | "float" {
  const isHexInt = /^0[xX]./.test(text) && !/[pP]/.test(text);
  return !isHexInt && /[.eEpP]/.test(text) ? "float" : "int";
}
