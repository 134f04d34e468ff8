import { expect, test } from "vitest";
import type { InventoryEntry, RunRecord } from "../../model/run.ts";
import { runOf } from "./applied-objects.ts";

/** Newest first: number, kind, status, plans. */
const RUNS = [
  [9, "trigger", "FATAL_ERROR", "smoke"],
  [8, "update", "COMPLETE", "update"],
  [7, "trigger", "COMPLETE", "deploy"],
  [6, "update", "COMPLETE", "update"],
  [5, "update", "FATAL_ERROR", "update"],
] as const;

const records = RUNS.map(
  ([number, kind, status, plan]) =>
    ({ number, kind, status, plans: [plan] }) as unknown as RunRecord,
);

test.each<[string, number | undefined, string, number | undefined]>([
  ["the run that it names", 5, "update", 5],
  ["the oldest complete one after a run that is no longer kept", 2, "deploy", 6],
  ["none where all that is kept is older", 12, "deploy", undefined],
  ["the newest one of its plan where it names none", undefined, "deploy", 7],
  ["none where it names none and its plan is unknown", undefined, "other", undefined],
])("an entry is compared with %s", (_, run, plan, found) => {
  const ref = { apiVersion: "v1", kind: "ConfigMap", name: "a" };
  const entry: InventoryEntry = { ref, path: { plan }, ...(run !== undefined && { run }) };
  expect(runOf(entry, records)?.number).toBe(found);
});
