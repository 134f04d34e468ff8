import { createHash } from "node:crypto";
import bcrypt from "bcryptjs";
import { integer, text } from "./arguments.ts";
import { both, native } from "./define.ts";
import { toBytes } from "./go/bytes.ts";
import { randomBelow, randomBytes } from "./random.ts";
import { type FunctionContext, FunctionError, type TemplateFunction } from "./template-function.ts";

/** About a tenth of a second: a template gets 32 of them. */
const SLOW = { work: 512 * 1024 };

/** Hashes, and values that are random once per run: they follow from the run's seed, the template and the order of the calls. */
export const CRYPTO: readonly TemplateFunction[] = [
  both("sha1sum", 1, ([s]) => digest("sha1", text(s))),
  both("sha256sum", 1, ([s]) => digest("sha256", text(s))),
  native("sha512sum", 1, ([s]) => digest("sha512", text(s))),
  both("adler32sum", 1, ([s]) => adler32(text(s))),
  native("bcrypt", 1, ([password], context) => bcryptHash(text(password), context), SLOW),
  native(
    "htpasswd",
    2,
    ([user, password], context) => htpasswd(text(user), text(password), context),
    SLOW,
  ),
  both("randAlphaNum", 1, ([count], context) => randomText(integer(count), ALNUM, context)),
  both("randAlpha", 1, ([count], context) => randomText(integer(count), LETTERS, context)),
  both("randNumeric", 1, ([count], context) => randomText(integer(count), DIGITS, context)),
  both("randAscii", 1, ([count], context) => randomText(integer(count), ASCII, context)),
  native("randBytes", 1, ([count], context) => randomBase64(integer(count), context)),
  native("randInt", 2, ([min, max], context) => randomInteger(integer(min), integer(max), context)),
  both("uuidv4", 0, (_, context) => uuid(context)),
  both("shuffle", 1, ([s], context) => shuffle(text(s), context)),
];

const DIGITS = "0123456789";
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const ALNUM = LETTERS + DIGITS;
/** Space to tilde. */
const ASCII = String.fromCharCode(...Array.from({ length: 95 }, (_, index) => 32 + index));
/** bcrypt's cost in htpasswd files: 2^10 rounds. */
const COST = 10;
/** bcrypt reads no more. */
const MAX_PASSWORD_BYTES = 72;

function digest(algorithm: string, s: string): string {
  return createHash(algorithm).update(toBytes(s)).digest("hex");
}

/** RFC 1950, as a decimal number. */
function adler32(s: string): string {
  let a = 1;
  let b = 0;
  for (const byte of toBytes(s)) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  return String(b * 65536 + a);
}

function htpasswd(user: string, password: string, context: FunctionContext): string {
  if (user.includes(":")) throw new FunctionError("the user name contains a colon");
  return `${user}:${bcryptHash(password, context)}`;
}

function bcryptHash(password: string, context: FunctionContext): string {
  if (Buffer.byteLength(password) > MAX_PASSWORD_BYTES)
    throw new FunctionError(`the password is longer than ${MAX_PASSWORD_BYTES} bytes`);
  const salt = bcrypt.encodeBase64(randomArray(16, context), 16);
  return bcrypt.hashSync(password, `$2a$${COST}$${salt}`);
}

function randomText(count: number, alphabet: string, context: FunctionContext): string {
  checkCount(count);
  const bytes = randomBytes(context);
  return Array.from({ length: count }, () =>
    alphabet.charAt(randomBelow(bytes, alphabet.length)),
  ).join("");
}

function randomBase64(count: number, context: FunctionContext): string {
  checkCount(count);
  return Buffer.from(randomArray(count, context)).toString("base64");
}

function randomArray(count: number, context: FunctionContext): number[] {
  const bytes = randomBytes(context);
  return Array.from({ length: count }, () => bytes.next());
}

function randomInteger(min: number, max: number, context: FunctionContext): number {
  return min + randomBelow(randomBytes(context), max - min);
}

/** RFC 9562, version 4. */
function uuid(context: FunctionContext): string {
  const bytes = Buffer.from(randomArray(16, context));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** Fisher and Yates. */
function shuffle(s: string, context: FunctionContext): string {
  const bytes = randomBytes(context);
  const chars = Array.from(s);
  for (let last = chars.length - 1; last > 0; last--) {
    const other = randomBelow(bytes, last + 1);
    const [a = "", b = ""] = [chars[last], chars[other]];
    chars[last] = b;
    chars[other] = a;
  }
  return chars.join("");
}

/** Each character takes far longer than copying one. */
const MAX_RANDOM = 65_536;

function checkCount(count: number): void {
  if (count < 0) throw new FunctionError("the count is negative");
  if (count > MAX_RANDOM)
    throw new FunctionError(`the random text would be longer than ${MAX_RANDOM} characters`);
}
