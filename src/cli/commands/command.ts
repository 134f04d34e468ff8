import type { Command } from "commander";
import type { CliDeps } from "../deps.ts";

/** A file of this folder: adds its command to the program. `run` takes the work to do and keeps its exit code. */
export type AddCommand = (program: Command, deps: CliDeps, run: RunAction) => void;

/** Does the work of a command; the number it resolves to is the exit code. */
export type RunAction = (work: () => Promise<number>) => Promise<void>;

/** Examples below a command's help, each a line to type with what it does. */
export function examples(command: Command, lines: readonly (readonly [string, string])[]): Command {
  const width = Math.max(...lines.map(([line]) => line.length));
  const text = lines.map(([line, what]) => `  ${line.padEnd(width)}  # ${what}`).join("\n");
  return command.addHelpText("after", `\nExamples:\n${text}`);
}
