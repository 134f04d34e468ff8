import { refOf } from "../../model/kube-object.ts";
import { ANNOTATION, runName } from "../../model/names.ts";
import type { RunRecord } from "../../model/run.ts";
import type { InstanceWriter } from "../../store/instance-writer.ts";
import type { HeldLease } from "../../store/lease.ts";
import { asRead, writeRun } from "../../store/run-store.ts";
import { secretsRef } from "../../store/secret-values.ts";
import { readRun } from "../../store/stored-run.ts";
import { dropSimulation } from "../change/store-simulation.ts";
import type { ActionContext } from "../context.ts";
import type { InstanceState } from "../instance/instance-state.ts";
import { removeOperator } from "../removal/remove-operator.ts";
import { parametersPatch } from "./store-wanted.ts";

/** What was stored for a run that was refused before its first write. */
export interface Begun {
  /** Before anything was stored. */
  readonly state: InstanceState;
  readonly instance: InstanceWriter;
  readonly record: RunRecord;
  readonly lease: HeldLease;
}

/**
 * Takes back what was stored for a run that was refused before its first write: what was not there is removed, what was there says what it said before.
 * Secret values that were given stay: the ones before are not kept. A run whose record announces any write is left as it is. Throws `lease-lost`, ClusterError.
 */
export async function undoBegun(ctx: ActionContext, begun: Begun): Promise<void> {
  const { state, lease } = begun;
  lease.check();
  if (!(await undoRun(ctx, begun))) return;
  if (state.object) {
    await restoreInstance(begun);
    return;
  }
  await remove(ctx, refOf(begun.instance.current()), lease);
  if (!state.secrets) await remove(ctx, secretsRef(state.namespace, state.name), lease);
  const where = { namespace: state.namespace, instance: state.name };
  const check = (): void => lease.check();
  await removeOperator(ctx.cluster, { ...where, check }, begun.record.operatorVersion);
  if (ctx.cluster.simulated) await dropSimulation(ctx.cluster, where);
  if (!state.newest) await lease.destroy();
}

/** A run that went on says again how it stood; a new one goes. False for one that has announced a write. */
async function undoRun(ctx: ActionContext, { state, record, lease }: Begun): Promise<boolean> {
  const { namespace, name } = state;
  const ref = {
    apiVersion: "v1",
    kind: "ConfigMap",
    namespace,
    name: runName(name, record.number),
  };
  const live = await ctx.cluster.get(ref);
  const stored = live && readRun(live);
  const [newest] = state.runs;
  const announced = newest?.record.uid === record.uid ? newest.record.intents.length : 0;
  if ((stored?.record.intents.length ?? 0) > announced) return false;
  if (newest?.record.uid !== record.uid) await remove(ctx, ref, lease);
  else if (stored) await writeRun(ctx.cluster, stored, newest.record, lease.token);
  return true;
}

async function remove(
  { cluster }: ActionContext,
  ref: ReturnType<typeof refOf>,
  lease: HeldLease,
): Promise<void> {
  const live = await cluster.get(ref);
  lease.check();
  if (live) await cluster.delete(ref, { propagation: "Background", ...asRead(live) });
}

async function restoreInstance({ state, instance }: Begun): Promise<void> {
  const before = state.object;
  if (!before) return;
  const now = instance.current();
  const spec = partOf(before.spec);
  const digest = before.metadata.annotations?.[ANNOTATION.digest] ?? null;
  await instance.patch({
    metadata: { annotations: { [ANNOTATION.digest]: digest } },
    spec: {
      operatorVersion: spec.operatorVersion,
      planExecution: spec.planExecution ?? null,
      parameters: parametersPatch(now, before),
    },
  });
  const [was, is] = [partOf(before.status), partOf(now.status)];
  const gone = Object.keys(partOf(is.planStatus)).map((plan) => [plan, null] as const);
  const planStatus = { ...Object.fromEntries(gone), ...partOf(was.planStatus) };
  await instance.patch({ status: { planStatus, conditions: was.conditions ?? null } }, "status");
}

function partOf(value: unknown): Readonly<Record<string, unknown>> {
  return (value ?? {}) as Readonly<Record<string, unknown>>;
}
