import type { AddCommand } from "../../commands/command.ts";
import { EXIT } from "../../exit-code.ts";
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
      const clientVersion = {
        gitVersion: deps.version,
        gitCommit: "",
        buildDate: "",
        goVersion: "",
        compiler: `node ${process.version}`,
        platform: `${process.platform}/${process.arch}`,
        kubernetesClientVersion: "",
      };
      if (format) {
        printOne({ clientVersion }, format, deps.terminal);
        return EXIT.ok;
      }
      const fields = Object.entries(clientVersion).map(
        ([name, value]) => `${name[0]?.toUpperCase()}${name.slice(1)}:${JSON.stringify(value)}`,
      );
      deps.terminal.out(`KUDO Version: version.Info{${fields.join(", ")}}\n`);
      return EXIT.ok;
    }),
  );
};
