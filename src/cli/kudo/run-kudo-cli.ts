import { CommanderError } from "commander";
import { KplanError } from "../../model/kplan-error.ts";
import { aimed } from "../aimed.ts";
import type { RunAction } from "../commands/command.ts";
import type { CliDeps } from "../deps.ts";
import { EXIT } from "../exit-code.ts";
import { kudoErrorText } from "./error-text.ts";
import { goFlags } from "./go-flags.ts";
import { createKudoProgram } from "./kudo-program.ts";

/** The only code beside 0 that `kubectl kudo` has (compat section 9); Ctrl-C ends it as it ends any program. */
const KUDO_FAILED = 255;

/** Runs one command line as `kubectl kudo` takes it (without the program's own name) and gives its exit code. Never throws. */
export async function runKudoCli(argv: readonly string[], given: CliDeps): Promise<number> {
  const { programName } = given;
  const told = new Set<string>();
  const deps: CliDeps = {
    ...given,
    terminal: {
      ...given.terminal,
      // Results have KUDO's very shape; only what is said beside them names commands as they can be typed.
      err: (text) => {
        for (const line of text.split("\n")) told.add(line);
        given.terminal.err(aimed(text, programName, argv));
      },
    },
  };
  let code: number = EXIT.ok;
  const run: RunAction = async (work) => {
    code = await work();
  };
  try {
    const program = await createKudoProgram(deps, run, argv[0]);
    await program.parseAsync(goFlags(argv), { from: "user" });
    return OWN_CODES.has(code) ? code : KUDO_FAILED;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.ok;
    deps.terminal.err(kudoErrorText(error, told));
    const isInterrupt = error instanceof KplanError && error.kind === "interrupted";
    return isInterrupt ? EXIT.interrupted : KUDO_FAILED;
  }
}

/** Codes that a command may end with as they are: those of kplan's own commands that no KUDO has tell of changes by 10. */
const OWN_CODES: ReadonlySet<number> = new Set([EXIT.ok, EXIT.changes, EXIT.interrupted]);
