import type { Command } from "commander";
import { formatIssue } from "../../../model/issue.ts";
import type { CliDeps } from "../../deps.ts";
import { EXIT } from "../../exit-code.ts";
import { addOutputOption } from "../../run-options.ts";
import { examples, type RunAction } from "../command.ts";

/** `kplan package create` */
export function addPackageCreate(parent: Command, deps: CliDeps, run: RunAction): void {
  const command = parent
    .command("create")
    .argument("<folder>", "folder of an operator package")
    .description("verify a package and pack it as an archive; the same files give the same bytes")
    .option("-d, --destination <folder>", "where the archive is written", ".")
    .option("-w, --overwrite", "write over an archive that is there");
  addOutputOption(command);
  examples(command, [["kplan package create ./galera -d /tmp", "NAME-APPVERSION_VERSION.tgz"]]);
  command.action((source: string, options) =>
    run(async () => {
      const { createPackage } = await import("../../../actions/packages/create-package.ts");
      const { archive, issues } = await createPackage({
        source,
        destination: options.destination,
        overwrite: options.overwrite === true,
      });
      if (options.output) {
        const { printValue } = await import("../../output/values.ts");
        const of = (severity: string) => issues.filter((issue) => issue.severity === severity);
        const value = { ...archive, errors: of("error"), warnings: of("warning") };
        await printValue(value, options.output, deps.terminal);
      } else {
        for (const issue of issues) deps.terminal.err(`${formatIssue(issue)}\n`);
        if (archive) deps.terminal.out(`Package created: ${archive.path}\n`);
        else deps.terminal.err(`${source} is not valid; no archive was written\n`);
      }
      return archive ? EXIT.ok : EXIT.badInput;
    }),
  );
}
