import type { Command } from "commander";

/** A command that only groups others: alone it prints its help, as cobra has it. */
export function group(program: Command, name: string, description: string): Command {
  const parent = program.command(name).description(description).allowExcessArguments();
  return parent.action(() => parent.outputHelp());
}
