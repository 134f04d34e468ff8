import { generateKeyPairSync, randomInt } from "node:crypto";
import { assertNever } from "../model/assert-never.ts";
import type { SecretKind } from "../model/parameter.ts";

const ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";

/** A new value of a secret that nobody gave. */
export function generateSecret(kind: SecretKind): string {
  switch (kind) {
    case "password":
      // 24 letters and digits that cannot be mistaken for each other: 139 bits.
      return Array.from({ length: 24 }, () => ALPHABET[randomInt(ALPHABET.length)]).join("");
    case "private-key":
      return generateKeyPairSync("ec", {
        namedCurve: "P-256",
        publicKeyEncoding: { type: "spki", format: "pem" },
        privateKeyEncoding: { type: "pkcs8", format: "pem" },
      }).privateKey;
    default:
      return assertNever(kind);
  }
}
