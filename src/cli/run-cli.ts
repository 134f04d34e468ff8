import { CommanderError } from "commander";
import { aimed } from "./aimed.ts";
import type { RunAction } from "./commands/command.ts";
import type { CliDeps } from "./deps.ts";
import { EXIT, exitCodeOf } from "./exit-code.ts";
import { createProgram } from "./program.ts";
import type { Terminal } from "./terminal.ts";

/** Runs one command line (without the program's own name) and gives its exit code. Never throws. */
export async function runCli(argv: readonly string[], given: CliDeps): Promise<number> {
  const deps = { ...given, terminal: aimedTerminal(argv, given) };
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

/** What is printed for people names commands as they can be typed; what is printed for programs stays as it is. */
function aimedTerminal(argv: readonly string[], { terminal, programName }: CliDeps): Terminal {
  if (argv.some((word) => /^(-o|--output)/.test(word))) return terminal;
  return {
    ...terminal,
    // What is drawn over and over is measured to fit, and stays as it is.
    out: (text) =>
      terminal.out(
        text.includes("\u001B[") && terminal.isTty ? text : aimed(text, programName, argv),
      ),
    err: (text) => terminal.err(aimed(text, programName, argv)),
  };
}
