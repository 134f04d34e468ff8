import type { Issue } from "../model/issue.ts";
import type { Json } from "../model/json.ts";
import type { Parameter } from "../model/parameter.ts";

/** What the user gave on the command line. */
export interface AssignmentSources {
  /** Texts of `-p`, in order. */
  readonly set: readonly string[];
  /** Contents of `-P` files, in order. */
  readonly files: readonly { readonly name: string; readonly text: string }[];
  /** Names of `--unset`. */
  readonly unset: readonly string[];
  /** Text of a file for `-p NAME=@file`; may fail as `fs.readFile` does. */
  readFile(path: string): string | Promise<string>;
  /** All of standard input, for `-p NAME=-`; called once at most. */
  readStdin(): string | Promise<string>;
}

/** Values by parameter name. */
export interface Assignments {
  readonly given: Record<string, Json>;
  /** Values of secret parameters. */
  readonly secrets: Record<string, string>;
  readonly unset: string[];
  readonly issues: Issue[];
}

/** Reads parameter values as typed by their declarations, with all problems at once. */
export async function parseAssignments(
  _declared: readonly Parameter[],
  _sources: AssignmentSources,
): Promise<Assignments> {
  throw new Error("not written yet");
}
