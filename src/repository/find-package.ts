import { type Issue, warningIssue } from "../model/issue.ts";
import { KplanError } from "../model/kplan-error.ts";
import { readPackage } from "../package/files/read-package.ts";
import type { LoadedPackage } from "../package/loaded-package.ts";
import { chooseVersion } from "../package/resolve/best-first.ts";
import { findLocal, isAddress } from "../package/resolve/find-local.ts";
import type { FindPackage, WantedPackage } from "../package/resolve/resolve-package.ts";
import { fetchIndex } from "./fetch-index.ts";
import { fetchArchive, fetchEntry } from "./fetch-package.ts";
import { chosenRepository, type Repository, readRepositories } from "./repositories-file.ts";
import type { IndexEntry, RepositoryIndex } from "./repository-index.ts";

/** Where packages are looked for besides the folder that the process is in. */
export interface FinderOptions {
  /** KUDO's home: `--home`, else `$KUDO_HOME`, else `~/.kudo`. */
  readonly home: string;
  /** Name or address of the repository (`--repo`); that of the home's context when absent. */
  readonly repository?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Finds packages in KUDO's order (compat section 1.8): a path of this machine, or of the archive that the asking package came in; an address; a name in the repository. Unlike
 * for KUDO, a person's bare word may be a package of the folder here, when no repository is named. Nothing is asked of the network but for an address or a name in a repository
 * that somebody has written down or named. An index is fetched once.
 */
export function packageFinder(options: FinderOptions): FindPackage {
  let index: Promise<{ readonly at: Repository; readonly index: RepositoryIndex }> | undefined;
  const open = () => {
    index ??= openIndex(options);
    return index;
  };

  return async (wanted, from) => {
    const { name } = wanted;
    if (isAddress(name)) return await fetchArchive(addressOf(name), options.env);
    const isNamed = !from && options.repository !== undefined && !name.includes("/");
    const local = isNamed ? undefined : await findLocal(wanted, from);
    if (local && !from && !name.includes("/") && (await hasRepositories(options)))
      return { ...local, issues: [takenFromHere(name), ...local.issues] };
    if (local) return local;
    if (!isNamed && !(await hasRepositories(options))) return await nowhere(wanted, from?.source);
    const { at, index } = await open();
    const entry = chosenEntry(wanted, at, index);
    return await fetchEntry(entry, at, options.env);
  };
}

/** KUDO would have looked in the repository. */
function takenFromHere(name: string): Issue {
  const message = `${name} is the one in this folder, not a package of a repository`;
  const hint = `./${name} says so without a doubt, --repo NAME the other`;
  return warningIssue("local-package", message, undefined, hint);
}

async function openIndex({ home, repository, env }: FinderOptions) {
  const at = chosenRepository(await readRepositories(home), repository);
  return { at, index: await fetchIndex(at, env) };
}

async function hasRepositories({ home, repository }: FinderOptions): Promise<boolean> {
  return repository !== undefined || (await readRepositories(home)).isThere;
}

function addressOf(name: string): URL {
  const url = URL.canParse(name) ? new URL(name) : undefined;
  if (url && /^https?:$/.test(url.protocol)) return url;
  throw new KplanError("bad-address", `${name} is no address of a package`, {
    kind: "bad-input",
    hint: "an address begins with http:// or https://",
  });
}

/** A bare word, and no repository that anybody named: what is wrong with it as a folder is the nearest thing to say. */
async function nowhere({ name }: WantedPackage, wantedBy?: string): Promise<LoadedPackage> {
  const hint =
    "a name without a path is one of a repository: `kplan repo add NAME URL` (KUDO's community repository is gone)";
  if (wantedBy === undefined)
    return await readPackage(name).catch((error: unknown) => {
      if (!(error instanceof KplanError && error.code === "no-such-package")) throw error;
      const { code, kind, message } = error;
      throw new KplanError(code, message, { kind, hint: `${error.hint}; ${hint}`, cause: error });
    });
  throw new KplanError(
    "no-such-package",
    `${wantedBy} needs package ${name}, and no repository is known`,
    { kind: "bad-input", hint },
  );
}

function chosenEntry(wanted: WantedPackage, at: Repository, index: RepositoryIndex): IndexEntry {
  const { name } = wanted;
  const listed = (index.entries.get(name) ?? []).filter(({ removed }) => !removed);
  const entry = chooseVersion(listed, wanted);
  if (entry) return entry;
  const versions = listed.map(({ appVersion, operatorVersion }) =>
    [appVersion, operatorVersion].filter(Boolean).join("/"),
  );
  const asked = [wanted.appVersion, wanted.operatorVersion].filter(Boolean).join("/");
  throw new KplanError(
    "no-such-package",
    listed.length === 0
      ? `repository ${at.name} has no package ${name}`
      : `repository ${at.name} has no package ${name} of version ${asked}`,
    {
      kind: "bad-input",
      ...(versions.length > 0 && { hint: `it has ${versions.join(", ")}` }),
    },
  );
}
