import { canonicalJson, isMap, type Json } from "../../model/json.ts";
import type { KubeObject } from "../../model/kube-object.ts";
import { ANNOTATION, LABEL } from "../../model/names.ts";
import type { ExecRecord } from "../../model/task.ts";

/** The record of a one-time act, as a ConfigMap keeps it (docs/state.md). */
export interface TaskRecord {
  readonly state: "begun" | "done";
  /** A UUID; the same from the beginning of an act to its end. */
  readonly token: string;
  /** uid of the run that began it, or, once it is done, that did it. */
  readonly run: string;
  /** RFC 3339. */
  readonly begunAt: string;
  /** RFC 3339; once it is done. */
  readonly doneAt?: string;
  /** What the command found out; once it is done. */
  readonly fact?: Json;
}

/** Value of the role label of these ConfigMaps. */
export const RECORD_ROLE = "record";

/** The ConfigMap of a record before it is enhanced. Its content restarts no pod. */
export function recordObject(
  { lifetime }: ExecRecord,
  name: string,
  task: string,
  record: TaskRecord,
): KubeObject {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: {
      name,
      labels: {
        [LABEL.role]: RECORD_ROLE,
        ...(lifetime === "claims" && { [LABEL.lifetime]: "claims" }),
      },
      annotations: { [ANNOTATION.task]: task, [ANNOTATION.skipHash]: "true" },
    },
    data: recordData(record),
  };
}

/** The data of that ConfigMap. */
export function recordData(record: TaskRecord): Record<string, string> {
  const { fact, ...texts } = record;
  return { ...texts, ...(fact !== undefined && { fact: canonicalJson(fact) }) };
}

/** Reads the record of a task; undefined for an object that is none of this task's. */
export function readRecord(object: KubeObject, task: string): TaskRecord | undefined {
  if (object.metadata.annotations?.[ANNOTATION.task] !== task) return undefined;
  const data = isMap(object.data) ? (object.data as Record<string, string>) : {};
  const { state, token, run = "", begunAt = "", doneAt } = data;
  if (token === undefined) return undefined;
  if (state === "begun") return { state, token, run, begunAt };
  const fact = factOf(data.fact);
  if (state !== "done" || fact === undefined) return undefined;
  return { state, token, run, begunAt, fact, ...(doneAt !== undefined && { doneAt }) };
}

function factOf(text: string | undefined): Json | undefined {
  try {
    return JSON.parse(text ?? "") as Json;
  } catch {
    return undefined;
  }
}
