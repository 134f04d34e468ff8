import type { Json } from "../model/json.ts";
import type { MeterSummary } from "../model/meter.ts";
import type { RunRecord } from "../model/run.ts";

/** The record with what an Exec task found out; a later finding of the same task takes its place. */
export function withFact(record: RunRecord, task: string, value: Json): RunRecord {
  return { ...record, facts: { ...record.facts, [task]: value } };
}

/** The record with what a meter found so far in a step (`plan.phase.step`). */
export function withMeter(record: RunRecord, step: string, summary: MeterSummary): RunRecord {
  return { ...record, meters: { ...record.meters, [step]: summary } };
}
