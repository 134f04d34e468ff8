/** A place in a file of a package or in a parameter file. Lines and columns count from 1. */
export interface Place {
  /** Path as the user would write it, relative to the package root for package files. */
  readonly file: string;
  readonly line: number;
  readonly col: number;
}

/** One problem found in what the user gave. Problems are collected and reported all at once. */
export interface Issue {
  /** An error refuses the input; a warning is shown and lets it pass. */
  readonly severity: "error" | "warning";
  /** Stable identifier of the kind of problem, e.g. `unknown-field`; tests and docs use it. */
  readonly code: string;
  /** One sentence: what is wrong, what was expected, the nearest known word for a misspelling. */
  readonly message: string;
  /** Where, if the problem has a place. */
  readonly at?: Place;
  /** The next thing to do or the command to run, if there is one. */
  readonly hint?: string;
}

/** An error issue. */
export function errorIssue(code: string, message: string, at?: Place, hint?: string): Issue {
  return { severity: "error", code, message, ...(at && { at }), ...(hint && { hint }) };
}

/** A warning issue. */
export function warningIssue(code: string, message: string, at?: Place, hint?: string): Issue {
  return { severity: "warning", code, message, ...(at && { at }), ...(hint && { hint }) };
}

/** True when one of the issues refuses the input. */
export function hasErrors(issues: readonly Issue[]): boolean {
  return issues.some((issue) => issue.severity === "error");
}

/** `file:line:col: error: message`, the form that editors understand. */
export function formatIssue(issue: Issue): string {
  const at = issue.at ? `${issue.at.file}:${issue.at.line}:${issue.at.col}: ` : "";
  const hint = issue.hint ? `\n  ${issue.hint}` : "";
  return `${at}${issue.severity}: ${issue.message}${hint}`;
}
