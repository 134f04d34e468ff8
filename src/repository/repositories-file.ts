import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { hasErrors, type Issue, warningIssue } from "../model/issue.ts";
import { KplanError, refuse } from "../model/kplan-error.ts";
import { didYouMean } from "../model/nearest.ts";
import { kudoFields } from "../package/kudo/kudo-fields.ts";
import { dumpYaml } from "../yaml/dump-yaml.ts";
import { parseGoYaml } from "../yaml/parse-go-yaml.ts";

/** A repository by its name. */
export interface Repository {
  readonly name: string;
  /** Address of the folder that `index.yaml` lies in. */
  readonly url: string;
}

/** What KUDO's `repositories.yaml` says. */
export interface Repositories {
  readonly repoVersion: string;
  /** Name of the repository that is asked when none is named. */
  readonly context: string;
  readonly repositories: readonly Repository[];
  /** Whether there is such a file. */
  readonly isThere: boolean;
}

/** The repository that KUDO knew when nothing was said. It is gone from the internet. */
export const COMMUNITY: Repository = {
  name: "community",
  url: "https://kudo-repository.storage.googleapis.com/v1",
};

/** Where the repositories are written down, below a KUDO home (`$KUDO_HOME`, else `~/.kudo`). */
function repositoriesPath(home: string): string {
  return join(home, "repository", "repositories.yaml");
}

/** Reads the repositories of a home; where there is no such file, KUDO's own is the only one. Throws a `bad-input` KplanError for a file that says none. */
export async function readRepositories(home: string): Promise<Repositories> {
  const path = repositoriesPath(home);
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw unusable(path, error);
  });
  if (text === undefined) return { ...initialRepositories(), isThere: false };
  const { root, issues, placeAt } = parseGoYaml(text, path);
  const found: Issue[] = [...issues];
  const file = kudoFields(root, "", FIELDS, (severity, code, message, offset) => {
    found.push({ ...warningIssue(code, message, placeAt(offset)), severity });
  });
  const repositories = file
    .structs("repositories", ["name", "url"])
    .map((entry) => ({ name: entry.text("name") ?? "", url: entry.text("url") ?? "" }));
  const context = file.text("context") ?? "";
  const repoVersion = file.text("repoVersion") ?? "v1";
  if (hasErrors(found)) refuse(path, found);
  return { repoVersion, context, repositories, isThere: true };
}

const FIELDS = ["repoVersion", "context", "repositories"];

/** What `kubectl kudo init` wrote: the community's repository alone. */
export function initialRepositories(): Omit<Repositories, "isThere"> {
  return { repoVersion: "v1", context: COMMUNITY.name, repositories: [COMMUNITY] };
}

/** Writes the repositories of a home, whole or not at all. Throws a `failed` KplanError when it cannot. */
export async function writeRepositories(
  home: string,
  { repoVersion, context, repositories }: Omit<Repositories, "isThere">,
): Promise<void> {
  const path = repositoriesPath(home);
  const draft = `${path}.${process.pid}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(draft, dumpYaml({ repoVersion, context, repositories }));
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => {});
    throw unusable(path, error);
  }
}

/** The repository of a name, else that of the context. Throws a `bad-input` KplanError when there is none of that name. */
export function chosenRepository(file: Repositories, name: string | undefined): Repository {
  const wanted = name ?? file.context;
  if (name?.includes("://")) return { name, url: name };
  const found = file.repositories.find((each) => each.name === wanted);
  if (found) return found;
  const names = file.repositories.map((each) => each.name);
  const message = wanted === "" ? "no repository is chosen" : `there is no repository "${wanted}"`;
  throw new KplanError("no-such-repository", message + didYouMean(wanted, names), {
    kind: "bad-input",
    hint: "`kplan repo list` shows those that are there; `kplan repo add NAME URL` adds one",
  });
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

function unusable(path: string, error: unknown): KplanError {
  const why = error instanceof Error ? error.message : String(error);
  return new KplanError("bad-repositories", `${path}: ${why}`, { cause: error });
}
