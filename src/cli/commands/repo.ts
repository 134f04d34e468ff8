import type { Command } from "commander";
import { formatIssue } from "../../model/issue.ts";
import type { Repositories } from "../../repository/repositories-file.ts";
import type { CliDeps } from "../deps.ts";
import { EXIT } from "../exit-code.ts";
import { table } from "../output/table.ts";
import { addOutputOption } from "../run-options.ts";
import { addHomeOption, kudoHome } from "../source-options.ts";
import { type AddCommand, examples, type RunAction } from "./command.ts";

/** `kplan repo add | list | remove | context | search | index` */
export const addRepo: AddCommand = (program, deps, run) => {
  const parent = program
    .command("repo")
    .description("repositories of packages, which `kplan install NAME` looks names up in");
  addAdd(parent, deps, run);
  addList(parent, deps, run);
  addRemove(parent, deps, run);
  addContext(parent, deps, run);
  addSearch(parent, deps, run);
  addIndex(parent, deps, run);
};

function addAdd(parent: Command, deps: CliDeps, run: RunAction): void {
  const command = parent
    .command("add")
    .argument("<name>", "what it is to be called")
    .argument("<url>", "address of the folder that its index.yaml lies in")
    .description("write a repository down, after a look at its index")
    .option("-f, --skip-check", "do not look at its index");
  addHomeOption(command);
  examples(command, [
    ["kplan repo add ours https://packages.example.org/v1", "http:// and file:// too"],
  ]);
  command.action((name: string, url: string, options) =>
    run(async () => {
      const { addRepository } = await import("../../repository/change-repositories.ts");
      const skipCheck = options.skipCheck === true;
      const home = kudoHome(options, deps);
      await addRepository(home, { name, url }, { skipCheck, env: deps.env });
      deps.terminal.out(`"${name}" has been added to your repositories\n`);
      return EXIT.ok;
    }),
  );
}

function addList(parent: Command, deps: CliDeps, run: RunAction): void {
  const command = parent
    .command("list")
    .description("the repositories that are written down; * marks the one that is asked");
  addOutputOption(addHomeOption(command));
  examples(command, [["kplan repo list", "names and addresses"]]);
  command.action((options) =>
    run(async () => {
      const { readRepositories } = await import("../../repository/repositories-file.ts");
      const { isThere, ...file } = await readRepositories(kudoHome(options, deps));
      // KUDO's own is only what KUDO would take where nobody wrote anything down.
      const known: Omit<Repositories, "isThere"> = isThere
        ? file
        : { ...file, context: "", repositories: [] };
      if (options.output) {
        const { printValue } = await import("../output/values.ts");
        await printValue(known, options.output, deps.terminal);
      } else if (known.repositories.length === 0)
        deps.terminal.err("no repository is written down; `kplan repo add NAME URL` adds one\n");
      else deps.terminal.out(repositoryTable(known));
      return EXIT.ok;
    }),
  );
}

function repositoryTable({ context, repositories }: Omit<Repositories, "isThere">): string {
  return table(
    ["NAME", "URL"],
    repositories.map(({ name, url }) => [name === context ? `*${name}` : name, url]),
  );
}

function addRemove(parent: Command, deps: CliDeps, run: RunAction): void {
  const command = parent
    .command("remove")
    .alias("rm")
    .argument("<name...>", "of the repositories")
    .description("forget repositories");
  addHomeOption(command);
  examples(command, [["kplan repo remove ours", "nothing is asked of it"]]);
  command.action((names: string[], options) =>
    run(async () => {
      const { removeRepositories } = await import("../../repository/change-repositories.ts");
      const { context } = await removeRepositories(kudoHome(options, deps), names);
      for (const name of names)
        deps.terminal.out(`"${name}" has been removed from your repositories\n`);
      if (context !== "") deps.terminal.err(`repository ${context} is asked from now on\n`);
      return EXIT.ok;
    }),
  );
}

function addContext(parent: Command, deps: CliDeps, run: RunAction): void {
  const command = parent
    .command("context")
    .argument("<name>", "of a repository")
    .description("choose the repository that is asked when none is named");
  addHomeOption(command);
  examples(command, [["kplan repo context ours", "what `--repo` says goes before it"]]);
  command.action((name: string, options) =>
    run(async () => {
      const { useRepository } = await import("../../repository/change-repositories.ts");
      await useRepository(kudoHome(options, deps), name);
      return EXIT.ok;
    }),
  );
}

function addSearch(parent: Command, deps: CliDeps, run: RunAction): void {
  const command = parent
    .command("search")
    .argument("[text]", "part of a name; all packages when absent", "")
    .description("the packages of a repository, the best version of each")
    .option("-a, --all-versions", "every version")
    .option("--repo <name>", "name or address of the repository (default: the context's)");
  addOutputOption(addHomeOption(command));
  examples(command, [["kplan repo search zoo -a", "every version of zookeeper"]]);
  command.action((text: string, options) =>
    run(async () => {
      const { searchRepository } = await import("../../repository/search-repository.ts");
      const where = {
        home: kudoHome(options, deps),
        env: deps.env,
        ...(options.repo && { repository: options.repo }),
      };
      const found = await searchRepository(where, text, options.allVersions === true);
      if (options.output) {
        const { printValue } = await import("../output/values.ts");
        await printValue(found, options.output, deps.terminal);
      } else if (found.length === 0) deps.terminal.err("no package has that in its name\n");
      else
        deps.terminal.out(
          table(
            ["NAME", "OPERATOR-VERSION", "APP-VERSION", "DESCRIPTION"],
            found.map(({ name, operatorVersion, appVersion = "", description = "" }) => [
              name,
              operatorVersion,
              appVersion,
              description.replace(/\s+/g, " "),
            ]),
          ),
        );
      return EXIT.ok;
    }),
  );
}

function addIndex(parent: Command, deps: CliDeps, run: RunAction): void {
  const command = parent
    .command("index")
    .argument("<folder>", "folder of archives of packages")
    .description("write the index.yaml that makes a folder of archives a repository")
    .option("--url <url>", "address that the folder is to have")
    .option("--url-repo <name>", "the same: that of this repository")
    .option("--merge <url>", "list what the repository of this address lists too")
    .option("--merge-repo <name>", "the same: this repository")
    .option("-w, --overwrite", "write over an index that is there");
  addHomeOption(command);
  examples(command, [
    ["kplan repo index ./packages", "*.tgz, by their names beside the index"],
    ["kplan repo index ./packages --url-repo ours --merge-repo ours -w", "to add to a repository"],
  ]);
  command.action((folder: string, options) =>
    run(async () => {
      const { indexFolder } = await import("../../repository/index-folder.ts");
      const { path, count, issues } = await indexFolder({
        folder,
        home: kudoHome(options, deps),
        env: deps.env,
        now: deps.clock.now(),
        overwrite: options.overwrite === true,
        url: options.url,
        urlRepository: options.urlRepo,
        merge: options.merge,
        mergeRepository: options.mergeRepo,
      });
      for (const issue of issues) deps.terminal.err(`${formatIssue(issue)}\n`);
      deps.terminal.out(`index ${path} created.\n`);
      if (count === 0) deps.terminal.err(`there is no package in ${folder}\n`);
      return EXIT.ok;
    }),
  );
}
