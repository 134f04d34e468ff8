import { readFileSync } from "node:fs";
import { badConfig, type ConfigEntry, pathIn, textOf } from "./kubeconfig.ts";

/** A PEM member, given as `<member>-data` (base64, which counts) or as `<member>` (a path). Throws a `bad-input` KplanError. */
export function pemOf(
  entry: ConfigEntry,
  member: string,
  what: "cluster" | "user",
): string | undefined {
  const data = textOf(entry.value[`${member}-data`]);
  const where = `${what} "${entry.name}"`;
  if (data !== undefined) {
    const pem = Buffer.from(data, "base64").toString("latin1");
    if (pem.includes("-----BEGIN ")) return pem;
    throw badConfig(entry.file, `${where}: ${member}-data is not base64 of a PEM file`);
  }
  const path = textOf(entry.value[member]);
  if (path === undefined) return undefined;
  const file = pathIn(entry, path);
  let pem: string;
  try {
    pem = readFileSync(file, "latin1");
  } catch {
    throw badConfig(entry.file, `${where}: cannot read ${member} ${file}`);
  }
  if (pem.includes("-----BEGIN ")) return pem;
  throw badConfig(entry.file, `${where}: ${member} ${file} is not a PEM file`);
}
