import { parseFloatText, parseWhole } from "./parse-number.ts";

/** Whether yaml.v2 reads a text without quotes as that text, and not as a number, date, boolean or nothing. */
export function plainIsText(text: string): boolean {
  const first = text.charAt(0);
  if (text === "") return false;
  if (/^[yYnNtTfFoO~+\-.0-9]/.test(first) && WORDS.has(text)) return false;
  if (first === ".") return parseFloatText(text) === undefined;
  if (!/^[-+0-9]/.test(first)) return true;
  if (isTimestamp(text) || BASE_60.test(text)) return false;
  const plain = text.replaceAll("_", "");
  const whole = parseWhole(plain);
  if (whole !== undefined && whole >= -(1n << 63n) && whole < 1n << 64n) return false;
  if (FLOAT.test(plain) && Number.isFinite(Number(plain))) return false;
  return !/^-?0b[01]{1,63}$/.test(plain);
}

const WORDS: ReadonlySet<string> = new Set(
  "y Y yes Yes YES true True TRUE on On ON n N no No NO false False FALSE off Off OFF ~ null Null NULL .nan .NaN .NAN .inf .Inf .INF +.inf +.Inf +.INF -.inf -.Inf -.INF".split(
    " ",
  ),
);
const FLOAT = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;
const BASE_60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;
const TIMESTAMP =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:(?:[Tt](\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.\d+)?(?:Z|[-+]\d\d:\d\d))|(?: (\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.\d+)?))?$/;

function isTimestamp(text: string): boolean {
  const found = TIMESTAMP.exec(text);
  if (!found) return false;
  const [year = 0, month = 0, day = 0] = found.slice(1, 4).map(Number);
  const [hour = 0, minute = 0, second = 0] = (
    found[4] === undefined ? found.slice(7, 10) : found.slice(4, 7)
  ).map((part) => Number(part ?? 0));
  const last = new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
  const isDate = month >= 1 && month <= 12 && day >= 1 && day <= last;
  return isDate && hour < 24 && minute < 60 && second < 60;
}
