/** Go's `strconv.ParseInt` with base 0, of any size; undefined for what is none. */
export function parseWhole(text: string): bigint | undefined {
  const [, sign, body = ""] = /^([-+]?)(.*)$/s.exec(text) ?? [];
  if (!underscoresFit(body)) return undefined;
  const plain = body.replaceAll("_", "");
  const octal = /^0[0-7]+$/.test(plain);
  const isWhole = octal || /^(?:0|[1-9]\d*|0[xX][\da-fA-F]+|0[oO][0-7]+|0[bB][01]+)$/.test(plain);
  if (!isWhole) return undefined;
  const size = BigInt(octal ? `0o${plain.slice(1)}` : plain.toLowerCase());
  return sign === "-" ? -size : size;
}

/** Underscores stand between digits, or after a base. */
function underscoresFit(body: string): boolean {
  if (!body.includes("_")) return true;
  const [, prefix = "", rest = ""] = /^(0[xXoObB])?(.*)$/s.exec(body) ?? [];
  const digit = /^0[xX]$/.test(prefix) ? "[0-9a-fA-F]" : "[0-9]";
  const start = prefix === "" ? `(?<=${digit})` : `(?<=${digit}|^)`;
  return rest.replace(new RegExp(`${start}_(?=${digit})`, "g"), "").includes("_") === false;
}

/** Go's `strconv.ParseFloat` of a number, infinite when it is too large; undefined for what is none. */
export function parseFloatText(text: string): number | undefined {
  const [, sign, body = ""] = /^([-+]?)(.*)$/s.exec(text) ?? [];
  if (!underscoresFit(body)) return undefined;
  const size = floatSize(body.replaceAll("_", ""));
  return size === undefined ? undefined : sign === "-" ? -size : size;
}

function floatSize(plain: string): number | undefined {
  if (/^(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/.test(plain)) return Number(plain);
  const [, whole = "", fraction = "", exponent] =
    /^0[xX]([\da-fA-F]*)\.?([\da-fA-F]*)[pP]([-+]?\d+)$/.exec(plain) ?? [];
  if (exponent === undefined || whole + fraction === "") return undefined;
  const power = Math.max(Math.min(Number(exponent), 5000), -5000) - 4 * fraction.length;
  return Number(BigInt(`0x${whole}${fraction}`)) * 2 ** power;
}
