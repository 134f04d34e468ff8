import { createECDH, createPrivateKey } from "node:crypto";
import { assertNever } from "../model/assert-never.ts";
import type { SecretKind } from "../model/parameter.ts";
import { randomBytes, randomIndex } from "../model/random.ts";

const ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";

/** A new value of a secret that nobody gave. */
export function generateSecret(kind: SecretKind): string {
  switch (kind) {
    case "password":
      // 24 letters and digits that cannot be mistaken for each other: 139 bits.
      return Array.from({ length: 24 }, () => ALPHABET[randomIndex(ALPHABET.length)]).join("");
    case "private-key":
      return privateKey();
    default:
      return assertNever(kind);
  }
}

/** A private key of the curve P-256 in PEM (PKCS #8): a random number below the curve's order (FIPS 186-5, A.2.2). */
function privateKey(): string {
  const curve = createECDH("prime256v1");
  for (;;) {
    const secret = randomBytes(32);
    try {
      curve.setPrivateKey(secret);
    } catch {
      // Not below the order, or zero: one in four thousand million.
      continue;
    }
    const point = curve.getPublicKey();
    const text = (part: Uint8Array): string => Buffer.from(part).toString("base64url");
    const jwk = {
      kty: "EC",
      crv: "P-256",
      d: text(secret),
      x: text(point.subarray(1, 33)),
      y: text(point.subarray(33)),
    };
    return createPrivateKey({ key: jwk, format: "jwk" })
      .export({ type: "pkcs8", format: "pem" })
      .toString();
  }
}
