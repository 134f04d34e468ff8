import { CommanderError } from "commander";
import type { RunAction } from "./commands/command.ts";
import type { CliDeps } from "./deps.ts";
import { EXIT, exitCodeOf } from "./exit-code.ts";
import { createProgram } from "./program.ts";

/** Runs one command line (without the program's own name) and gives its exit code. Never throws. */
export async function runCli(argv: readonly string[], deps: CliDeps): Promise<number> {
  let code: number = EXIT.ok;
  const run: RunAction = async (work) => {
    code = await work();
  };
  try {
    const program = await createProgram(deps, run, argv[0]);
    await program.parseAsync(argv, { from: "user" });
    return code;
  } catch (error) {
    // commander has already said what is wrong; help and --version end this way too.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.badInput;
    const { errorText } = await import("./output/error-text.ts");
    deps.terminal.err(errorText(error, deps.terminal));
    return exitCodeOf(error);
  }
}
