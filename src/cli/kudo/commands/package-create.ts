import type { AddCommand } from "../../commands/command.ts";
import { EXIT } from "../../exit-code.ts";
import { addKudoOutputOption, outputOf } from "../kudo-options.ts";
import { oneFolder, reportIssues } from "./package-verify.ts";

/** `kubectl kudo package create FOLDER` */
export const addKudoPackageCreate: AddCommand = (parent, deps, run) => {
  const command = parent
    .command("create")
    .argument("[folder]", "folder of a package")
    .description("verify a package and pack it as an archive")
    .option("-d, --destination <folder>", "where the archive is written", ".")
    .option("-w, --overwrite", "write over an archive that is there")
    .allowExcessArguments();
  addKudoOutputOption(command);
  command.action((source: string | undefined, options) =>
    run(async () => {
      const format = outputOf(options);
      if (source === undefined || command.args.length !== 1) throw oneFolder();
      const { createPackage } = await import("../../../actions/packages/create-package.ts");
      const { issues, archive } = await createPackage({
        source,
        destination: options.destination,
        overwrite: options.overwrite === true,
      });
      reportIssues(issues, format, deps);
      if (archive && !format) deps.terminal.out(`Package created: ${archive.path}\n`);
      return EXIT.ok;
    }),
  );
};
