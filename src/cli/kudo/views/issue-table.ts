import type { Issue } from "../../../model/issue.ts";
import { columns } from "./columns.ts";

/** KUDO's `package verify` (compat section 1.6): a table of the warnings, one of the errors, and a word when there are no errors. */
export function issueTable(issues: readonly Issue[]): string {
  const of = (severity: Issue["severity"]): readonly string[] =>
    issues.filter((issue) => issue.severity === severity).map(({ message }) => message);
  const tables = [
    ["Warnings", of("warning")],
    ["Errors", of("error")],
  ] as const;
  const texts = tables.flatMap(([head, messages]) =>
    messages.length > 0 ? [columns([[head], ...messages.map((message) => [message])])] : [],
  );
  return [...texts, ...(of("error").length === 0 ? ["package is valid\n"] : [])].join("");
}

/** The same for `-o`. */
export function issueValues(issues: readonly Issue[]): {
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
  readonly valid: boolean;
} {
  const of = (severity: Issue["severity"]): readonly string[] =>
    issues.filter((issue) => issue.severity === severity).map(({ message }) => message);
  return { errors: of("error"), warnings: of("warning"), valid: of("error").length === 0 };
}
