import { randomBytes, webcrypto } from "node:crypto";

/** What a server needs for TLS, and the token its clients show. PEM texts. */
export interface ServerIdentity {
  readonly cert: string;
  readonly key: string;
  readonly token: string;
  /** When the certificate ends, milliseconds since 1970. */
  readonly notAfter: number;
}

const YEAR = 365 * 24 * 3_600_000;

let shared: Promise<ServerIdentity> | undefined;

/** One identity for all servers of this process that have no data folder. */
export function processIdentity(): Promise<ServerIdentity> {
  shared ??= makeIdentity();
  return shared;
}

/** Makes a key (P-256), a self-signed certificate for loopback, and a random token. */
export async function makeIdentity(): Promise<ServerIdentity> {
  await import("reflect-metadata");
  const x509 = await import("@peculiar/x509");
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const notAfter = new Date(Date.now() + 10 * YEAR);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: randomBytes(16).toString("hex").replace(/^./, "4"),
      name: "CN=kplan embedded cluster",
      notBefore: new Date(Date.now() - 3_600_000),
      notAfter,
      signingAlgorithm: algorithm,
      keys,
      extensions: [
        new x509.BasicConstraintsExtension(true, undefined, true),
        new x509.KeyUsagesExtension(
          x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyCertSign,
          true,
        ),
        new x509.SubjectAlternativeNameExtension([
          { type: "ip", value: "127.0.0.1" },
          { type: "ip", value: "::1" },
          { type: "dns", value: "localhost" },
        ]),
      ],
    },
    webcrypto as Parameters<typeof x509.X509CertificateGenerator.createSelfSigned>[1],
  );
  const key = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
  return {
    cert: `${certificate.toString("pem")}\n`,
    key: pem("PRIVATE KEY", key),
    token: randomBytes(32).toString("base64url"),
    notAfter: notAfter.getTime(),
  };
}

function pem(label: string, bytes: ArrayBuffer): string {
  const lines =
    Buffer.from(bytes)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}
