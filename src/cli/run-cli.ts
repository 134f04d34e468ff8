import { CommanderError } from "commander";
import type { CliDeps } from "./deps.ts";
import { EXIT, exitCodeOf } from "./exit-code.ts";
import { errorText } from "./output/error-text.ts";
import { createProgram } from "./program.ts";

/** Runs one command line (without the program's own name) and gives its exit code. Never throws. */
export async function runCli(argv: readonly string[], deps: CliDeps): Promise<number> {
  let code: number = EXIT.ok;
  const program = createProgram(deps, async (work) => {
    code = await work();
  });
  try {
    await program.parseAsync(argv, { from: "user" });
    return code;
  } catch (error) {
    // commander has already said what is wrong; help and --version end this way too.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.badInput;
    deps.terminal.err(errorText(error, deps.terminal));
    return exitCodeOf(error);
  }
}
