import tab, { type RootCommand } from "@bomb.sh/tab";
import type { Command, Option } from "commander";

/** Tells the completion library every visible command, argument and option of the program; it then prints scripts and answers requests. */
export function completions(program: Command): RootCommand {
  describeOptions(program, tab);
  for (const command of program.commands) describe(command, "", tab);
  return tab;
}

function describe(command: Command, prefix: string, root: RootCommand): void {
  if (!visible(command)) return;
  const name = prefix ? `${prefix} ${command.name()}` : command.name();
  const target = root.command(name, command.description());
  describeOptions(command, target);
  for (const argument of command.registeredArguments) {
    const choices = argument.argChoices ?? [];
    target.argument(
      argument.name(),
      (complete) => {
        for (const choice of choices) complete(choice, "");
      },
      argument.variadic,
    );
  }
  for (const child of command.commands) describe(child, name, root);
}

function describeOptions(command: Command, target: Pick<RootCommand, "option">): void {
  for (const option of command.options) {
    if (option.hidden || !option.long) continue;
    const name = option.long.slice(2);
    const alias = option.short?.slice(1);
    if (option.required || option.optional)
      target.option(name, option.description, valuesOf(option), alias);
    else target.option(name, option.description, alias);
  }
}

function valuesOf(option: Option): (complete: (value: string, what: string) => void) => void {
  return (complete) => {
    for (const choice of option.argChoices ?? []) complete(choice, "");
  };
}

function visible(command: Command): boolean {
  return !("_hidden" in command && command._hidden === true);
}
