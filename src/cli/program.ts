import { Command } from "commander";
import type { AddCommand, RunAction } from "./commands/command.ts";
import type { CliDeps } from "./deps.ts";
import { addGlobalOptions } from "./global-options.ts";

/** Every command by its name, in the order that help lists them. A new command is a new file and a line here. */
const COMMANDS: Readonly<Record<string, () => Promise<AddCommand>>> = {
  install: async () => (await import("./commands/install.ts")).addInstall,
  update: async () => (await import("./commands/update.ts")).addUpdate,
  upgrade: async () => (await import("./commands/upgrade.ts")).addUpgrade,
  rollback: async () => (await import("./commands/rollback.ts")).addRollback,
  uninstall: async () => (await import("./commands/uninstall.ts")).addUninstall,
  adopt: async () => (await import("./commands/adopt.ts")).addAdopt,
  diagnostics: async () => (await import("./commands/diagnostics.ts")).addDiagnostics,
  drift: async () => (await import("./commands/drift.ts")).addDrift,
  get: async () => (await import("./commands/get.ts")).addGet,
  plan: async () => (await import("./commands/plan.ts")).addPlan,
  package: async () => (await import("./commands/package.ts")).addPackage,
  repo: async () => (await import("./commands/repo.ts")).addRepo,
  init: async () => (await import("./commands/init.ts")).addInit,
  embedded: async () => (await import("./commands/embedded.ts")).addEmbedded,
  version: async () => (await import("./commands/version.ts")).addVersion,
  completion: async () => (await import("./commands/completion.ts")).addCompletion,
};

/**
 * The command line as data: what can be typed. Loads nothing that does the work.
 * Where `first`, the first word of the line, names a command, the program has this one alone: nothing else of the line can need another.
 */
export async function createProgram(
  deps: CliDeps,
  run: RunAction,
  first?: string,
): Promise<Command> {
  const program = new Command(deps.programName)
    .description("Runs operators written as data: plans, phases, steps and tasks on Kubernetes.")
    .configureHelp({ showGlobalOptions: true, helpWidth: 100 })
    .configureOutput({ writeOut: deps.terminal.out, writeErr: deps.terminal.err })
    .exitOverride()
    .showHelpAfterError("(add --help for what can be typed)")
    .version(`kplan ${deps.version}`, "--version", "print kplan's version");
  addGlobalOptions(program);
  for (const add of await commandsFor(first)) add(program, deps, run);
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

/** One, or all: those of an unknown first word too, so that help and suggestions know them. `completion` describes all. */
function commandsFor(first: string | undefined): Promise<readonly AddCommand[]> {
  const alone = first !== undefined && first !== "completion" && Object.hasOwn(COMMANDS, first);
  const loads = alone ? [COMMANDS[first]] : Object.values(COMMANDS);
  return Promise.all(loads.flatMap((load) => (load ? [load()] : [])));
}
