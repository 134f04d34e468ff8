import { removeObjects } from "../../engine/objects/remove-objects.ts";
import { uninstallOrder } from "../../engine/objects/uninstall-order.ts";
import { ClusterError } from "../../model/cluster.ts";
import { needsOthers } from "../../model/dependency.ts";
import type { RunRecorder, WriteFence } from "../../model/driver.ts";
import type { Emit } from "../../model/event.ts";
import { refuseLater } from "../../model/fencing.ts";
import { KplanError } from "../../model/kplan-error.ts";
import { type KubeObject, type ObjectRef, refOf, refText } from "../../model/kube-object.ts";
import { KUDO_FINALIZER } from "../../model/names.ts";
import type { RunOutcome } from "../../model/run.ts";
import { enduringCluster } from "../../store/enduring-cluster.ts";
import type { HeldLease } from "../../store/lease.ts";
import { asRead, listRuns } from "../../store/run-store.ts";
import type { ActionResult } from "../action-result.ts";
import { dropSimulation } from "../change/store-simulation.ts";
import { removalParts } from "../children/removal-parts.ts";
import { removeChild, withOwnInstances } from "../children/remove-child.ts";
import type { ActionContext } from "../context.ts";
import { operatorVersionOf } from "../instance/find-instance.ts";
import type { InstanceState, KnownInstance } from "../instance/instance-state.ts";
import { deleteClaims } from "./claims.ts";
import { beginCleanup, type CleanupOptions } from "./cleanup-run.ts";
import { keptObjects, removable } from "./kept-objects.ts";
import { NO_RECORD } from "./no-record.ts";
import { removeOperator } from "./remove-operator.ts";

/** How often the records are listed where the last one is missing: somebody may have deleted it. */
const LOOKS = 3;

/** What is to be removed, under which lease. */
export interface Removal extends CleanupOptions {
  readonly lease: HeldLease;
  /** As read under the lease. */
  readonly state: InstanceState;
  /** Leave the Operator, its versions and their packages, also when this is the last instance. */
  readonly keepOperator?: boolean;
}

/**
 * Removes an instance: cleanup plan, objects, claims if asked for, package, Instance, runs, lease; in this order, so that whatever is still to be done
 * can be told from what is there.
 */
export async function removeInstance(
  given: ActionContext,
  removal: Removal,
): Promise<ActionResult> {
  const { state, lease } = removal;
  const { clock, stop } = given;
  const tell = (message: string): void => given.emit({ type: "warning", message });
  const ctx = { ...given, cluster: enduringCluster(given.cluster, { clock, lease, stop, tell }) };
  const { object } = state;
  const result = object
    ? await removeLiving(ctx, removal, { ...state, object })
    : await removeRemains(ctx, removal);
  if (result.kind !== "ran" || result.outcome.result === "complete") {
    const closed = result.kind === "ran" ? result.run.uid : undefined;
    for (let looks = 0; looks < LOOKS; looks++)
      if (await removeRuns(ctx, state.name, lease, closed)) break;
    if (ctx.cluster.simulated)
      await dropSimulation(ctx.cluster, { namespace: ctx.namespace, instance: state.name });
    await lease.destroy();
  }
  return result;
}

async function removeLiving(
  ctx: ActionContext,
  removal: Removal,
  state: KnownInstance,
): Promise<ActionResult> {
  const { lease } = removal;
  const cleanup = await beginCleanup(ctx, state, lease, removal);
  const { run } = cleanup;
  const cleaned = await run.settle(await cleanup.execute());
  if (cleaned.result !== "complete")
    return { kind: "ran", outcome: cleaned, run: await run.close(cleaned) };
  const made = run.keeper.record().inventory;
  const { uid = "" } = state.object.metadata;
  const mayOwn = cleanup.pkg === undefined || needsOthers(cleanup.pkg);
  const inventory = mayOwn ? await withOwnInstances(ctx, made, uid) : made;
  const heeding = { ...ctx, cluster: run.cluster, stop: run.stop };
  const outcome = await run.settle(await removeAll(heeding, removal, { ...run, inventory }));
  if (outcome.result === "complete") {
    // Whoever goes on without the package must know that its cleanup plan has run.
    await run.keeper.kept();
    const check = (): void => lease.check();
    const where = { namespace: ctx.namespace, instance: state.name, check };
    if (removal.keepOperator !== true)
      await removeOperator(ctx.cluster, where, operatorVersionOf(state.object));
  }
  const record = await run.close(outcome);
  if (outcome.result === "complete") await deleteInstance(ctx, lease, state.object);
  return { kind: "ran", outcome, run: record };
}

/** The Instance is gone, by an uninstall that was interrupted or by somebody's hand: what its last run names is removed. */
async function removeRemains(ctx: ActionContext, removal: Removal): Promise<ActionResult> {
  const { state } = removal;
  const { inventory, newest } = state;
  const outcome = await removeAll(ctx, removal, {
    emit: ctx.emit,
    inventory,
    keeper: NO_RECORD,
  });
  if (newest && outcome.result === "complete" && removal.keepOperator !== true)
    await removeOperator(
      ctx.cluster,
      { namespace: ctx.namespace, instance: state.name, check: () => removal.lease.check() },
      newest.record.operatorVersion,
    );
  if (outcome.result === "complete")
    return { kind: "nothing-to-do", message: `what was left of ${state.name} is removed` };
  throw new KplanError(
    outcome.result === "interrupted" ? "interrupted" : "remove-failed",
    outcome.message,
    { kind: outcome.result === "cancelled" ? "failed" : outcome.result },
  );
}

