import { readFile, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { KplanError } from "../../model/kplan-error.ts";
import type { PackageOrigin } from "../../model/package.ts";
import { loadPackage } from "../load-package.ts";
import type { LoadedPackage } from "../loaded-package.ts";
import { packArchive, unpackArchive } from "./archive.ts";
import { MAX_ARCHIVE_BYTES, mebibytes } from "./limits.ts";
import { readFolder } from "./read-folder.ts";

/**
 * Reads a package from a folder or a `.tgz`. What is wrong within its files comes back as issues; throws a `bad-input` KplanError when there is no
 * package at all: no such path, no right to read it, neither a folder nor an archive, a hostile archive, or more than a cluster can keep.
 */
export async function readPackage(source: string): Promise<LoadedPackage> {
  try {
    const { files, origin } = await readFiles(source);
    return loadedFrom(source, files, origin);
  } catch (error) {
    throw explained(error, source);
  }
}

/** Loads files that were read from somewhere, which is kept for what depends on it. */
export function loadedFrom(
  source: string,
  files: ReadonlyMap<string, Uint8Array>,
  origin: PackageOrigin,
): LoadedPackage {
  const { pkg, draft, issues } = loadPackage(source, files);
  if (pkg) return { pkg: { ...pkg, origin }, issues };
  return { ...(draft && { draft: { ...draft, origin } }), issues };
}

async function readFiles(source: string): Promise<{
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly origin: PackageOrigin;
}> {
  const found = await stat(source);
  if (found.isDirectory()) {
    const files = await readFolder(source);
    // Said before anything else is done with it; the cluster keeps the package as an archive.
    if (sizeOf(files) > MAX_ARCHIVE_BYTES) await packArchive(files);
    return { files, origin: { kind: "folder", path: resolve(source) } };
  }
  if (!found.isFile()) throw notAPackage(source);
  if (/\.ya?ml$/.test(source)) throw notAPackage(source, `give the folder: ${dirname(source)}`);
  if (found.size > MAX_ARCHIVE_BYTES)
    throw notAPackage(source, `it is larger than ${mebibytes(MAX_ARCHIVE_BYTES)}`);
  const files = await unpackArchive(await readFile(source), source);
  return { files, origin: { kind: "archive", root: "", files } };
}

function sizeOf(files: ReadonlyMap<string, Uint8Array>): number {
  return [...files.values()].reduce((sum, content) => sum + content.length, 0);
}

function notAPackage(source: string, hint?: string): KplanError {
  return new KplanError("not-a-package", `${source} is neither a folder nor a .tgz archive`, {
    kind: "bad-input",
    ...(hint && { hint }),
  });
}

/** File system errors in words; anything else as it is. */
function explained(error: unknown, source: string): unknown {
  if (!(error instanceof Error) || !("code" in error) || error instanceof KplanError) return error;
  const path = "path" in error && typeof error.path === "string" ? error.path : source;
  switch (error.code) {
    case "ENOENT":
    case "ENOTDIR":
      return new KplanError(
        "no-such-package",
        `there is no package at ${source}: no such file or folder`,
        {
          kind: "bad-input",
          hint: `a package is a folder with ${join(source, "operator.yaml")}, or a .tgz archive of one`,
          cause: error,
        },
      );
    case "EACCES":
    case "EPERM":
      return new KplanError("unreadable-package", `${path} may not be read: permission denied`, {
        kind: "bad-input",
        cause: error,
      });
    case "ELOOP":
    case "ENAMETOOLONG":
      return new KplanError("no-such-package", `${path} cannot be read: ${error.message}`, {
        kind: "bad-input",
        cause: error,
      });
    default:
      return error;
  }
}
