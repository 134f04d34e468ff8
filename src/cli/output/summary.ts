import type { ActionResult } from "../../actions/action-result.ts";
import type { Terminal } from "../terminal.ts";
import { printValue } from "./values.ts";

/** The last thing `-o json` (one line, after the events) and `-o yaml` say: how it came out, with `simulated` on what no container ran for. */
export async function printSummary(
  result: ActionResult,
  format: "json" | "yaml",
  simulated: boolean,
  terminal: Terminal,
): Promise<void> {
  const summary = { type: "summary", ...result, ...(simulated && { simulated: true }) };
  if (format === "json") terminal.out(`${JSON.stringify(summary)}\n`);
  else await printValue(summary, "yaml", terminal);
}
