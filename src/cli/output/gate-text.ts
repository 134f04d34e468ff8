import type { RunEvent } from "../../model/event.ts";
import { printable } from "./printable.ts";

/** What a gate shows, in a sentence. */
export function gateText({
  state,
  message,
}: Pick<RunEvent & { readonly type: "gate" }, "state" | "message">): string {
  return `${WORDS[state]}: ${printable(message, 400)}`;
}

const WORDS = {
  waiting: "gate waits",
  holds: "gate holds",
  slow: "gate holds, slowed down",
  "not-evaluated": "gate not evaluated",
} as const;
