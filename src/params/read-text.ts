import type { Parameter } from "../model/parameter.ts";

/** Where texts that are not on the command line come from. */
export interface TextSources {
  /** Text of a file for `-p NAME=@file`; may fail as `fs.readFile` does. */
  readFile(path: string): string | Promise<string>;
  /** All of standard input, for `-p NAME=-`; called once at most. */
  readStdin(): string | Promise<string>;
}

/** A text and whether it stands on the command line, or why there is none. */
export type ReadText =
  | { readonly text: string; readonly visible: boolean }
  | { readonly problem: string };

/**
 * The text that the right side of `-p NAME=…` means, for every type: `@file` is the file's content, `-` is standard input, `@@…` is the text from the
 * second `@` on, anything else is itself. Of a file or standard input, one line break at the end is dropped, as the shell's `$(…)` does, except for a
 * string parameter: a configuration file ends in one.
 */
export async function readText(
  written: string,
  parameter: Parameter,
  sources: TextSources,
): Promise<ReadText> {
  const keepsEnd = parameter.type === "string";
  const trimmed = (text: string) => (keepsEnd ? text : text.replace(/\r?\n$/, ""));
  if (written.startsWith("@@")) return { text: written.slice(1), visible: true };
  try {
    if (written === "-") return { text: trimmed(await sources.readStdin()), visible: false };
    if (!written.startsWith("@")) return { text: written, visible: true };
    return { text: trimmed(await sources.readFile(written.slice(1))), visible: false };
  } catch (error) {
    return { problem: reason(error) };
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "no such file",
  ENOTDIR: "no such file",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EISDIR: "it is a folder",
};

function reason(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const message = error instanceof Error ? error.message : String(error);
  return REASONS[code] ?? `it cannot be read: ${message}`;
}
