import { createCipheriv, createDecipheriv, createHmac, scryptSync } from "node:crypto";
import { kudo } from "../define.ts";
import { randomBytes } from "../random.ts";
import {
  type FunctionContext,
  FunctionError,
  type TemplateFunction,
} from "../template-function.ts";
import { fromBytes, toBytes } from "./bytes.ts";
import { type GoValue, integerOf } from "./value.ts";

/** A tenth of a second each: a template gets five. */
const SLOW = 6 * 1024 * 1024;

/** Sprig's passwords and ciphers; what makes certificates or asks the network is refused by name. */
export const SPRIG_CRYPTO: readonly TemplateFunction[] = [
  { ...kudo("derivePassword", 5, derivePassword), work: SLOW },
  kudo("encryptAES", 2, ([password, text], context) =>
    encrypt(String(password), String(text), context),
  ),
  kudo("decryptAES", 2, ([password, text]) => decrypt(String(password), String(text))),
  ...["buildCustomCert", "genCA", "genPrivateKey", "genSelfSignedCert", "genSignedCert"].map(
    (name) =>
      kudo(name, 0, () => {
        throw new FunctionError(
          `${name} is not supported: put keys and certificates into a parameter or a Secret`,
        );
      }),
  ),
  kudo("getHostByName", 1, () => {
    throw new FunctionError("getHostByName is not supported: a template cannot use the network");
  }),
];

const SEED = "com.lyndir.masterpassword";

/** The templates of a password's characters, by its type (the algorithm of masterpassword.app). */
const PASSWORDS: Readonly<Record<string, string>> = {
  maximum: "anoxxxxxxxxxxxxxxxxx axxxxxxxxxxxxxxxxxno",
  long: "CvcvnoCvcvCvcv CvcvCvcvnoCvcv CvcvCvcvCvcvno CvccnoCvcvCvcv CvccCvcvnoCvcv CvccCvcvCvcvno CvcvnoCvccCvcv CvcvCvccnoCvcv CvcvCvccCvcvno CvcvnoCvcvCvcc CvcvCvcvnoCvcc CvcvCvcvCvccno CvccnoCvccCvcv CvccCvccnoCvcv CvccCvccCvcvno CvcvnoCvccCvcc CvcvCvccnoCvcc CvcvCvccCvccno CvccnoCvcvCvcc CvccCvcvnoCvcc CvccCvcvCvccno",
  medium: "CvcnoCvc CvcCvcno",
  short: "Cvcn",
  basic: "aaanaaan aannaaan aaannaaa",
  pin: "nnnn",
};
const CHARACTERS: Readonly<Record<string, string>> = {
  V: "AEIOU",
  C: "BCDFGHJKLMNPQRSTVWXYZ",
  v: "aeiou",
  c: "bcdfghjklmnpqrstvwxyz",
  A: "AEIOUBCDFGHJKLMNPQRSTVWXYZ",
  a: "AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz",
  n: "0123456789",
  o: "@&%?,=[]_:-+*$#!'^~;()/.",
  x: "AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz0123456789!@#$%^&*()",
};

function derivePassword(args: readonly GoValue[]): string {
  const [type, password, user, site] = args.slice(1).map(String);
  const known = Object.hasOwn(PASSWORDS, type ?? "") ? PASSWORDS[type ?? ""] : undefined;
  if (known === undefined) return `cannot find password template ${type}`;
  const counter = Buffer.alloc(4);
  counter.writeUInt32BE(Number(integerOf(args[0]) ?? 0n));
  const salt = Buffer.concat([Buffer.from(SEED), sized(user ?? "")]);
  const options = { N: 32768, r: 8, p: 2, maxmem: 128 * 1024 * 1024 };
  const key = scryptSync(toBytes(password ?? ""), salt, 64, options);
  const seed = createHmac("sha256", key)
    .update(Buffer.concat([Buffer.from(SEED), sized(site ?? ""), counter]))
    .digest();
  const choices = known.split(" ");
  const chosen = choices[(seed[0] ?? 0) % choices.length] ?? "";
  return Array.from(chosen, (letter, index) => {
    const chars = CHARACTERS[letter] ?? "";
    return chars.charAt((seed[index + 1] ?? 0) % chars.length);
  }).join("");
}

function sized(text: string): Buffer {
  const bytes = toBytes(text);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** The password's bytes, cut or filled with zeros. */
function keyOf(password: string): Buffer {
  const key = Buffer.alloc(32);
  toBytes(password).copy(key);
  return key;
}

function encrypt(password: string, text: string, context: FunctionContext): string {
  if (text === "") return "";
  const random = randomBytes(context);
  const iv = Buffer.from(Array.from({ length: 16 }, () => random.next()));
  const cipher = createCipheriv("aes-256-cbc", keyOf(password), iv);
  return Buffer.concat([iv, cipher.update(toBytes(text)), cipher.final()]).toString("base64");
}

function decrypt(password: string, text: string): string {
  if (text === "") return "";
  const bytes = Buffer.from(text, "base64");
  if (bytes.length < 32 || bytes.length % 16 !== 0)
    throw new FunctionError("the text is not what encryptAES gives");
  const decipher = createDecipheriv("aes-256-cbc", keyOf(password), bytes.subarray(0, 16));
  decipher.setAutoPadding(false);
  const plain = Buffer.concat([decipher.update(bytes.subarray(16)), decipher.final()]);
  const padding = plain.at(-1) ?? 0;
  if (padding > plain.length) throw new FunctionError("the password or the text is wrong");
  return fromBytes(plain.subarray(0, plain.length - padding));
}
