import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { formatIssue, type Issue, warningIssue } from "../model/issue.ts";
import { KplanError } from "../model/kplan-error.ts";
import { readPackage } from "../package/files/read-package.ts";
import { bestFirst } from "../package/resolve/best-first.ts";
import type { IndexEntry, RepositoryIndex } from "./repository-index.ts";

/**
 * The index of the `*.tgz` that lie in a folder. Those that are no package are left out, with a warning each. Throws a `bad-input` KplanError when there is no such folder.
 * @param url address of the folder, which entries name before the archive's name; without it entries name the archive beside the index
 * @param now RFC 3339
 */
export async function buildIndex(
  folder: string,
  url: string | undefined,
  now: string,
): Promise<{ readonly index: RepositoryIndex; readonly issues: readonly Issue[] }> {
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder)
    throw new KplanError("no-such-folder", `there is no folder ${folder}`, { kind: "bad-input" });
  const names = (await readdir(folder)).filter((name) => name.endsWith(".tgz")).sort();
  const entries = new Map<string, IndexEntry[]>();
  const issues: Issue[] = [];
  for (const name of names) {
    const path = join(folder, name);
    const entry = await entryOf(
      path,
      url === undefined ? name : `${url.replace(/\/$/, "")}/${name}`,
    );
    if (typeof entry === "string") {
      issues.push(warningIssue("not-a-package", `${path} is left out: ${entry}`));
      continue;
    }
    const others = entries.get(entry.name) ?? [];
    if (others.some((other) => bestFirst(other, entry) === 0))
      issues.push(
        warningIssue("same-version", `${path} is of a version that another archive has too`),
      );
    entries.set(entry.name, [...others, entry]);
  }
  return { index: { apiVersion: "v1", generated: now, entries }, issues };
}

/** What the index says of an archive, or why it is no package. */
async function entryOf(path: string, url: string): Promise<IndexEntry | string> {
  try {
    const { pkg, issues } = await readPackage(path);
    const error = issues.find(({ severity }) => severity === "error");
    if (!pkg) return error ? formatIssue(error) : "it cannot be read";
    const { name, appVersion, operatorVersion, description, maintainers } = pkg.operator;
    if (name === "" || operatorVersion === "") return "it has no name or no operatorVersion";
    return {
      name,
      operatorVersion,
      ...(appVersion && { appVersion }),
      ...(description && { description }),
      ...(maintainers.length > 0 && { maintainers }),
      urls: [url],
      digest: createHash("sha256")
        .update(await readFile(path))
        .digest("hex"),
    };
  } catch (error) {
    if (error instanceof KplanError) return error.message;
    throw error;
  }
}
