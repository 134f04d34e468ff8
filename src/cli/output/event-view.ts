import type { RunEvent } from "../../model/event.ts";

/** One way to show a run while it goes on. Views are peers: live tree, plain lines, JSON lines. */
export interface EventView {
  /** Shows one event. */
  event(event: RunEvent): void;
  /** Leaves the terminal as a person would want to find it. */
  close(): void;
}
