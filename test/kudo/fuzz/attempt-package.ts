import { KplanError } from "../../../src/model/kplan-error.ts";
import type { OperatorPackage } from "../../../src/model/package.ts";
import { findDependencies } from "../../../src/package/dependencies/find-dependencies.ts";
import { unpackArchive } from "../../../src/package/files/archive.ts";
import { loadedFrom } from "../../../src/package/files/read-package.ts";
import { findOffline } from "../../../src/package/resolve/find-offline.ts";
import { parseKudoAssignments } from "../../../src/params/kudo-assignments.ts";
import { verifyPackage } from "../../../src/verify/verify-package.ts";
import type { Files } from "./mutated-package.ts";

/** What became of a package: refused when it was read, read with what verify finds, or whole. */
export type Fate = "refused" | "faulty" | "whole";

/**
 * Does with a package all that needs no cluster: reads it, finds what it depends on in its own archive, reads a parameter file, and verifies it, which renders every template in
 * every step. Throws when anything comes out of it but issues and KplanErrors.
 */
export async function attemptPackage(files: Files): Promise<Fate> {
  try {
    const { pkg, draft } = loadedFrom("fuzz", files, { kind: "archive", root: "", files });
    const found = pkg ?? draft;
    if (found) assigned(found, files);
    if (!found) return "refused";
    const issues = verifyPackage(found);
    if (!pkg) return "refused";
    await findDependencies(pkg, findOffline);
    return issues.some(({ severity }) => severity === "error") ? "faulty" : "whole";
  } catch (error) {
    if (error instanceof KplanError && error.kind === "bad-input") return "refused";
    throw error;
  }
}

/** Reads an archive, and goes on with what is in it. */
export async function attemptArchive(bytes: Uint8Array): Promise<Fate> {
  let files: Files;
  try {
    files = await unpackArchive(bytes, "fuzz.tgz");
  } catch (error) {
    if (error instanceof KplanError && error.kind === "bad-input") return "refused";
    throw error;
  }
  for (const path of files.keys())
    if (path.startsWith("/") || path.split("/").includes(".."))
      throw new Error(`the archive gave the path ${JSON.stringify(path)}`);
  return await attemptPackage(files);
}

/** Any of its files may be given as one of parameters. */
function assigned({ parameters }: OperatorPackage, files: Files): void {
  const text = Buffer.from(files.get("params.yaml") ?? []).toString("utf8");
  parseKudoAssignments(parameters, { set: [text, `A=${text}`], files: [{ name: "p", text }] });
}
