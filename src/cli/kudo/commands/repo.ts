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
};
