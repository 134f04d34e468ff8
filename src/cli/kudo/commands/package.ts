import { hasErrors } from "../../../model/issue.ts";
import { KplanError } from "../../../model/kplan-error.ts";
import type { AddCommand } from "../../commands/command.ts";
import { addPackageTest } from "../../commands/package-test.ts";
import { EXIT } from "../../exit-code.ts";
import { group } from "../group.ts";
import { addKudoOutputOption, outputOf, usage } from "../kudo-options.ts";
import { issueTable, issueValues } from "../views/issue-table.ts";
import { printOne } from "../views/print-output.ts";

/** `kubectl kudo package …` */
export const addKudoPackage: AddCommand = (program, deps, run) => {
  const parent = group(program, "package", "make, check and look at packages");
  const verify = parent
    .command("verify")
    .argument("[folder]", "folder of a package")
    .description("find everything that is wrong with a package")
    .allowExcessArguments();
  addKudoOutputOption(verify);
  verify.action((source: string | undefined, options) =>
    run(async () => {
      const format = outputOf(options);
      if (source === undefined || verify.args.length !== 1)
        throw usage("expecting exactly one argument - directory of the operator to verify");
      const { verifyPackageAt } = await import("../../../actions/verify-package-at.ts");
      const { issues } = await verifyPackageAt(source);
      if (format) printOne(issueValues(issues), format, deps.terminal);
      else deps.terminal.out(issueTable(issues));
      if (!hasErrors(issues)) return EXIT.ok;
      const count = issues.filter(({ severity }) => severity === "error").length;
      throw new KplanError("bad-package", `found ${count} package verification errors`, {
        kind: "bad-input",
      });
    }),
  );
  addPackageTest(parent, deps, run);
};
