import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { KplanError } from "../../model/kplan-error.ts";
import { isIgnored } from "./ignored-file.ts";
import { MAX_FILE_BYTES, MAX_FILES, MAX_PACKAGE_BYTES, mebibytes } from "./limits.ts";

/**
 * The files of a folder by their path below it, without those of no concern (`isIgnored`). A link is followed to a file within the folder, and refused
 * when it leads out of it, to a folder or to nothing. Throws a `bad-input` KplanError with the path of what is wrong; file system errors as they come.
 */
export async function readFolder(folder: string): Promise<Map<string, Uint8Array>> {
  const root = await realpath(folder);
  const files = new Map<string, Uint8Array>();
  let total = 0;
  const refuse: (path: string, why: string) => never = (path, why) => {
    throw new KplanError("bad-package-file", `${join(folder, path)}: ${why}`, {
      kind: "bad-input",
    });
  };

  await readInto("");
  return files;

  async function readInto(below: string): Promise<void> {
    const entries = await readdir(join(root, below), { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = below === "" ? entry.name : `${below}/${entry.name}`;
      if (isIgnored(entry.name)) continue;
      if (entry.isDirectory()) await readInto(path);
      else if (entry.isFile()) await readOne(path, join(root, path));
      else if (entry.isSymbolicLink()) await readOne(path, await targetOf(path));
      else refuse(path, "is neither a file nor a folder");
    }
  }

  async function targetOf(path: string): Promise<string> {
    const target = await realpath(join(root, path)).catch(() =>
      refuse(path, "is a link to nothing"),
    );
    const inside = relative(root, target);
    if (inside === ".." || inside.startsWith(`..${sep}`) || inside.startsWith(sep))
      return refuse(path, "is a link that leads out of the package");
    if (!(await stat(target)).isFile())
      return refuse(path, "is a link to something that is not a file");
    return target;
  }

  async function readOne(path: string, from: string): Promise<void> {
    const { size } = await stat(from);
    if (size > MAX_FILE_BYTES) refuse(path, `is larger than ${mebibytes(MAX_FILE_BYTES)}`);
    total += size;
    if (total > MAX_PACKAGE_BYTES)
      refuse("", `its files are larger than ${mebibytes(MAX_PACKAGE_BYTES)} together`);
    if (files.size >= MAX_FILES) refuse("", `it has more than ${MAX_FILES} files`);
    files.set(path, new Uint8Array(await readFile(from)));
  }
}
