import { dumpYaml } from "../yaml/dump-yaml.ts";
import { parseYaml } from "../yaml/parse-yaml.ts";
import { text } from "./arguments.ts";
import { decodeBase32, encodeBase32 } from "./base32.ts";
import { both, kudo, native } from "./define.ts";
import { fromBytes, toBytes } from "./go/bytes.ts";
import { goJson } from "./go-json.ts";
import { FunctionError, type TemplateFunction } from "./template-function.ts";

/** Between values and text: base64, base32, JSON, YAML. What cannot be decoded is an error; in KUDO's dialect the error's text, as in Sprig. */
export const ENCODING: readonly TemplateFunction[] = [
  both("b64enc", 1, ([s]) => toBytes(text(s)).toString("base64")),
  native("b64dec", 1, ([s]) => decoded(decodeBase64(text(s)))),
  kudo("b64dec", 1, ([s]) => textOrError(decodeBase64(text(s)), "base64")),
  both("b32enc", 1, ([s]) => encodeBase32(toBytes(text(s)))),
  native("b32dec", 1, ([s]) => decoded(decodeBase32(text(s)))),
  kudo("b32dec", 1, ([s]) => textOrError(decodeBase32(text(s)), "base32")),
  native("toJson", 1, ([value]) => goJson(value)),
  native("toPrettyJson", 1, ([value]) => goJson(value, { indent: 2 })),
  native("toRawJson", 1, ([value]) => goJson(value, { raw: true })),
  native("fromJson", 1, ([s]) => fromJson(text(s))),
  native("toYaml", 1, ([value]) => dumpYaml(value).replace(/\n$/, "")),
  native("fromYaml", 1, ([s]) => fromYaml(text(s))),
];

/** Bytes, or where (counted in bytes) the input is wrong. */
type Decoded = Buffer | { readonly wrongAt: number };

/** Standard base64 with padding; line breaks are skipped, as in Go. */
function decodeBase64(s: string): Decoded {
  const bytes = toBytes(s);
  const kept = Array.from(bytes.entries()).filter(([, byte]) => byte !== 10 && byte !== 13);
  const clean = kept.map(([, byte]) => String.fromCharCode(byte)).join("");
  if (/^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(clean))
    return Buffer.from(clean, "base64");
  const wrong = wrongBase64(clean);
  return { wrongAt: kept[wrong]?.[0] ?? bytes.length };
}

/** Where Go stops: at a wrong letter, after a group that ends too early, or at what follows the padding. */
function wrongBase64(clean: string): number {
  const letters = /^[A-Za-z0-9+/]*/.exec(clean)?.[0].length ?? 0;
  const inGroup = letters % 4;
  if (letters === clean.length) return letters - inGroup;
  if (clean[letters] !== "=" || inGroup < 2) return letters;
  if (inGroup === 3) return letters + 1;
  return clean[letters + 1] === "=" ? letters + 2 : letters + 1;
}

function decoded(result: Decoded): string {
  if ("wrongAt" in result)
    throw new FunctionError(`cannot be decoded: wrong at byte ${result.wrongAt}`);
  const plain = result.toString("utf8");
  if (!Buffer.from(plain).equals(result)) throw new FunctionError("the decoded bytes are not text");
  return plain;
}

function textOrError(result: Decoded, encoding: string): string {
  return "wrongAt" in result
    ? `illegal ${encoding} data at input byte ${result.wrongAt}`
    : fromBytes(result);
}

function fromJson(s: string): unknown {
  try {
    return JSON.parse(s);
  } catch (error) {
    throw new FunctionError("the text is not JSON", { cause: error });
  }
}

function fromYaml(s: string): unknown {
  const { value, issues } = parseYaml(s, "fromYaml");
  const [first] = issues;
  if (first)
    throw new FunctionError(`the text is not YAML: line ${first.at?.line ?? 1}: ${first.message}`);
  return value;
}
