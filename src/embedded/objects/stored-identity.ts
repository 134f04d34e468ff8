import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeIdentity, type ServerIdentity } from "../daemon/certificate.ts";

/** A certificate that ends sooner than this is made anew, in milliseconds. */
const MARGIN = 30 * 24 * 3_600_000;

/** The identity kept in a data folder (mode 0600), made when there is none or it is about to end. */
export async function storedIdentity(dataDir: string): Promise<ServerIdentity> {
  const path = join(dataDir, "identity.json");
  const kept = read(path);
  if (kept && kept.notAfter > Date.now() + MARGIN) return kept;
  const made = await makeIdentity();
  writeFileSync(`${path}.new`, JSON.stringify(made), { mode: 0o600 });
  renameSync(`${path}.new`, path);
  return made;
}

function read(path: string): ServerIdentity | undefined {
  try {
    const value = JSON.parse(readFileSync(path, "utf8")) as ServerIdentity;
    return value.cert && value.key && value.token ? value : undefined;
  } catch {
    return undefined;
  }
}
