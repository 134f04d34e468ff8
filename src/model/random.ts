import { randomFillSync } from "node:crypto";

/** Where comes from what must be unguessable or unlike any other: uids, tokens, generated secrets. */
export interface RandomSource {
  /** So many random bytes. */
  bytes(count: number): Uint8Array;
}

/** The machine's: fit for secrets. */
export const systemRandom: RandomSource = {
  bytes: (count) => randomFillSync(new Uint8Array(count)),
};

let played: RandomSource | undefined;

/** Draws from another source from now on in this whole process, so that a test comes out the same every time; from the machine's again with `undefined`. */
export function playRandom(source: RandomSource | undefined): void {
  played = source;
}

/** So many random bytes. */
export function randomBytes(count: number, random: RandomSource = current()): Uint8Array {
  return random.bytes(count);
}

/** A random UUID (RFC 9562, version 4). */
export function randomUuid(random: RandomSource = current()): string {
  const bytes = random.bytes(16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Buffer.from(bytes).toString("hex");
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20)];
  return [...parts, hex.slice(20)].join("-");
}

/** A random whole number from 0 up to, and without, `limit` (at most 256); each as likely as any other. */
export function randomIndex(limit: number, random: RandomSource = current()): number {
  const fair = 256 - (256 % limit);
  for (;;) {
    const [byte = 0] = random.bytes(1);
    if (byte < fair) return byte % limit;
  }
}

/** A random number from 0 up to, and without, 1. */
export function randomFraction(random: RandomSource = current()): number {
  return Buffer.from(random.bytes(4)).readUInt32BE() / 2 ** 32;
}

function current(): RandomSource {
  return played ?? systemRandom;
}
