import { bestFirst } from "../package/resolve/best-first.ts";
import type { IndexEntry, RepositoryIndex } from "./repository-index.ts";

/** The packages of an index whose name holds a text, by name, the best version first; only that one of each unless `all`. What is withdrawn is left out. */
export function searchIndex(
  index: RepositoryIndex,
  text: string,
  all: boolean,
): readonly IndexEntry[] {
  return [...index.entries]
    .filter(([name]) => name.includes(text))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, entries]) => {
      const offered = entries.filter((entry) => entry.removed !== true).toSorted(bestFirst);
      return all ? offered : offered.slice(0, 1);
    });
}
