import { type Cluster, ClusterError } from "../model/cluster.ts";
import { KplanError } from "../model/kplan-error.ts";
import { type KubeObject, refOf } from "../model/kube-object.ts";
import { ANNOTATION } from "../model/names.ts";
import type { RunRecord } from "../model/run.ts";
import { readRun, runObject, runSelector, type StoredRun } from "./stored-run.ts";

/** How many runs of an instance are kept. */
const RUNS_KEPT = 20;

/** The runs of an instance that are kept, also those of an earlier instance of that name, newest first. One request. */
export async function listRuns(
  cluster: Cluster,
  where: { readonly namespace: string; readonly instance: string },
): Promise<readonly StoredRun[]> {
  const { items } = await cluster.list({
    apiVersion: "v1",
    kind: "ConfigMap",
    namespace: where.namespace,
    labelSelector: runSelector(where.instance),
  });
  return items
    .map(readRun)
    .filter((run) => run !== undefined)
    .sort((a, b) => b.record.number - a.record.number);
}

/** Stores a new run. Throws a `busy` KplanError when its number is taken: somebody else began one. */
export async function createRun(
  cluster: Cluster,
  record: RunRecord,
  by: { readonly instanceUid: string; readonly token: number },
): Promise<StoredRun> {
  try {
    const object = await cluster.create(runObject(record, by.instanceUid, by.token));
    return { record, instanceUid: by.instanceUid, object };
  } catch (error) {
    if (!(error instanceof ClusterError && error.kind === "already-exists")) throw error;
    const present = await cluster.get(refOf(runObject(record, by.instanceUid, by.token)));
    const stored = present && readRun(present);
    // Our own request, carried out although its answer was lost.
    if (stored?.record.uid === record.uid) return stored;
    throw leaseGone(record.instance, error);
  }
}

/**
 * Stores a run that exists. A conflict is read again and retried as long as no later driver has marked it; throws `lease-lost` when one has.
 * Returns the run as stored.
 */
export async function writeRun(
  cluster: Cluster,
  run: StoredRun,
  record: RunRecord,
  token: number,
): Promise<StoredRun> {
  let { object } = run;
  for (let attempt = 0; ; attempt++) {
    const next = runObject(record, run.instanceUid, token);
    const { resourceVersion } = object.metadata;
    if (resourceVersion !== undefined) next.metadata.resourceVersion = resourceVersion;
    try {
      return { ...run, record, object: await cluster.replace(next) };
    } catch (error) {
      if (!isConflict(error) || attempt === 3) throw error;
      const seen = await cluster.get(refOf(next));
      if (!seen || Number(seen.metadata.annotations?.[ANNOTATION.token] ?? 0) > token)
        throw leaseGone(record.instance, error);
      object = seen;
    }
  }
}

/** Deletes the oldest runs beyond the last twenty, each just as it was read. The last complete one that changed parameters stays: later changes are counted against it. */
export async function pruneRuns(cluster: Cluster, runs: readonly StoredRun[]): Promise<void> {
  await Promise.all(
    prunable(runs).map(({ object }) =>
      cluster.delete(refOf(object), { propagation: "Background", ...asRead(object) }),
    ),
  );
}

/** Preconditions of a deletion: just this object, at just this version. */
export function asRead({ metadata }: KubeObject): {
  readonly uid?: string;
  readonly resourceVersion?: string;
} {
  const { uid, resourceVersion } = metadata;
  return {
    ...(uid !== undefined && { uid }),
    ...(resourceVersion !== undefined && { resourceVersion }),
  };
}

/** Which of the runs, newest first, are not kept. */
function prunable(runs: readonly StoredRun[]): readonly StoredRun[] {
  const baseline = runs.find(isBaseline);
  return runs.slice(RUNS_KEPT).filter((run) => run !== baseline);
}

/** A run after which the cluster is as its parameters say. */
export function isBaseline({ record }: { readonly record: RunRecord }): boolean {
  return record.status === "COMPLETE" && bearsParameters(record);
}

/** Whether a run was to bring the instance to its parameters: what runs of a plan as it is, repairs and removals are not. */
export function bearsParameters({ kind }: Pick<RunRecord, "kind">): boolean {
  return kind !== "trigger" && kind !== "uninstall" && kind !== "fix";
}

function isConflict(error: unknown): boolean {
  return error instanceof ClusterError && error.kind === "conflict";
}

function leaseGone(instance: string, cause: unknown): KplanError {
  return new KplanError("lease-lost", `somebody else drives ${instance} now`, {
    kind: "busy",
    hint: "`kplan plan status` shows how it stands",
    cause,
  });
}
