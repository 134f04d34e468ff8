import type { Command } from "commander";
import type { NewPackageRequest } from "../../../actions/packages/new-package.ts";
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
      const answers = options.interactive === true ? await answersOf(deps) : {};
      const { newPackage } = await import("../../../actions/packages/new-package.ts");
      const paths = await newPackage({
        name,
        ...answers,
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

/** What `package new -i` asks for; an empty answer is none. */
export async function answersOf(deps: CliDeps): Promise<Partial<NewPackageRequest>> {
  const asked = (await deps.ask?.(QUESTIONS)) ?? [];
  const [operatorVersion, appVersion, description, url, name, email] = asked;
  return {
    ...(operatorVersion && { operatorVersion }),
    ...(appVersion && { appVersion }),
    ...(description && { description }),
    ...(url && { url }),
    ...(name && { maintainer: { name, email: email ?? "" } }),
  };
}

const QUESTIONS = [
  "Version of the operator (0.1.0)",
  "Version of the application (0.1.0)",
  "Description",
  "URL",
  "Name of the maintainer",
  "E-mail of the maintainer",
];
