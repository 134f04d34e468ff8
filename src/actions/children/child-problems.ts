import type { ForeseenChild } from "../../engine/children/children.ts";
import type { KplanError } from "../../model/kplan-error.ts";
import type { ObjectRef } from "../../model/kube-object.ts";

/** What an instance would be refused for, as the problems of the task that is about it. */
export function childProblems(
  { message, issues, hint }: KplanError,
  ref: ObjectRef,
): ForeseenChild["problems"] {
  const errors = issues.filter(({ severity }) => severity === "error");
  if (errors.length === 0) return [{ ref, message, ...(hint !== undefined && { hint }) }];
  return errors.map((issue) => ({
    ref,
    message: issue.at ? `${issue.at.file}:${issue.at.line}: ${issue.message}` : issue.message,
    ...(issue.hint !== undefined && issue.code !== "required-missing" && { hint: issue.hint }),
  }));
}
