import { createHash } from "node:crypto";
import { type Issue, warningIssue } from "../model/issue.ts";
import { KplanError } from "../model/kplan-error.ts";
import { unpackArchive } from "../package/files/archive.ts";
import { MAX_ARCHIVE_BYTES } from "../package/files/limits.ts";
import { loadedFrom } from "../package/files/read-package.ts";
import type { LoadedPackage } from "../package/loaded-package.ts";
import { download, shown } from "./download.ts";
import { indexAddress } from "./fetch-index.ts";
import type { Repository } from "./repositories-file.ts";
import type { IndexEntry } from "./repository-index.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** Fetches the archive of a package from an address. Throws a KplanError as `download` and `unpackArchive` do. */
export async function fetchArchive(address: URL, env: Env): Promise<LoadedPackage> {
  return await loadArchive(await download(address, { most: MAX_ARCHIVE_BYTES, env }), address);
}

/**
 * Fetches a package that an index lists, from the first of its addresses that answers. Its archive must have the digest that the index gives (KUDO never looked: D-24); throws
 * a `failed` KplanError with both when it has another, and when no address answers.
 */
export async function fetchEntry(
  entry: IndexEntry,
  repository: Repository,
  env: Env,
): Promise<LoadedPackage> {
  const base = indexAddress(repository);
  // Only what lies on this machine may name files of it.
  const files = base.protocol === "file:";
  const failures: string[] = [];
  for (const url of entry.urls) {
    if (!URL.canParse(url, base.href)) {
      failures.push(`${url} is no address`);
      continue;
    }
    const address = new URL(url, base);
    try {
      const bytes = await download(address, { most: MAX_ARCHIVE_BYTES, files, env });
      checkDigest(bytes, entry, address);
      const loaded = await loadArchive(bytes, address);
      return { ...loaded, issues: [...loaded.issues, ...doubts(entry, loaded)] };
    } catch (error) {
      if (!(error instanceof KplanError && error.code === "no-download")) throw error;
      failures.push(error.message);
    }
  }
  const why = failures.length === 0 ? "the index gives no address of it" : failures.join("; ");
  throw new KplanError("no-download", `package ${entryText(entry)} cannot be fetched: ${why}`);
}

/** `zookeeper 3.4.14/0.3.1`. */
function entryText({ name, appVersion, operatorVersion }: IndexEntry): string {
  return `${name} ${[appVersion, operatorVersion].filter(Boolean).join("/")}`;
}

async function loadArchive(bytes: Uint8Array, address: URL): Promise<LoadedPackage> {
  const source = shown(address);
  const files = await unpackArchive(bytes, source);
  return loadedFrom(source, files, { kind: "archive", root: "", files });
}

function checkDigest(bytes: Uint8Array, entry: IndexEntry, address: URL): void {
  if (entry.digest === undefined) return;
  const wanted = entry.digest
    .trim()
    .toLowerCase()
    .replace(/^sha256:/, "");
  const is = createHash("sha256").update(bytes).digest("hex");
  if (wanted === is) return;
  throw new KplanError(
    "wrong-digest",
    `${shown(address)} is not what the index lists as ${entryText(entry)}: its sha256 is ${is}, not ${wanted}`,
    { hint: "somebody changed the archive or the index; nothing of it was used" },
  );
}

/** What the index says and the package does not. */
function doubts(entry: IndexEntry, { pkg }: LoadedPackage): Issue[] {
  const issues: Issue[] = [];
  if (entry.digest === undefined)
    issues.push(
      warningIssue(
        "no-digest",
        `the index gives no digest of ${entryText(entry)}: its archive was not checked`,
      ),
    );
  if (!pkg) return issues;
  const { name, appVersion = "", operatorVersion } = pkg.operator;
  const isSame =
    name === entry.name &&
    appVersion === (entry.appVersion ?? "") &&
    operatorVersion === entry.operatorVersion;
  if (!isSame) {
    const found = entryText({ name, appVersion, operatorVersion, urls: [] });
    issues.push(
      warningIssue(
        "other-version",
        `the index lists ${entryText(entry)}, and its archive is ${found}`,
      ),
    );
  }
  return issues;
}
