import { lstat, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { hasErrors } from "../../model/issue.ts";
import { KplanError, refuse } from "../../model/kplan-error.ts";
import { loadPackage } from "../../package/load-package.ts";
import { type NewPackage, newPackageFiles } from "../../package/new-package.ts";
import { verifyPackage } from "../../verify/verify-package.ts";

/** What `package new` is asked for. */
export interface NewPackageRequest extends NewPackage {
  /** Where it is written; must not be there unless `overwrite`. */
  readonly folder: string;
  readonly overwrite: boolean;
}

/**
 * Writes a small package that verifies and installs as it is, to begin from. Returns the paths written. Throws a `bad-input` KplanError for a name that no object can have, for
 * answers that make no valid package, or when there is something at its place.
 */
export async function newPackage(request: NewPackageRequest): Promise<readonly string[]> {
  const { name, folder, overwrite } = request;
  if (!/^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(name) || name.length > 40)
    throw new KplanError(
      "bad-name",
      `${JSON.stringify(name)} is no name of an operator: lower-case letters, digits and hyphens, a letter first, 40 at most`,
      { kind: "bad-input" },
    );
  const isThere = await lstat(folder).then(
    () => true,
    () => false,
  );
  if (isThere && !overwrite)
    throw new KplanError("folder-exists", `${folder} is there already`, {
      kind: "bad-input",
      hint: "-w writes over its files",
    });
  const files = newPackageFiles(request);
  refuseInvalid(folder, files);
  for (const [path, text] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return files.map(([path]) => join(folder, path));
}

/** A version that is none, say: found before anything is written. */
function refuseInvalid(folder: string, files: readonly (readonly [string, string])[]): void {
  const bytes = new Map(files.map(([path, text]) => [path, new TextEncoder().encode(text)]));
  const { pkg, draft, issues } = loadPackage(folder, bytes);
  const understood = pkg ?? draft;
  const all = understood ? [...issues, ...verifyPackage(understood)] : issues;
  if (hasErrors(all)) refuse(`the package ${folder}`, all);
}
