import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kubectl } from "./kubectl.ts";
import { startProgram } from "./run-program.ts";

/** An authority of one's own, which signs servers' certificates. */
export interface Authority {
  /** Puts a new certificate into a Secret, as cert-manager would: ca.crt, tls.crt and tls.key. */
  readonly renew: (namespace: string, secret: string) => Promise<void>;
  readonly remove: () => Promise<void>;
}

/** Makes an authority in a folder of its own. */
export async function newAuthority(): Promise<Authority> {
  const folder = await mkdtemp(join(tmpdir(), "kplan-authority-"));
  const openssl = async (...args: readonly string[]): Promise<void> => {
    const { code, stderr } = await startProgram("openssl", args).ended;
    if (code !== 0) throw new Error(`openssl ${args[0]}: ${stderr}`);
  };
  const file = (name: string): string => join(folder, name);
  const key = ["-newkey", "rsa:2048", "-nodes"];
  await openssl(
    ...["req", "-x509", ...key, "-keyout", file("ca.key"), "-out", file("ca.crt")],
    ...["-subj", "/CN=test authority", "-days", "30"],
  );
  await writeFile(file("extensions"), "extendedKeyUsage=serverAuth,clientAuth\n");
  return {
    async renew(namespace, secret) {
      await openssl(
        ...["req", ...key, "-keyout", file("tls.key"), "-out", file("tls.csr")],
        ...["-subj", "/CN=galera"],
      );
      await openssl(
        ...[
          "x509",
          "-req",
          "-in",
          file("tls.csr"),
          "-CA",
          file("ca.crt"),
          "-CAkey",
          file("ca.key"),
        ],
        ...[
          "-CAcreateserial",
          "-days",
          "30",
          "-extfile",
          file("extensions"),
          "-out",
          file("tls.crt"),
        ],
      );
      const data: Record<string, string> = {};
      for (const name of ["ca.crt", "tls.crt", "tls.key"])
        data[name] = (await readFile(file(name))).toString("base64");
      const object = { apiVersion: "v1", kind: "Secret", metadata: { name: secret }, data };
      await kubectl(namespace, ["apply", "-f", "-"], JSON.stringify(object));
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
