import type { AddCommand } from "../../commands/command.ts";
import { EXIT } from "../../exit-code.ts";
import { kudoHome } from "../../source-options.ts";
import { columns } from "../views/columns.ts";

/** `kubectl kudo search TEXT` */
export const addKudoSearch: AddCommand = (program, deps, run) => {
  const command = program
    .command("search")
    .argument("[text]", "part of a package's name")
    .description("look for packages in a repository")
    .option("-a, --all-versions", "every version of each")
    .option("--repo <name>", "name of the repository (default: the context's)")
    .allowExcessArguments();
  command.action((text: string | undefined, options) =>
    run(async () => {
      const { searchRepository } = await import("../../../repository/search-repository.ts");
      const where = {
        home: kudoHome(command.optsWithGlobals(), deps),
        env: deps.env,
        ...(options.repo && { repository: options.repo }),
      };
      const found = await searchRepository(where, text ?? "", options.allVersions === true);
      if (found.length === 0) {
        deps.terminal.out("no operators found\n");
        return EXIT.ok;
      }
      const rows = found.map(({ name, operatorVersion, appVersion = "" }, at) => [
        found[at - 1]?.name === name ? "" : name,
        operatorVersion,
        appVersion,
      ]);
      deps.terminal.out(columns([["Name", "Operator Version", "App Version"], ...rows]));
      return EXIT.ok;
    }),
  );
};
