import type { Command } from "commander";
import { formatIssue, hasErrors } from "../../../model/issue.ts";
import type { CliDeps } from "../../deps.ts";
import { EXIT } from "../../exit-code.ts";
import { addOutputOption } from "../../run-options.ts";
import { paint } from "../../terminal.ts";
import { examples, type RunAction } from "../command.ts";

/** `kplan package convert` */
export function addPackageConvert(parent: Command, deps: CliDeps, run: RunAction): void {
  const command = parent
    .command("convert")
    .argument("<package>", "folder or .tgz of a KUDO package")
    .description(
      "write a KUDO package in the native dialect, as far as it can be proved to render the same objects",
    )
    .requiredOption("-d, --destination <folder>", "folder that the native package is written into")
    .option("-w, --overwrite", "write into a folder that is there");
  addOutputOption(command);
  examples(command, [
    [
      "kplan package convert ./zookeeper -d ./zookeeper-native",
      "file:line:col of what is left to do; exit 1 when there is something",
    ],
  ]);
  command.action((source: string, options) =>
    run(async () => {
      const { convertPackageAt } = await import("../../../actions/packages/convert-package.ts");
      const { path, issues, converted, templates } = await convertPackageAt({
        source,
        destination: options.destination,
        overwrite: options.overwrite === true,
      });
      const isWhole = !hasErrors(issues);
      if (options.output) {
        const { printValue } = await import("../../output/values.ts");
        const of = (severity: string) => issues.filter((issue) => issue.severity === severity);
        const value = {
          path,
          complete: isWhole,
          converted,
          left: of("error"),
          warnings: of("warning"),
        };
        await printValue(value, options.output, deps.terminal);
      } else {
        for (const issue of issues) deps.terminal.out(`${formatIssue(issue)}\n`);
        const tried = converted.reduce((sum, { renderings }) => sum + renderings, 0);
        const words = isWhole ? `${path} is the same package` : `${path} is not complete`;
        deps.terminal.out(
          `${paint(deps.terminal, isWhole ? "good" : "bad", words)}: ${converted.length} of ${templates} templates render the same objects (${tried} renderings compared)\n`,
        );
      }
      return isWhole ? EXIT.ok : EXIT.failed;
    }),
  );
}
