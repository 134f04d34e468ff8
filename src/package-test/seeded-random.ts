import { createHmac } from "node:crypto";
import type { RandomSource } from "../model/random.ts";

/** Bytes that only look random: the same seed and purpose give the same ones. */
export function seededRandom(seed: string, purpose: string): RandomSource {
  let block = 0;
  let kept = new Uint8Array(0);
  return {
    bytes(count) {
      const bytes = new Uint8Array(count);
      for (let filled = 0; filled < count; ) {
        if (kept.length === 0)
          kept = createHmac("sha512", seed).update(`${purpose} ${block++}`).digest();
        const part = kept.subarray(0, count - filled);
        bytes.set(part, filled);
        kept = kept.subarray(part.length);
        filled += part.length;
      }
      return bytes;
    },
  };
}

/** Numbers in [0, 1) from random bytes. */
export function fractions(random: RandomSource): () => number {
  return () => {
    const [a = 0, b = 0, c = 0, d = 0] = random.bytes(4);
    return (a * 2 ** 24 + b * 2 ** 16 + c * 2 ** 8 + d) / 2 ** 32;
  };
}
