import type { Issue } from "../../model/issue.ts";
import type { ActionContext } from "../context.ts";

/** Tells the warnings among some issues, each with its place where it has one. */
export function tellWarnings(ctx: Pick<ActionContext, "emit">, issues: readonly Issue[]): void {
  for (const { severity, message, at } of issues)
    if (severity === "warning")
      ctx.emit({
        type: "warning",
        message: at ? `${at.file}:${at.line}:${at.col}: ${message}` : message,
      });
}
