import type { Command } from "commander";
import type { CliDeps } from "../../deps.ts";
import { EXIT } from "../../exit-code.ts";
import { examples, type RunAction } from "../command.ts";

/** `kplan package new` */
export function addPackageNew(parent: Command, deps: CliDeps, run: RunAction): void {
  const command = parent
    .command("new")
    .argument("<name>", "of the operator")
    .description("write a small package to begin from into a folder of that name")
    .option("--kudo", "in KUDO's dialect")
    .option("-i, --interactive", "ask for versions, description and maintainer")
    .option("-w, --overwrite", "write over the files of a folder that is there");
  examples(command, [["kplan package new shop", "./shop: it verifies and installs as it is"]]);
  command.action((name: string, options) =>
    run(async () => {
      const { newPackage } = await import("../../../actions/packages/new-package.ts");
      const paths = await newPackage({
        name,
        dialect: options.kudo === true ? "kudo" : "native",
        folder: `./${name}`,
        overwrite: options.overwrite === true,
      });
      for (const path of paths) deps.terminal.out(`${path}\n`);
      deps.terminal.err(`\`kplan package verify ./${name}\` checks it\n`);
      return EXIT.ok;
    }),
  );
}
