import { createPrivateKey } from "node:crypto";
import { expect, test } from "vitest";
import { generateSecret } from "./generate-secret.ts";

test("a password is 24 letters and digits, another one each time", () => {
  const some = Array.from({ length: 20 }, () => generateSecret("password"));
  for (const password of some) expect(password).toMatch(/^[A-HJ-NP-Za-km-z2-9]{24}$/);
  expect(new Set(some).size).toBe(20);
});

test("a private key is one of P-256 in PEM, another one each time", () => {
  const some = [generateSecret("private-key"), generateSecret("private-key")];
  for (const pem of some) {
    expect(pem).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
    expect(createPrivateKey(pem).asymmetricKeyDetails).toEqual({ namedCurve: "prime256v1" });
  }
  expect(some[0]).not.toBe(some[1]);
});
