import type { AddCommand } from "../../commands/command.ts";
import { EXIT } from "../../exit-code.ts";
import { clientVersion } from "../client-version.ts";
import { addKudoOutputOption, outputOf } from "../kudo-options.ts";
import { printOne } from "../views/print-output.ts";

/** `kubectl kudo version` */
export const addKudoVersion: AddCommand = (program, deps, run) => {
  const command = program
    .command("version")
    .description("print the version")
    .allowExcessArguments();
  addKudoOutputOption(command);
  command.action((options) =>
    run(async () => {
      const format = outputOf(options);
      const info = clientVersion(deps.version);
      if (format) {
        printOne({ clientVersion: info }, format, deps.terminal);
        return EXIT.ok;
      }
      const fields = Object.entries(info).map(
        ([name, value]) => `${name[0]?.toUpperCase()}${name.slice(1)}:${JSON.stringify(value)}`,
      );
      deps.terminal.out(`KUDO Version: version.Info{${fields.join(", ")}}\n`);
      return EXIT.ok;
    }),
  );
};
