import { errorIssue, type Issue } from "../model/issue.ts";
import type { At } from "./template-tree.ts";

/** Something wrong in a template, before the template's name is known. */
export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly at: At;
  readonly hint?: string;
}

/** A template cannot be rendered with these values. */
export class RenderError extends Error {
  override readonly name = "RenderError";
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.message);
    this.problem = problem;
  }
}

/** The problem as an issue in `templates/<key>`. */
export function issueOf(problem: Problem, key: string): Issue {
  const place = { file: templateFile(key), line: problem.at.line, col: problem.at.col };
  return errorIssue(problem.code, problem.message, place, problem.hint);
}

/** The path of a template in its package. */
export function templateFile(key: string): string {
  return `templates/${key}`;
}
