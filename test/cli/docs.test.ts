import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { expect, test } from "vitest";
import { EXIT } from "../../src/cli/exit-code.ts";
import { createProgram } from "../../src/cli/program.ts";

const page = readFileSync(join(import.meta.dirname, "../../docs/cli.md"), "utf8");
const program = await createProgram(
  {
    terminal: { out: () => {}, err: () => {}, isTty: false, colors: false, width: () => 80 },
    version: "0",
    programName: "kplan",
  } as unknown as Parameters<typeof createProgram>[0],
  async () => {},
);

test.each(commandsOf(program))("docs/cli.md has the command %s", (name) => {
  const [parent = "", child] = name.split(" ");
  expect(page).toContain(`\`${parent}`);
  if (child) expect(page).toMatch(new RegExp(`\`(${parent} )?${child}\\b`));
});

test.each(optionsOf(program))("docs/cli.md has the option %s", (flag) => {
  expect(page).toContain(`\`${flag}`);
});

test.each(Object.values(EXIT))("docs/cli.md has the exit code %d", (code) => {
  expect(page).toMatch(new RegExp(`^\\| ${code} \\|`, "m"));
});

test.each(commandsOf(program))("%s says what it does", (name) => {
  let command: Command | undefined = program;
  for (const word of name.split(" "))
    command = command?.commands.find((child) => child.name() === word);
  expect(command?.description()).not.toBe("");
});

function commandsOf(command: Command, prefix = ""): string[] {
  return command.commands
    .filter((child) => child.name() !== "complete")
    .flatMap((child) => {
      const name = prefix ? `${prefix} ${child.name()}` : child.name();
      return child.commands.length > 0 ? commandsOf(child, name) : [name];
    });
}

function optionsOf(command: Command): string[] {
  const own = command.options.flatMap((option) => (option.long ? [option.long] : []));
  return [...new Set([...own, ...command.commands.flatMap(optionsOf)])].filter(
    (flag) => flag !== "--version" && flag !== "--help" && flag !== "--instance",
  );
}
