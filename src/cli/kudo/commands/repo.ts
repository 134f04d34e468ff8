import { formatIssue } from "../../../model/issue.ts";
import type { AddCommand } from "../../commands/command.ts";
import { EXIT } from "../../exit-code.ts";
import { kudoHome } from "../../source-options.ts";
import { group } from "../group.ts";
import { usage } from "../kudo-options.ts";
import { columns } from "../views/columns.ts";

/** `kubectl kudo repo …` */
export const addKudoRepo: AddCommand = (program, deps, run) => {
  const parent = group(program, "repo", "repositories of packages");
  const add = parent
    .command("add")
    .argument("[name]", "name of the repository")
    .argument("[url]", "its address")
    .description("add a repository, after a look at its index")
    .option("-f, --skip-check", "do not look at its index")
    .allowExcessArguments();
  add.action((name: string | undefined, url: string | undefined, options) =>
    run(async () => {
      if (name === undefined || url === undefined || add.args.length !== 2)
        throw usage("expecting exactly two arguments - name and url of the repository");
      const { addRepository } = await import("../../../repository/change-repositories.ts");
      const home = kudoHome(add.optsWithGlobals(), deps);
      const skipCheck = options.skipCheck === true;
      await addRepository(home, { name, url }, { skipCheck, env: deps.env });
      deps.terminal.out(`"${name}" has been added to your repositories\n`);
      return EXIT.ok;
    }),
  );

  const remove = parent
    .command("remove")
    .alias("rm")
    .argument("[name...]", "names of repositories")
    .description("forget repositories");
  remove.action((names: readonly string[]) =>
    run(async () => {
      if (names.length === 0) throw usage("need at least one argument, name of repo");
      const { removeRepositories } = await import("../../../repository/change-repositories.ts");
      await removeRepositories(kudoHome(remove.optsWithGlobals(), deps), names);
      for (const name of names)
        deps.terminal.out(`"${name}" has been removed from your repositories\n`);
      return EXIT.ok;
    }),
  );

  const list = parent.command("list").description("list repositories").allowExcessArguments();
  list.action(() =>
    run(async () => {
      const { readRepositories } = await import("../../../repository/repositories-file.ts");
      const file = await readRepositories(kudoHome(list.optsWithGlobals(), deps));
      const rows = file.repositories.map(({ name, url }) => [
        `${name === file.context ? "*" : ""}${name}`,
        url,
      ]);
      deps.terminal.out(columns([["NAME", "URL"], ...rows]));
      return EXIT.ok;
    }),
  );

  const context = parent
    .command("context")
    .argument("[name]", "name of the repository")
    .description("choose the repository that is asked when none is named")
    .allowExcessArguments();
  context.action((name: string | undefined) =>
    run(async () => {
      if (name === undefined || context.args.length !== 1)
        throw usage("expecting exactly one argument - name of the repository");
      const { useRepository } = await import("../../../repository/change-repositories.ts");
      await useRepository(kudoHome(context.optsWithGlobals(), deps), name);
      return EXIT.ok;
    }),
  );

  const index = parent
    .command("index")
    .argument("[folder]", "folder of archives")
    .description("write the index of a folder of archives")
    .option("--url <url>", "address that the folder is to have")
    .option("--url-repo <name>", "the same: that of this repository")
    .option("--merge <url>", "list what the repository of this address lists too")
    .option("--merge-repo <name>", "the same: this repository")
    .option("-w, --overwrite", "write over an index that is there")
    .allowExcessArguments();
  index.action((folder: string | undefined, options) =>
    run(async () => {
      if (folder === undefined || index.args.length !== 1)
        throw usage("expecting exactly one argument - directory of the operators to index");
      const { indexFolder } = await import("../../../repository/index-folder.ts");
      const { path, issues } = await indexFolder({
        folder,
        home: kudoHome(index.optsWithGlobals(), deps),
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
      return EXIT.ok;
    }),
  );
};
