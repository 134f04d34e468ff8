import { createHash } from "node:crypto";

/**
 * sha256 of a package, lower-case hex: over its files in order of their paths (by code units), for each the path, a zero byte, the length of the
 * content as decimal text, a zero byte, and the content. The same for a folder and for an archive of it.
 */
export function digestOf(files: ReadonlyMap<string, Uint8Array>): string {
  const hash = createHash("sha256");
  for (const path of [...files.keys()].sort()) {
    const content = files.get(path) ?? new Uint8Array();
    hash.update(`${path}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex");
}
