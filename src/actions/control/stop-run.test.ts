import { expect, test } from "vitest";
import type { RunRecord } from "../../model/run.ts";
import { howEnded } from "./stop-run.ts";

test.each<readonly [Pick<RunRecord, "status" | "reason" | "message">, string]>([
  [{ status: "COMPLETE" }, "was complete"],
  [
    { status: "FATAL_ERROR", reason: "Cancelled", message: "cancelled by anna@laptop: …" },
    "was cancelled",
  ],
  [{ status: "FATAL_ERROR", reason: "Failed", message: "no room" }, "had failed (no room)"],
  [
    { status: "FATAL_ERROR", reason: "TimedOut", message: "after 2 s" },
    "had timed out (after 2 s)",
  ],
  [{ status: "IN_PROGRESS", reason: "Paused" }, "was stopped (Paused)"],
  [{ status: "IN_PROGRESS" }, "was stopped (by its driver)"],
])("a run %j %s before somebody else could stop it", (record, said) => {
  expect(howEnded(record)).toBe(said);
});
