import type { KubeObject } from "../../model/kube-object.ts";
import type { InventoryEntry } from "../../model/run.ts";
import { listRuns } from "../../store/run-store.ts";
import { readSecretValues, type SecretValues } from "../../store/secret-values.ts";
import type { StoredRun } from "../../store/stored-run.ts";
import type { ActionContext } from "../context.ts";
import { getInstance, instanceNames, noInstance } from "./find-instance.ts";

/** What the cluster knows of an instance. */
export interface InstanceState {
  readonly name: string;
  readonly namespace: string;
  /** The Instance; absent when there is none of that name. */
  readonly object?: KubeObject;
  /** Its runs, newest first. */
  readonly runs: readonly StoredRun[];
  /** The newest run of all, also of an earlier instance of that name. */
  readonly newest?: StoredRun;
  /** Number of the next run, after those of earlier instances of that name too. */
  readonly nextNumber: number;
  /** All that the newest run of the instance says was made and not removed; of an earlier instance, as long as this one has no run. */
  readonly inventory: readonly InventoryEntry[];
  /** Absent when it keeps nothing secret yet. */
  readonly secrets?: SecretValues;
}

type Where = Pick<ActionContext, "cluster" | "namespace">;

/** Reads all that is known of an instance: three concurrent requests. */
export async function readInstanceState(ctx: Where, name: string): Promise<InstanceState> {
  const [object, stored, secrets] = await Promise.all([
    getInstance(ctx.cluster, ctx.namespace, name),
    listRuns(ctx.cluster, { namespace: ctx.namespace, instance: name }),
    readSecretValues(ctx.cluster, ctx.namespace, name),
  ]);
  const runs = stored.filter((run) => run.instanceUid === object?.metadata.uid);
  return {
    name,
    namespace: ctx.namespace,
    ...(object && { object }),
    runs,
    ...(stored[0] && { newest: stored[0] }),
    nextNumber: (stored[0]?.record.number ?? 0) + 1,
    // A record of an earlier instance may come late: a creation that its driver sent before it slept cannot be refused.
    inventory: (runs[0] ?? stored[0])?.record.inventory ?? [],
    ...(secrets && { secrets }),
  };
}

/** The same state, or a later one. True when nobody wrote in between. */
export function sameState(a: InstanceState, b: InstanceState): boolean {
  const version = (state: InstanceState) => [
    state.object?.metadata.uid,
    state.object?.metadata.resourceVersion,
    state.runs[0]?.object.metadata.resourceVersion,
    state.nextNumber,
    state.secrets?.names.map((name) => state.secrets?.hashOf(name)),
  ];
  return JSON.stringify(version(a)) === JSON.stringify(version(b));
}

/** An instance that must be there. */
export interface KnownInstance extends InstanceState {
  readonly object: KubeObject;
}

/** The state with its Instance. Throws a `bad-input` KplanError when there is none, naming those that are there. */
export async function requireInstance(ctx: Where, state: InstanceState): Promise<KnownInstance> {
  const { object } = state;
  if (object) return { ...state, object };
  throw noInstance(ctx.namespace, state.name, await instanceNames(ctx));
}
