import { bestFirst } from "../package/resolve/best-first.ts";
import { fetchIndex } from "./fetch-index.ts";
import type { FinderOptions } from "./find-package.ts";
import { chosenRepository, readRepositories } from "./repositories-file.ts";
import type { IndexEntry } from "./repository-index.ts";

/**
 * The packages of a repository whose name contains a text, by name and the best version first; only the best of each unless `all`. Throws as `fetchIndex` does.
 */
export async function searchRepository(
  { home, repository, env }: FinderOptions,
  text: string,
  all: boolean,
): Promise<readonly IndexEntry[]> {
  const index = await fetchIndex(chosenRepository(await readRepositories(home), repository), env);
  return [...index.entries]
    .filter(([name]) => name.includes(text))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, entries]) => {
      const sorted = entries.filter(({ removed }) => !removed).toSorted(bestFirst);
      return all ? sorted : sorted.slice(0, 1);
    });
}
