import { Command } from "commander";
import { nearest } from "../../model/nearest.ts";
import type { AddCommand, RunAction } from "../commands/command.ts";
import type { CliDeps } from "../deps.ts";
import { addKudoGlobalOptions } from "./kudo-options.ts";

/** Every command of `kubectl kudo` (compat section 9) by its name, then those that only kplan has; a new command is a new file and a line here. */
const COMMANDS: Readonly<Record<string, () => Promise<AddCommand>>> = {
  diagnostics: async () => (await import("./commands/diagnostics.ts")).addKudoDiagnostics,
  get: async () => (await import("./commands/get.ts")).addKudoGet,
  init: async () => (await import("./commands/init.ts")).addKudoInit,
  install: async () => (await import("./commands/install.ts")).addKudoInstall,
  package: async () => (await import("./commands/package.ts")).addKudoPackage,
  plan: async () => (await import("./commands/plan.ts")).addKudoPlan,
  repo: async () => (await import("./commands/repo.ts")).addKudoRepo,
  search: async () => (await import("./commands/search.ts")).addKudoSearch,
  test: async () => (await import("./commands/test.ts")).addKudoTest,
  uninstall: async () => (await import("./commands/uninstall.ts")).addKudoUninstall,
  update: async () => (await import("./commands/update.ts")).addKudoUpdate,
  upgrade: async () => (await import("./commands/upgrade.ts")).addKudoUpgrade,
  version: async () => (await import("./commands/version.ts")).addKudoVersion,
  adopt: async () => (await import("../commands/adopt.ts")).addAdopt,
  rollback: async () => (await import("../commands/rollback.ts")).addRollback,
  drift: async () => (await import("../commands/drift.ts")).addDrift,
  embedded: async () => (await import("../commands/embedded.ts")).addEmbedded,
};

/**
 * The command line of `kubectl kudo` as data. Nothing is said by commander itself: errors are KUDO's. Where `first`, the first word of the line, names a command, the
 * program has this one alone.
 */
export async function createKudoProgram(
  deps: CliDeps,
  run: RunAction,
  first?: string,
): Promise<Command> {
  const program = new Command("kubectl-kudo")
    .description("KUDO's command line, carried out by kplan.")
    .configureHelp({ showGlobalOptions: true, helpWidth: 100 })
    .configureOutput({
      writeOut: deps.terminal.out,
      writeErr: deps.terminal.out,
      outputError: () => {},
    })
    .exitOverride()
    .helpCommand("help [command]", "show what a command takes")
    .option("--version", "print the version");
  addKudoGlobalOptions(program);
  const alone = first !== undefined && Object.hasOwn(COMMANDS, first) ? COMMANDS[first] : undefined;
  const adds = await Promise.all((alone ? [alone] : Object.values(COMMANDS)).map((load) => load()));
  for (const add of adds) add(program, deps, run);
  program.allowExcessArguments().action((options, command: Command) => {
    const [unknown] = command.args;
    if (unknown !== undefined) {
      const known = program.commands.map((one) => one.name());
      const near = nearest(unknown, known);
      const meant = near === undefined ? "" : `\n(Did you mean ${near}?)`;
      const code = "commander.unknownCommand";
      command.error(`error: unknown command '${unknown}'${meant}`, { code });
    }
    if (options.version) deps.terminal.out(`kubectl-kudo version ${deps.version}\n`);
    else program.outputHelp();
  });
  return program;
}
