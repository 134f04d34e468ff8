import { stat } from "node:fs/promises";
import { isAbsolute, join, posix } from "node:path";
import { type Issue, warningIssue } from "../../model/issue.ts";
import { KplanError } from "../../model/kplan-error.ts";
import type { OperatorPackage, PackageOrigin } from "../../model/package.ts";
import { unpackArchive } from "../files/archive.ts";
import { loadedFrom, readPackage } from "../files/read-package.ts";
import type { LoadedPackage } from "../loaded-package.ts";
import type { WantedPackage } from "./resolve-package.ts";

/**
 * The package that a name means without any network: a folder or `.tgz` of this machine, or of the archive that the asking package came in, out of which no name leads.
 * Undefined when the name may be one of a repository or an address. Throws a `bad-input` KplanError for a path that leads to none.
 * @param from the package that depends on it; absent for what a person names, who may mean a folder by a bare word too
 */
export async function findLocal(
  wanted: WantedPackage,
  from?: OperatorPackage,
): Promise<LoadedPackage | undefined> {
  const { name } = wanted;
  if (isAddress(name) || (from && !name.includes("/"))) return undefined;
  const found = from ? await findFor(from, name) : await findHere(name);
  return found && { ...found, issues: [...found.issues, ...otherVersion(found, wanted)] };
}

/** Whether a name is an address of something to fetch. */
export function isAddress(name: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(name);
}

/** What a person names: a path, or a bare word that is a package in the folder that the process is in. */
async function findHere(name: string): Promise<LoadedPackage | undefined> {
  const isPackage = name.includes("/") || name.endsWith(".tgz");
  if (!isPackage && !(await isThere(join(name, "operator.yaml")))) return undefined;
  return await readPackage(name);
}

async function findFor(from: OperatorPackage, name: string): Promise<LoadedPackage> {
  const { origin = { kind: "archive", root: "", files: from.files } } = from;
  if (origin.kind === "archive") return await findInArchive(origin, name, from);
  if (isAbsolute(name)) return await readPackage(name);
  const beside = join(origin.path, name);
  // A path without a dot in front is one from where the process is, as KUDO takes it, when there is none beside the package.
  const isPlain = !/^\.\.?\//.test(name);
  return await readPackage(isPlain && !(await isThere(beside)) ? name : beside);
}

/** `..` above the root of the archive is the root. */
async function findInArchive(
  origin: PackageOrigin & { readonly kind: "archive" },
  name: string,
  from: OperatorPackage,
): Promise<LoadedPackage> {
  const base = /^\.\.?\//.test(name) ? origin.root : "";
  const root = posix.resolve("/", base, isAbsolute(name) ? name.slice(1) : name).slice(1);
  const source = `${root === "" ? name : root} in ${from.source}`;
  const packed = origin.files.get(root);
  if (packed) {
    const files = await unpackArchive(packed, source);
    return loadedFrom(source, files, { kind: "archive", root: "", files });
  }
  const files = filesBelow(origin.files, root);
  if (files.size > 0) return loadedFrom(source, files, { ...origin, root });
  throw new KplanError("no-such-package", `there is no package ${name} within ${from.source}`, {
    kind: "bad-input",
    hint: "what is packed has its dependencies in its own folder, or names them in a repository",
  });
}

function filesBelow(
  files: ReadonlyMap<string, Uint8Array>,
  root: string,
): ReadonlyMap<string, Uint8Array> {
  const prefix = root === "" ? "" : `${root}/`;
  const below = [...files].filter(([path]) => path.startsWith(prefix));
  return new Map(below.map(([path, content]) => [path.slice(prefix.length), content]));
}

/** A path says which package: versions that were asked for besides choose nothing. */
function otherVersion({ pkg }: LoadedPackage, wanted: WantedPackage): Issue[] {
  if (!pkg) return [];
  const { appVersion = "", operatorVersion } = pkg.operator;
  const differs = [
    ["app version", wanted.appVersion, appVersion],
    ["operator version", wanted.operatorVersion, operatorVersion],
  ].filter(([, asked, is]) => asked !== undefined && asked !== "" && asked !== is);
  return differs.map(([what, asked, is]) =>
    warningIssue("other-version", `${wanted.name} has the ${what} ${is || "none"}, not ${asked}`),
  );
}

async function isThere(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}
