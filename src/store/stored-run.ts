import { gunzipSync, gzipSync } from "node:zlib";
import { KplanError } from "../model/kplan-error.ts";
import type { KubeObject } from "../model/kube-object.ts";
import { ANNOTATION, LABEL, runName } from "../model/names.ts";
import type { RunRecord } from "../model/run.ts";

/** A run record with the object that keeps it. */
export interface StoredRun {
  readonly record: RunRecord;
  /** uid of the Instance it belongs to: an instance of the same name may have lived before. */
  readonly instanceUid: string;
  /** The ConfigMap, as last read or written. */
  readonly object: KubeObject;
}

const INSTANCE_UID = "kplan.dev/instance-uid";
const KEY = "run.json";
/** The same where the text would not fit: thousands of objects are much alike, and take a tenth. */
const PACKED = "run.json.gz";
/** An object of Kubernetes may have 1 MiB; this leaves room for metadata and managed fields. */
const ROOM = 900 * 1024;

/** Selects the runs of an instance. */
export function runSelector(instance: string): string {
  return `${LABEL.instance}=${instance},${LABEL.role}=run`;
}

/** The ConfigMap `<instance>-run-<n>` that keeps a record. Throws a KplanError when not even a trimmed record fits. */
export function runObject(record: RunRecord, instanceUid: string, token: number): KubeObject {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: {
      name: runName(record.instance, record.number),
      namespace: record.namespace,
      labels: { [LABEL.instance]: record.instance, [LABEL.role]: "run" },
      annotations: { [INSTANCE_UID]: instanceUid, [ANNOTATION.token]: String(token) },
    },
    ...fitting(record),
  };
}

/** Reads a ConfigMap of that shape; undefined when it is not one of a format we know. */
export function readRun(object: KubeObject): StoredRun | undefined {
  try {
    const text = textOf(object);
    if (text === undefined) return undefined;
    const record = JSON.parse(text) as RunRecord;
    if (record.format !== 1) return undefined;
    const instanceUid = object.metadata.annotations?.[INSTANCE_UID] ?? "";
    return { record, instanceUid, object };
  } catch {
    return undefined;
  }
}

function textOf({ data, binaryData }: KubeObject): string | undefined {
  const text = (data as Record<string, string> | undefined)?.[KEY];
  const packed = (binaryData as Record<string, string> | undefined)?.[PACKED];
  if (packed === undefined) return text;
  return gunzipSync(Buffer.from(packed, "base64")).toString();
}

/** A record as text; where that would not fit, packed; where that does not fit either, without its details of least use: times of steps, messages and causes. Inventory and intents stay. */
function fitting(record: RunRecord): Partial<Pick<KubeObject, "data" | "binaryData">> {
  const text = JSON.stringify(record);
  if (Buffer.byteLength(text) <= ROOM) return { data: { [KEY]: text } };
  for (const kept of [text, JSON.stringify(shortened(record))]) {
    const packed = gzipSync(kept);
    if (packed.length <= ROOM) return { binaryData: { [PACKED]: packed.toString("base64") } };
  }
  throw new KplanError(
    "run-too-large",
    `the record of ${record.instance}, with ${record.inventory.length} objects, ${kibOf(record.parameters)} of parameters and ${kibOf(record.facts ?? {})} of facts, is more than one object of Kubernetes can hold`,
    {
      kind: "bad-input",
      hint: "give shorter parameters, let commands print less, or split the package into several operators",
    },
  );
}

function shortened(record: RunRecord): RunRecord {
  return { ...withoutMessages(record), times: {}, cause: { ...record.cause, changes: [] } };
}

function kibOf(value: unknown): string {
  return `${Math.ceil(Buffer.byteLength(JSON.stringify(value)) / 1024)} KiB`;
}

function withoutMessages(record: RunRecord): RunRecord {
  const bare = <T extends { readonly message?: string }>({ message: _, ...rest }: T): T =>
    rest as unknown as T;
  return {
    ...record,
    planStatus: record.planStatus.map((plan) => ({
      ...bare(plan),
      phases: plan.phases.map((phase) => ({ ...bare(phase), steps: phase.steps.map(bare) })),
    })),
  };
}
