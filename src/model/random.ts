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

/** A random UUID (RFC 9562, version 4). */
export function randomUuid(random: RandomSource): string {
  const bytes = random.bytes(16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Buffer.from(bytes).toString("hex");
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join("-");
}

/** A random whole number from 0 up to, and without, `limit` (at most 256); each as likely as any other. */
export function randomIndex(random: RandomSource, limit: number): number {
  const fair = 256 - (256 % limit);
  for (;;) {
    const [byte = 0] = random.bytes(1);
    if (byte < fair) return byte % limit;
  }
}
