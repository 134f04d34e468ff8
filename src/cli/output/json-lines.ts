import type { Terminal } from "../terminal.ts";
import type { EventView } from "./event-view.ts";

/** One JSON object a line (NDJSON): the events as they are, with `simulated` on each when no container runs. */
export function jsonLines(terminal: Terminal, simulated: boolean): EventView {
  return {
    event: (event) =>
      terminal.out(`${JSON.stringify(simulated ? { ...event, simulated: true } : event)}\n`),
    close() {},
  };
}
