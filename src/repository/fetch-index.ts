import { hasErrors } from "../model/issue.ts";
import { KplanError, refuse } from "../model/kplan-error.ts";
import { download, shown } from "./download.ts";
import { COMMUNITY, type Repository } from "./repositories-file.ts";
import { parseIndex, type RepositoryIndex } from "./repository-index.ts";

/** Bytes of an index, at most. */
const MOST_INDEX = 16 * 1024 * 1024;

/**
 * Fetches and reads the index of a repository, `index.yaml` below its address (`http:`, `https:` or `file:`). Throws a KplanError: `failed` when it cannot be had,
 * `bad-input` with every problem when it says nothing useful.
 */
export async function fetchIndex(
  repository: Repository,
  env: Readonly<Record<string, string | undefined>>,
): Promise<RepositoryIndex> {
  const at = indexAddress(repository);
  const bytes = await download(at, { most: MOST_INDEX, files: true, env }).catch(
    (error: unknown) => {
      if (!(error instanceof KplanError)) throw error;
      throw unreachable(repository, error);
    },
  );
  const { index, issues } = parseIndex(new TextDecoder().decode(bytes), shown(at));
  if (!index || hasErrors(issues)) refuse(`the index of repository ${repository.name}`, issues);
  return index;
}

/** Where the index of a repository is. Throws a `bad-input` KplanError for what is no address. */
export function indexAddress({ name, url }: Repository): URL {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed || !/^(https?|file):$/.test(parsed.protocol))
    throw new KplanError(
      "bad-address",
      `repository ${name}: ${JSON.stringify(url)} is no address`,
      {
        kind: "bad-input",
        hint: "an address begins with https://, http:// or file://",
      },
    );
  parsed.pathname = `${parsed.pathname.replace(/\/$/, "")}/index.yaml`;
  return parsed;
}

function unreachable({ name, url }: Repository, error: KplanError): KplanError {
  const isGone = url.replace(/\/$/, "") === COMMUNITY.url;
  return new KplanError("no-repository", `repository ${name} cannot be read: ${error.message}`, {
    cause: error,
    hint: isGone
      ? "KUDO's community repository is gone: give the folder or .tgz of the package, or `kplan repo add NAME URL` a copy of it"
      : "`kplan repo list` shows the repositories",
  });
}
