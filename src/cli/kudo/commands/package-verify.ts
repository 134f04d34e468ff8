import { hasErrors, type Issue } from "../../../model/issue.ts";
import { KplanError } from "../../../model/kplan-error.ts";
import type { AddCommand } from "../../commands/command.ts";
import type { CliDeps } from "../../deps.ts";
import { EXIT } from "../../exit-code.ts";
import { addKudoOutputOption, outputOf, usage } from "../kudo-options.ts";
import { issueTable, issueValues } from "../views/issue-table.ts";
import { printOne } from "../views/print-output.ts";

/** `kubectl kudo package verify FOLDER` */
export const addKudoPackageVerify: AddCommand = (parent, deps, run) => {
  const command = parent
    .command("verify")
    .argument("[folder]", "folder of a package")
    .description("find everything that is wrong with a package")
    .option("--param-checks <names>", "further checks of parameters, by name, with commas between")
    .allowExcessArguments();
  addKudoOutputOption(command);
  command.action((source: string | undefined, options) =>
    run(async () => {
      const format = outputOf(options);
      if (source === undefined || command.args.length !== 1) throw oneFolder();
      const { verifyPackageAt } = await import("../../../actions/verify-package-at.ts");
      const { issues } = await verifyPackageAt(source, options.paramChecks);
      reportIssues(issues, format, deps);
      return EXIT.ok;
    }),
  );
};

/** What is thrown for none or several arguments. */
export function oneFolder(): KplanError {
  return usage("expecting exactly one argument - directory of the operator or name of package");
}

/** Prints what verifying found. Throws when there is an error among it. */
export function reportIssues(
  issues: readonly Issue[],
  format: "json" | "yaml" | undefined,
  { terminal }: Pick<CliDeps, "terminal">,
): void {
  if (format) printOne(issueValues(issues), format, terminal);
  else terminal.out(issueTable(issues));
  if (!hasErrors(issues)) return;
  const count = issues.filter(({ severity }) => severity === "error").length;
  throw new KplanError("bad-package", `found ${count} package verification errors`, {
    kind: "bad-input",
  });
}
