import { createHash } from "node:crypto";
import { link, rename, rm, stat, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { hasErrors, type Issue } from "../../model/issue.ts";
import { KplanError } from "../../model/kplan-error.ts";
import type { Operator } from "../../model/package.ts";
import { packArchive } from "../../package/files/archive.ts";
import { verifyPackageAt } from "../verify-package-at.ts";

/** What `package create` is asked for. */
export interface CreateRequest {
  /** Folder of the package. */
  readonly source: string;
  /** Folder that the archive is written into, which must be there. */
  readonly destination: string;
  /** Write over an archive of that name. */
  readonly overwrite: boolean;
}

/** What `package create` made. */
export interface CreatedPackage {
  /** All that verifying found; with an error among it, nothing was written. */
  readonly issues: readonly Issue[];
  readonly archive?: {
    /** Absolute. */
    readonly path: string;
    /** sha256 of the archive, hex: what an index lists. */
    readonly digest: string;
  };
}

/**
 * Packs a folder as the archive that KUDO names `<name>-<appVersion>_<operatorVersion>.tgz` (without an appVersion `<name>-<operatorVersion>.tgz`), once verifying finds no
 * error. The same files give the same bytes. Throws a `bad-input` KplanError when there is no such folder, or an archive of that name already.
 */
export async function createPackage(request: CreateRequest): Promise<CreatedPackage> {
  const { source, overwrite } = request;
  await requireFolder(source, "package create");
  const destination = resolve(request.destination.replace(/^~(?=\/|$)/, process.env.HOME ?? "~"));
  await requireFolder(destination, "--destination");
  const { pkg, issues } = await verifyPackageAt(source);
  if (!pkg || hasErrors(issues)) return { issues };
  const path = resolve(destination, archiveName(pkg.operator));
  const bytes = await packArchive(pkg.files);
  await writeWhole(path, bytes, overwrite);
  return { issues, archive: { path, digest: createHash("sha256").update(bytes).digest("hex") } };
}

/** `zookeeper-3.4.14_0.3.1.tgz` (compat section 1.4). */
function archiveName({ name, appVersion, operatorVersion }: Operator): string {
  const version = appVersion ? `${appVersion}_${operatorVersion}` : operatorVersion;
  const file = `${name}-${version}.tgz`;
  if (!/[/\\\0]/.test(file)) return file;
  throw new KplanError("bad-name", `${JSON.stringify(file)} is no name of a file`, {
    kind: "bad-input",
    hint: "name and versions of operator.yaml make the archive's name",
  });
}

async function requireFolder(path: string, what: string): Promise<void> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder)
    throw new KplanError("no-such-folder", `${what}: there is no folder ${path}`, {
      kind: "bad-input",
    });
}

/** Whole or not at all, and never over what is there unless it is to be. */
async function writeWhole(path: string, bytes: Uint8Array, overwrite: boolean): Promise<void> {
  const draft = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(draft, bytes);
    if (overwrite) await rename(draft, path);
    else await link(draft, path);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "EEXIST")
      throw new KplanError("archive-exists", `${path} is there already`, {
        kind: "bad-input",
        hint: "-w writes over it",
        cause: error,
      });
    const why = error instanceof Error ? error.message : String(error);
    throw new KplanError("not-written", `${path} cannot be written: ${why}`, { cause: error });
  } finally {
    await rm(draft, { force: true });
  }
}
