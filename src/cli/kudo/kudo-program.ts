import { Command } from "commander";
import { nearest } from "../../model/nearest.ts";
import type { AddCommand, RunAction } from "../commands/command.ts";
import type { CliDeps } from "../deps.ts";
import { addKudoGlobalOptions } from "./kudo-options.ts";

/** Every command of `kubectl kudo` (compat section 9), then those that only kplan has; a new command is a new file and a line here. */
const COMMANDS: readonly (() => Promise<AddCommand>)[] = [
  async () => (await import("./commands/diagnostics.ts")).addKudoDiagnostics,
  async () => (await import("./commands/get.ts")).addKudoGet,
  async () => (await import("./commands/init.ts")).addKudoInit,
  async () => (await import("./commands/install.ts")).addKudoInstall,
  async () => (await import("./commands/package.ts")).addKudoPackage,
  async () => (await import("./commands/plan.ts")).addKudoPlan,
  async () => (await import("./commands/repo.ts")).addKudoRepo,
  async () => (await import("./commands/search.ts")).addKudoSearch,
  async () => (await import("./commands/test.ts")).addKudoTest,
  async () => (await import("./commands/uninstall.ts")).addKudoUninstall,
  async () => (await import("./commands/update.ts")).addKudoUpdate,
  async () => (await import("./commands/upgrade.ts")).addKudoUpgrade,
  async () => (await import("./commands/version.ts")).addKudoVersion,
  async () => (await import("../commands/rollback.ts")).addRollback,
  async () => (await import("../commands/drift.ts")).addDrift,
  async () => (await import("../commands/embedded.ts")).addEmbedded,
];

/** The command line of `kubectl kudo` as data. Nothing is said by commander itself: errors are KUDO's. */
export async function createKudoProgram(deps: CliDeps, run: RunAction): Promise<Command> {
  const program = new Command("kubectl-kudo")
    .description("KUDO's command line, carried out by kplan.")
    .configureHelp({ showGlobalOptions: true, helpWidth: 100 })
    .configureOutput({
      writeOut: deps.terminal.out,
      writeErr: deps.terminal.out,
      outputError: () => {},
    })
    .exitOverride()
    .option("--version", "print the version");
  addKudoGlobalOptions(program);
  const adds = await Promise.all(COMMANDS.map((load) => load()));
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
