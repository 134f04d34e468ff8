const TRUE = new Set("y Y yes Yes YES true True TRUE on On ON".split(" "));
const FALSE = new Set("n N no No NO false False FALSE off Off OFF".split(" "));
const NULL = new Set(["", "~", "null", "Null", "NULL"]);

/** Integers that fit neither 64 bits signed nor unsigned are floating-point numbers to Kubernetes. */
const LEAST = -(2n ** 63n);
const GREATEST = 2n ** 64n - 1n;

/**
 * What a plain YAML scalar means to Kubernetes (go-yaml v2 as `sigs.k8s.io/yaml` uses it: YAML 1.1 booleans, `010` is 8, `1e3` is 1000,
 * dates and `1:30` are strings); undefined for a string. An integer that a JavaScript number cannot hold exactly is a bigint.
 */
export function resolveScalar(text: string): null | boolean | number | bigint | undefined {
  if (NULL.has(text)) return null;
  if (TRUE.has(text)) return true;
  if (FALSE.has(text)) return false;
  if (!/^[-+.0-9]/.test(text)) return undefined;
  if (/^[-+]?\.(inf|Inf|INF)$/.test(text)) return text.startsWith("-") ? -Infinity : Infinity;
  if (/^\.(nan|NaN|NAN)$/.test(text)) return Number.NaN;
  const digits = text.replaceAll("_", "");
  const integer = /^([-+]?)(0x[0-9a-fA-F]+|0b[01]+|0o?[0-7]+|0|[1-9][0-9]*)$/.exec(digits);
  if (integer) return resolveInteger(integer[1] ?? "", integer[2] ?? "");
  if (!/^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/.test(digits)) return undefined;
  const number = Number(digits);
  return Number.isFinite(number) ? number : undefined;
}

function resolveInteger(sign: string, digits: string): number | bigint {
  const literal = /^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits;
  const magnitude = BigInt(literal);
  const value = sign === "-" ? -magnitude : magnitude;
  const number = Number(value);
  return value < LEAST || value > GREATEST || Number.isSafeInteger(number) ? number : value;
}
