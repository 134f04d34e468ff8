import { CommanderError } from "commander";
import { ClusterError } from "../../model/cluster.ts";
import type { Issue } from "../../model/issue.ts";
import { KplanError } from "../../model/kplan-error.ts";

/**
 * What stderr says of a failure in KUDO's form: `Error: ` and the message.
 * @param told lines that it has said already: a warning is not said twice
 */
export function kudoErrorText(error: unknown, told: ReadonlySet<string>): string {
  if (error instanceof CommanderError) return `Error: ${flagText(error)}\n`;
  if (error instanceof KplanError)
    return `${warningsOf(error, told)}Error: ${messageOf(error)}\n${hintOf(error.hint)}`;
  if (error instanceof ClusterError) return `Error: ${error.message}\n${hintOf(error.hint)}`;
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `Error: this is a bug in kplan, please report it with what follows\n${stack}\n`;
}

/** What is wrong with a command line, in the words of KUDO's flag library (cobra). */
function flagText({ code, message }: CommanderError): string {
  const word = /'([^']*)'/.exec(message)?.[1] ?? "";
  const flag = flagIn(word);
  switch (code) {
    case "commander.unknownOption":
      if (word.startsWith("--")) return `unknown flag: ${word.split("=", 1)[0]}`;
      return `unknown shorthand flag: '${word[1] ?? ""}' in ${word}`;
    case "commander.unknownCommand": {
      const known = /Did you mean (?:one of )?(.*)\?/.exec(message)?.[1];
      const meant = known ? `\n\nDid you mean this?\n\t${known.split(", ").join("\n\t")}\n` : "";
      return `unknown command "${word}" for "kubectl-kudo"${meant}\nRun 'kubectl-kudo --help' for usage.`;
    }
    case "commander.optionMissingArgument":
      return `flag needs an argument: ${flag}`;
    case "commander.invalidArgument":
      return message
        .replace(/^error: /, "")
        .replace(
          /^option '[^']*' argument '([^']*)' is invalid\. /,
          (_, value) => `invalid argument ${JSON.stringify(value)} for "${flag}" flag: `,
        );
    default:
      return message.replace(/^error: /, "");
  }
}

/** `--parameter` of `-p, --parameter <K=V>`. */
function flagIn(word: string): string {
  return /--[a-z-]+/.exec(word)?.[0] ?? word.split(/[ ,]/, 1)[0] ?? word;
}

/** Many problems are the message, a line each; parameters that are missing are named in one line. */
function messageOf({ message, issues }: KplanError): string {
  const errors = issues.filter(({ severity }) => severity === "error");
  if (errors.length === 0) return message;
  if (errors.every(({ code }) => code === "required-missing")) {
    const names = errors.map((issue) => /parameter "?([^\s"]+)"?/.exec(issue.message)?.[1] ?? "?");
    return `missing required parameters during installation: ${names.join(",")}`;
  }
  const unread = errors.filter(({ code }) => UNREAD.has(code));
  if (unread.length > 0) {
    const rest = errors.filter((issue) => !unread.includes(issue)).map(withHint);
    return [`could not parse parameters: ${unread.map(placed).join(", ")}`, ...rest].join("\n");
  }
  const [only, ...others] = errors;
  if (only && others.length === 0) return withHint(only);
  return [message, ...errors.map(withHint)].join("\n");
}

function withHint(issue: Issue): string {
  return `${placed(issue)}${issue.hint ? `\n  ${issue.hint}` : ""}`;
}

/** A problem with its place; that it is an error is said already. */
function placed(issue: Issue): string {
  const { file, line, col } = issue.at ?? {};
  return `${file === undefined ? "" : `${file}:${line}:${col}: `}${issue.message}`;
}

/** What is wrong with what `-p` and `-P` give, before it is asked what it means. */
const UNREAD: ReadonlySet<string> = new Set(["not-an-assignment", "empty-value", "not-a-map"]);

function warningsOf({ issues }: KplanError, told: ReadonlySet<string>): string {
  return issues
    .filter(({ severity }) => severity === "warning")
    .map((issue) => `warning: ${placed(issue)}`)
    .filter((line) => !told.has(line))
    .map((line) => `${line}\n`)
    .join("");
}

function hintOf(hint: string | undefined): string {
  return hint ? `  ${hint}\n` : "";
}
