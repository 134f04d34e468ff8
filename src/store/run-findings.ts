import type { Json } from "../model/json.ts";
import { refKey } from "../model/kube-object.ts";
import type { MeterSummary } from "../model/meter.ts";
import { type FinishedJob, pathText, type RunRecord } from "../model/run.ts";

/** The record with what an Exec task found out; a later finding of the same task takes its place. */
export function withFact(record: RunRecord, task: string, value: Json): RunRecord {
  return { ...record, facts: { ...record.facts, [task]: value } };
}

/** The record with what a meter found so far in a step (`plan.phase.step`). */
export function withMeter(record: RunRecord, step: string, summary: MeterSummary): RunRecord {
  return { ...record, meters: { ...record.meters, [step]: summary } };
}

/** The record with a Job that has done its work. */
export function withFinished(record: RunRecord, job: FinishedJob): RunRecord {
  const keyOf = ({ ref, path }: FinishedJob): string => `${pathText(path)} ${refKey(ref)}`;
  const others = (record.finished ?? []).filter((one) => keyOf(one) !== keyOf(job));
  return { ...record, finished: [...others, job] };
}
