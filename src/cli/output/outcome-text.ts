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
    case "cancelled":
      return `CANCELLED: ${outcome.message}${mark}${hint(outcome.hint)}`;
    case "interrupted":
      return `${outcome.reason === "Paused" ? "PAUSED" : "INTERRUPTED"}: ${outcome.message}${mark}`;
  }
}

/** What is going on before the first write; nothing to say where there is nothing to check. */
export function checkingText(objects: number): string | undefined {
  if (objects === 0) return undefined;
  return `checking ${objects} ${objects === 1 ? "object" : "objects"} before the first write`;
}

function hint(text: string | undefined): string {
  return text ? `\n  ${text}` : "";
}
