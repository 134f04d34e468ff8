import { createHash } from "node:crypto";
import { canonicalJson } from "../../model/json.ts";

/** A short name for a value, the same for equal values: ten letters that spell no word. */
export function templateHash(value: unknown): string {
  const digest = createHash("sha256").update(canonicalJson(value)).digest();
  return [...digest.subarray(0, 10)].map((byte) => LETTERS[byte % LETTERS.length]).join("");
}

const LETTERS = "bcdfghjklmnpqrstvwxz2456789";
