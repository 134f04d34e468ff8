import { pathText, type RunOutcome } from "../../model/run.ts";

/** One sentence that says how a run ended; the hint, if any, on a line of its own. */
export function outcomeText(outcome: RunOutcome, simulated: boolean): string {
  const mark = simulated ? " (simulated: no container runs)" : "";
  switch (outcome.result) {
    case "complete":
      return `COMPLETE${outcome.message ? `: ${outcome.message}` : ""}${mark}`;
    case "failed":
      return `FAILED in ${pathText(outcome.path)}: ${outcome.message}${mark}${hint(outcome.hint)}`;
    case "timed-out":
      return `TIMED OUT in ${pathText(outcome.path)}: ${outcome.message}${mark}${hint(outcome.hint)}`;
    case "interrupted":
      return `INTERRUPTED: ${outcome.message}${mark}`;
  }
}

function hint(text: string | undefined): string {
  return text ? `\n  ${text}` : "";
}
