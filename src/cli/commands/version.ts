import { EXIT } from "../exit-code.ts";
import { addOutputOption } from "../run-options.ts";
import type { AddCommand } from "./command.ts";

/** `kplan version` */
export const addVersion: AddCommand = (program, deps, run) => {
  const command = program.command("version").description("print kplan's version");
  addOutputOption(command).action((options) =>
    run(async () => {
      if (options.output) {
        const { printValue } = await import("../output/values.ts");
        const value = { version: deps.version, node: process.version };
        await printValue(value, options.output, deps.terminal);
      } else deps.terminal.out(`kplan ${deps.version}\n`);
      return EXIT.ok;
    }),
  );
};
