import { KplanError } from "../model/kplan-error.ts";
import { didYouMean } from "../model/nearest.ts";
import { fetchIndex, indexAddress } from "./fetch-index.ts";
import {
  type Repositories,
  type Repository,
  readRepositories,
  writeRepositories,
} from "./repositories-file.ts";

/**
 * Writes a repository down under a name, after a look at its index. The first of all is the one that is asked from then on: KUDO's own, which is gone, is only kept where it is
 * written down. Throws a `bad-input` KplanError when there is one of that name, and as `fetchIndex` does.
 * @param skipCheck do not ask it for its index
 */
export async function addRepository(
  home: string,
  repository: Repository,
  how: {
    readonly skipCheck: boolean;
    readonly env: Readonly<Record<string, string | undefined>>;
  },
): Promise<Repositories> {
  const { name } = repository;
  if (name === "" || name.includes("/"))
    throw new KplanError("bad-name", `${JSON.stringify(name)} is no name of a repository`, {
      kind: "bad-input",
      hint: "`kplan repo add NAME URL`",
    });
  const read = await readRepositories(home);
  const file = read.isThere ? read : { ...read, repositories: [], context: name };
  if (file.repositories.some((each) => each.name === name))
    throw new KplanError("repository-exists", `there is a repository "${name}" already`, {
      kind: "bad-input",
      hint: `\`kplan repo remove ${name}\` removes it`,
    });
  indexAddress(repository);
  if (!how.skipCheck) await fetchIndex(repository, how.env);
  const repositories = [...file.repositories, repository];
  return await keep(home, { ...file, repositories });
}

/** Forgets repositories. What was the context is so no more; the first of the rest is. Throws a `bad-input` KplanError, and forgets none, when one of them is not there. */
export async function removeRepositories(
  home: string,
  names: readonly string[],
): Promise<Repositories> {
  const file = await readRepositories(home);
  for (const name of names) known(file, name);
  const repositories = file.repositories.filter(({ name }) => !names.includes(name));
  const context = names.includes(file.context) ? (repositories[0]?.name ?? "") : file.context;
  return await keep(home, { ...file, repositories, context });
}

/** Makes a repository the one that is asked when none is named. Throws a `bad-input` KplanError when there is none of that name. */
export async function useRepository(home: string, name: string): Promise<Repositories> {
  const file = await readRepositories(home);
  known(file, name);
  return await keep(home, { ...file, context: name });
}

function known(file: Repositories, name: string): void {
  const names = file.repositories.map((each) => each.name);
  if (names.includes(name)) return;
  throw new KplanError(
    "no-such-repository",
    `there is no repository "${name}"${didYouMean(name, names)}`,
    { kind: "bad-input", hint: "`kplan repo list` shows those that are there" },
  );
}

async function keep(home: string, file: Repositories): Promise<Repositories> {
  await writeRepositories(home, file);
  return { ...file, isThere: true };
}
