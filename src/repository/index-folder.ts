import { lstat, rename, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Issue } from "../model/issue.ts";
import { KplanError } from "../model/kplan-error.ts";
import { buildIndex } from "./build-index.ts";
import { fetchIndex, indexAddress } from "./fetch-index.ts";
import { chosenRepository, type Repository, readRepositories } from "./repositories-file.ts";
import { indexText, mergedIndex } from "./repository-index.ts";

/** What `repo index` is asked for. */
export interface IndexRequest {
  /** Folder of the archives, where `index.yaml` is written. */
  readonly folder: string;
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: Date;
  readonly overwrite: boolean;
  /** Address that the folder is to have; without one entries name the archives beside the index. */
  readonly url?: string | undefined;
  /** The same: that of a repository by its name. */
  readonly urlRepository?: string | undefined;
  /** Address of a repository whose entries are listed too. */
  readonly merge?: string | undefined;
  /** The same: of a repository by its name. */
  readonly mergeRepository?: string | undefined;
}

/**
 * Writes the index of a folder of archives, whole or not at all. Throws a `bad-input` KplanError for options that contradict one another, and when there is an index already.
 */
export async function indexFolder(request: IndexRequest): Promise<{
  /** Of the index. */
  readonly path: string;
  /** How many packages it lists. */
  readonly count: number;
  readonly issues: readonly Issue[];
}> {
  const { folder, env, now, overwrite } = request;
  refuseBoth("--url", request.url, "--url-repo", request.urlRepository);
  refuseBoth("--merge", request.merge, "--merge-repo", request.mergeRepository);
  const path = join(folder, "index.yaml");
  const isThere = await lstat(path).then(
    () => true,
    () => false,
  );
  if (isThere && !overwrite)
    throw new KplanError("index-exists", `${path} is there already`, {
      kind: "bad-input",
      hint: "-w writes over it",
    });
  const at = await repositoryOf(request, request.url, request.urlRepository);
  if (at) indexAddress(at);
  const from = await repositoryOf(request, request.merge, request.mergeRepository);
  const { index, issues } = await buildIndex(folder, at?.url, inSeconds(now));
  const whole = from ? mergedIndex(index, await fetchIndex(from, env)) : index;
  await writeWhole(path, indexText(whole));
  const count = [...whole.entries.values()].reduce((sum, list) => sum + list.length, 0);
  return { path: resolve(path), count, issues };
}

async function repositoryOf(
  { home }: IndexRequest,
  url: string | undefined,
  name: string | undefined,
): Promise<Repository | undefined> {
  if (name !== undefined) return chosenRepository(await readRepositories(home), name);
  return url === undefined ? undefined : { name: url, url: url.replace(/\/index\.yaml$/, "") };
}

function refuseBoth(one: string, a: unknown, other: string, b: unknown): void {
  if (a === undefined || b === undefined) return;
  throw new KplanError("contradiction", `${one} and ${other} say the same thing twice`, {
    kind: "bad-input",
    hint: "give one of them",
  });
}

async function writeWhole(path: string, text: string): Promise<void> {
  const draft = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(draft, text);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => {});
    const why = error instanceof Error ? error.message : String(error);
    throw new KplanError("not-written", `${path} cannot be written: ${why}`, { cause: error });
  }
}

/** RFC 3339 without fractions, as KUDO writes it. */
function inSeconds(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, "Z");
}
