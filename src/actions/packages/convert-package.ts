import { mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import { convertPackage } from "../../convert/convert-package.ts";
import { hasErrors, type Issue, warningIssue } from "../../model/issue.ts";
import { KplanError, refuse } from "../../model/kplan-error.ts";
import { readPackage } from "../../package/files/read-package.ts";
import { loadPackage } from "../../package/load-package.ts";
import { verifyPackage } from "../../verify/verify-package.ts";

/** What `package convert` is asked for. */
export interface ConvertRequest {
  /** Folder or archive of a KUDO package. */
  readonly source: string;
  /** Folder that the native package is written into. */
  readonly destination: string;
  /** Write into a folder that is there. */
  readonly overwrite: boolean;
}

/** What `package convert` made. */
export interface ConvertedFolder {
  /** Absolute. */
  readonly path: string;
  /** An error for each thing that is left to do, with its place in the KUDO package; warnings for what is to be known. */
  readonly issues: readonly Issue[];
  /** Templates that render the same objects: their keys, and in how many ways that was tried. */
  readonly converted: readonly { readonly template: string; readonly renderings: number }[];
  /** How many templates there are. */
  readonly templates: number;
}

/**
 * Writes a KUDO package in the native dialect, as far as its templates were proved to render the same objects. Throws a `bad-input` KplanError for what is no KUDO package, or when there
 * is such a folder already; then nothing is written.
 */
export async function convertPackageAt(request: ConvertRequest): Promise<ConvertedFolder> {
  const { source, overwrite } = request;
  const { pkg, issues } = await readPackage(source);
  if (!pkg) refuse(source, issues);
  if (pkg.dialect !== "kudo")
    throw new KplanError("native-package", `${source} is a native package already`, {
      kind: "bad-input",
    });
  const path = resolve(request.destination);
  await requireRoom(path, resolve(source), overwrite);
  const made = convertPackage(pkg);
  await writeFolder(path, made.files);
  return {
    path,
    issues: [...made.issues, ...further(source, made)],
    converted: [...made.proved].map(([template, renderings]) => ({ template, renderings })),
    templates: pkg.templates.size,
  };
}

/** What verify says of the native package, once nothing is left of the KUDO one. */
function further(source: string, made: ReturnType<typeof convertPackage>): Issue[] {
  if (hasErrors(made.issues)) return [];
  const { pkg } = loadPackage(source, made.files);
  const found = pkg ? verifyPackage(pkg).filter(({ severity }) => severity === "error") : [];
  return found.map(({ code, message, at, hint }) =>
    warningIssue(code, `verify says of the native package: ${message}`, at, hint),
  );
}

async function requireRoom(path: string, source: string, overwrite: boolean): Promise<void> {
  const isWithin = !relative(source, path).startsWith("..");
  if (isWithin)
    throw new KplanError("within-package", `${path} is within the package itself`, {
      kind: "bad-input",
      hint: "-d FOLDER names a folder beside it",
    });
  const isThere = await stat(path).then(
    () => true,
    () => false,
  );
  if (isThere && !overwrite)
    throw new KplanError("folder-exists", `${path} is there already`, {
      kind: "bad-input",
      hint: "-w writes into it; what is no part of the new package stays there",
    });
}

/** A new folder comes whole or not at all. */
async function writeFolder(path: string, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  const isThere = await stat(path).then(
    () => true,
    () => false,
  );
  const draft = isThere ? path : `${path}.${process.pid}.tmp`;
  try {
    for (const [name, content] of files) {
      const target = resolve(join(draft, name));
      if (!target.startsWith(draft + sep)) throw new Error(`${name} is outside of the folder`);
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, content);
    }
    if (!isThere) await rename(draft, path);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new KplanError("not-written", `${path} cannot be written: ${why}`, { cause: error });
  } finally {
    if (!isThere) await rm(draft, { recursive: true, force: true });
  }
}
