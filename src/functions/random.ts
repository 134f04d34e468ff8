import { createHmac } from "node:crypto";
import { type FunctionContext, FunctionError } from "./template-function.ts";

/** A source of bytes that only looks random: the same run, template and call give the same bytes. */
export interface RandomBytes {
  /** The next byte, 0 to 255. */
  next(): number;
}

/** The bytes of the next random call of a rendering (HMAC-SHA256 over template, ordinal and block, keyed with the run's seed). */
export function randomBytes(context: FunctionContext): RandomBytes {
  const ordinal = context.nextOrdinal();
  let block = 0;
  let bytes: Iterator<number> = [][Symbol.iterator]();
  return {
    next() {
      const { value, done } = bytes.next();
      if (!done) return value;
      const input = JSON.stringify([context.template, ordinal, block++]);
      bytes = createHmac("sha256", context.seed).update(input).digest().values();
      return this.next();
    },
  };
}

/** A whole number from 0 up to, and without, `limit`; each as likely as any other. Throws for a limit below 1 or beyond 2^48. */
export function randomBelow(bytes: RandomBytes, limit: number): number {
  if (limit < 1 || limit > 2 ** 48) throw new FunctionError("the range is empty or too wide");
  const count = Math.max(1, Math.ceil(Math.log2(limit) / 8));
  const span = 256 ** count;
  const fair = span - (span % limit);
  for (;;) {
    let value = 0;
    for (let i = 0; i < count; i++) value = value * 256 + bytes.next();
    if (value < fair) return value % limit;
  }
}
