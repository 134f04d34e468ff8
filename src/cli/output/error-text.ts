import { ClusterError } from "../../model/cluster.ts";
import { formatIssue } from "../../model/issue.ts";
import { KplanError } from "../../model/kplan-error.ts";
import { paint, type Terminal } from "../terminal.ts";

/** What stderr says of a failure: one message with its place, every further problem on a line, the next command. */
export function errorText(error: unknown, terminal: Pick<Terminal, "colors">): string {
  const head = paint(terminal, "bad", "error:");
  if (error instanceof KplanError) {
    const issues = error.issues.map((issue) => `${formatIssue(issue)}\n`).join("");
    return `${issues}${head} ${error.message}\n${hintLine(error.hint)}`;
  }
  if (error instanceof ClusterError) return `${head} ${error.message}\n${hintLine(error.hint)}`;
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `${head} this is a bug in kplan, please report it with what follows\n${stack}\n`;
}

function hintLine(hint: string | undefined): string {
  return hint ? `  ${hint}\n` : "";
}