/** The objects, and the claims if asked for. */
async function removeAll(
  ctx: ActionContext,
  { lease, state, deleteClaims: withClaims, keepOperator = false, childrenIn }: Removal,
  by: {
    readonly emit: Emit;
    readonly keeper: RunRecorder;
    readonly inventory: InstanceState["inventory"];
  },
): Promise<RunOutcome> {
  const { cluster, clock, limits, stop, lostNodes = [] } = ctx;
  const instance = { name: state.name, namespace: state.namespace };
  const shared = { cluster, clock, limits, stop, lostNodes, instance };
  const deps = { ...shared, emit: by.emit, fence: lease, recorder: by.keeper };
  // Of one that is gone there is no uid any more, but in the record of its last run.
  const parent = state.object?.metadata.uid ?? state.newest?.instanceUid ?? "";
  try {
    const kept = await keptObjects(ctx, state.name);
    for (const part of removalParts(removable(by.inventory, kept), ctx.namespace)) {
      const ended =
        "child" in part
          ? await removeOther(ctx, part.child, {
              ...by,
              parent,
              withClaims,
              keepOperator,
              childrenIn,
            })
          : await removeObjects(uninstallOrder(part.objects), deps);
      if (!("complete" in ended)) return ended;
      if (!ended.complete) return STOPPED;
    }
    if (!withClaims) return { result: "complete" };
    return (await deleteClaims(ctx, lease, state.name, kept)) ? { result: "complete" } : STOPPED;
  } catch (error) {
    if (!(error instanceof KplanError) || error.code === "lease-lost") throw error;
    if (error.kind !== "failed" && error.kind !== "timed-out") throw error;
    const { kind, message, hint } = error;
    return { result: kind, path: { plan: "uninstall" }, message, ...(hint && { hint }) };
  }
}

/** An instance that this one made. */
async function removeOther(
  ctx: ActionContext,
  ref: ObjectRef,
  by: {
    readonly emit: Emit;
    readonly keeper: RunRecorder;
    readonly parent: string;
    readonly withClaims: boolean;
    readonly keepOperator: boolean;
    readonly childrenIn: Removal["childrenIn"];
  },
): Promise<RunOutcome | { readonly complete: boolean }> {
  const { emit, keeper, parent, withClaims: deleteClaims, keepOperator, childrenIn } = by;
  const tell: Emit = (event) =>
    emit({ type: "child", path: { plan: "uninstall" }, instance: ref.name, event });
  const removal = { ref, parent, deleteClaims, keepOperator, childrenIn, tell };
  const outcome = await removeChild({ ...ctx, emit }, removal, removeInstance);
  if (outcome.result === "complete") {
    keeper.removed([ref]);
    return { complete: true };
  }
  if (ctx.stop.aborted) return { complete: false };
  return { ...outcome, message: `${refText(ref)}: ${outcome.message}` };
}

const STOPPED: RunOutcome = {
  result: "interrupted",
  message: "stopped before everything was removed",
};

/** How often an Instance that others write is read again. */
const TRIES = 6;

/** KUDO's finalizer waits for a controller that is not there: what it stood for was done by the cleanup plan. */
export async function deleteInstance(
  ctx: Pick<ActionContext, "cluster">,
  lease: WriteFence,
  instance: KubeObject,
): Promise<void> {
  const ref = refOf(instance);
  for (let tries = 1; ; tries++) {
    const live = await ctx.cluster.get(ref);
    if (!live || live.metadata.uid !== instance.metadata.uid) return;
    refuseLater(live, lease.token);
    lease.check();
    try {
      if (live.metadata.deletionTimestamp === undefined)
        await ctx.cluster.delete(ref, { propagation: "Background", ...asRead(live) });
      const { finalizers = [] } = live.metadata;
      const others = finalizers.filter((name) => name !== KUDO_FINALIZER);
      if (others.length === finalizers.length) return;
      // With the deletion it has another version, so the finalizer goes in the next round.
      if (live.metadata.deletionTimestamp !== undefined) {
        const { resourceVersion } = live.metadata;
        await ctx.cluster.patch(ref, { metadata: { finalizers: others, resourceVersion } });
        return;
      }
    } catch (error) {
      if (!(error instanceof ClusterError)) throw error;
      if (error.kind === "not-found") return;
      if (error.kind !== "conflict" || tries >= TRIES) throw error;
    }
  }
}

/** Removes the records that a list tells of; false when it does not know yet of the one that was just closed, and so may not know of others. */
async function removeRuns(
  ctx: ActionContext,
  instance: string,
  lease: HeldLease,
  closed: string | undefined,
): Promise<boolean> {
  const runs = await listRuns(ctx.cluster, { namespace: ctx.namespace, instance });
  lease.check();
  // The newest goes last: it says what the others belong to.
  const [newest, ...older] = runs.map(({ object }) => object);
  const remove = (run: KubeObject): Promise<unknown> => ctx.cluster.delete(refOf(run), asRead(run));
  await Promise.all(older.map(remove));
  if (newest) await remove(newest);
  return closed === undefined || runs.some(({ record }) => record.uid === closed);
}
