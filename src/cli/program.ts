import { Command } from "commander";
import type { AddCommand, RunAction } from "./commands/command.ts";
import { addCompletion } from "./commands/completion.ts";
import { addEmbedded } from "./commands/embedded.ts";
import { addGet } from "./commands/get.ts";
import { addInit } from "./commands/init.ts";
import { addInstall } from "./commands/install.ts";
import { addPackage } from "./commands/package.ts";
import { addPlan } from "./commands/plan.ts";
import { addUninstall } from "./commands/uninstall.ts";
import { addUpdate } from "./commands/update.ts";
import { addUpgrade } from "./commands/upgrade.ts";
import { addVersion } from "./commands/version.ts";
import type { CliDeps } from "./deps.ts";
import { addGlobalOptions } from "./global-options.ts";

/** Every command, in the order that help lists them. A new command is a new file and a line here. */
const COMMANDS: readonly AddCommand[] = [
  addInstall,
  addUpdate,
  addUpgrade,
  addUninstall,
  addGet,
  addPlan,
  addPackage,
  addInit,
  addEmbedded,
  addVersion,
  addCompletion,
];

/** The command line as data: what can be typed. Loads nothing that does the work. */
export function createProgram(deps: CliDeps, run: RunAction): Command {
  const program = new Command(deps.programName)
    .description("Runs operators written as data: plans, phases, steps and tasks on Kubernetes.")
    .configureHelp({ showGlobalOptions: true, helpWidth: 100 })
    .configureOutput({ writeOut: deps.terminal.out, writeErr: deps.terminal.err })
    .exitOverride()
    .showHelpAfterError("(add --help for what can be typed)")
    .version(`kplan ${deps.version}`, "--version", "print kplan's version");
  addGlobalOptions(program);
  for (const add of COMMANDS) add(program, deps, run);
  program.addHelpText(
    "after",
    `
Examples:
  ${deps.programName} install ./operators/galera   # install a package, with its defaults
  ${deps.programName} update -p NODE_COUNT=5       # change a parameter, run the plan it triggers
  ${deps.programName} plan status                  # how the plans stand

Exit codes: 0 complete or nothing to do, 1 failed, 2 bad input (nothing applied), 3 timed out (resumable),
  4 somebody else is driving, 10 a preview that found changes, 70 a bug in kplan, 130 interrupted`,
  );
  return program;
}
