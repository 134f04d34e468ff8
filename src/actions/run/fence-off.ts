import pLimit from "p-limit";
import { ClusterError } from "../../model/cluster.ts";
import { refuseLater } from "../../model/fencing.ts";
import { isMap } from "../../model/json.ts";
import {
  type KubeObject,
  type ObjectRef,
  refKey,
  refOf,
  refText,
} from "../../model/kube-object.ts";
import { ANNOTATION } from "../../model/names.ts";
import type { HeldLease, TakenFrom } from "../../store/lease.ts";
import { LEASE_MS } from "../../store/lease-object.ts";
import { secretsRef } from "../../store/secret-values.ts";
import { isInstanceIn } from "../children/removal-parts.ts";
import type { ActionContext } from "../context.ts";
import { readInstanceState } from "../instance/instance-state.ts";
import { keptObjects } from "../removal/kept-objects.ts";
import { stopped } from "./stopped.ts";

/**
 * After a lease was taken from a driver that may yet wake up, and before anything else is written: puts our token on the Instance, its newest run, its secret
 * values, its claims, every object that it made, and the pods of its StatefulSets, so that what that driver read before is of another version and its updates
 * and deletions are refused. Then waits until it cannot believe in its lease any more, since nothing refuses what it would create. Objects that are gone are
 * passed over; what may not be written is told. Throws `lease-lost`, a KplanError when it is told to stop, and the ClusterError of a server that does not answer.
 */
export async function fenceOff(
  ctx: ActionContext,
  instance: string,
  lease: HeldLease,
): Promise<void> {
  const { takenFrom } = lease;
  if (!takenFrom || takenFrom.knownDead) return;
  const begun = ctx.clock.monotonic();
  const absent = await bumpAll(ctx, await ownedBy(ctx, instance), lease);
  await outwait(ctx, takenFrom, begun);
  // What it made meanwhile, or had just announced.
  const known = new Set(absent.done);
  const later = (await ownedBy(ctx, instance)).filter((ref) => !known.has(refKey(ref)));
  await bumpAll(ctx, later, lease);
  lease.fenced();
}

/** All that a driver of the instance may update or delete, but for pods. */
async function ownedBy(ctx: ActionContext, instance: string): Promise<readonly ObjectRef[]> {
  const [state, kept] = await Promise.all([
    readInstanceState(ctx, instance),
    keptObjects(ctx, instance),
  ]);
  const { object, newest, secrets, inventory } = state;
  const refs = [
    ...(object ? [refOf(object)] : []),
    ...(newest ? [refOf(newest.object)] : []),
    ...(secrets ? [secretsRef(ctx.namespace, instance)] : []),
    // An instance that it made has a lease and a token of its own.
    ...inventory.map(({ ref }) => ref).filter((ref) => !isInstanceIn(ref, ctx.namespace)),
    ...kept,
  ];
  return [...new Map(refs.map((ref) => [refKey(ref), ref])).values()];
}

/** The keys of those that are fenced now; the others were not there. */
async function bumpAll(
  ctx: ActionContext,
  refs: readonly ObjectRef[],
  lease: HeldLease,
): Promise<{ readonly done: readonly string[] }> {
  const limit = pLimit(ctx.limits.concurrency);
  const done = await Promise.all(
    refs.map((ref) =>
      limit(async () => {
        const live = await bump(ctx, ref, lease);
        if (live?.kind === "StatefulSet") await bumpPods(ctx, live, lease);
        return live ? [refKey(ref)] : [];
      }),
    ),
  );
  return { done: done.flat() };
}

/** How often an object that others write is read again. */
const TRIES = 6;

async function bump(
  ctx: Pick<ActionContext, "cluster" | "emit">,
  ref: ObjectRef,
  lease: HeldLease,
): Promise<KubeObject | undefined> {
  for (let tries = 1; ; tries++) {
    try {
      const live = await ctx.cluster.get(ref);
      if (live === undefined) return undefined;
      refuseLater(live, lease.token);
      lease.check();
      const { resourceVersion, uid } = live.metadata;
      const annotations = { [ANNOTATION.token]: String(lease.token) };
      return await ctx.cluster.patch(ref, { metadata: { annotations, resourceVersion, uid } });
    } catch (error) {
      if (!(error instanceof ClusterError) || error.transient) throw error;
      if (error.kind === "not-found" || error.kind === "not-served") return undefined;
      if (error.kind === "conflict" && tries < TRIES) continue;
      ctx.emit({
        type: "warning",
        message: `${refText(ref)} could not be fenced against the driver before: ${error.message}`,
      });
      return undefined;
    }
  }
}

/** A rollout deletes pods one by one. */
async function bumpPods(
  ctx: Pick<ActionContext, "cluster" | "emit">,
  { metadata, spec }: KubeObject,
  lease: HeldLease,
): Promise<void> {
  const selector = isMap(spec) && isMap(spec.selector) ? spec.selector.matchLabels : undefined;
  const labelSelector = Object.entries(isMap(selector) ? selector : {})
    .map(([key, value]) => `${key}=${String(value)}`)
    .join(",");
  const { namespace } = metadata;
  if (labelSelector === "" || namespace === undefined) return;
  try {
    const query = { apiVersion: "v1", kind: "Pod", namespace, labelSelector };
    const { items } = await ctx.cluster.list(query);
    for (const pod of items) await bump(ctx, refOf(pod), lease);
  } catch (error) {
    if (!(error instanceof ClusterError && error.kind === "forbidden")) throw error;
    const message = `the pods of StatefulSet ${metadata.name} could not be fenced against the driver before: ${error.message}`;
    ctx.emit({ type: "warning", message });
  }
}

/** Until the holder before cannot believe in its lease any more, by the server's clock; longer than a lease lasts it never takes. */
async function outwait(ctx: ActionContext, { holder, until }: TakenFrom, begun: number) {
  const { clock, cluster, stop } = ctx;
  const latest = begun + LEASE_MS + MARGIN_MS;
  for (let told = false; ; told = true) {
    const left = Math.min(until - (await cluster.serverTime()), latest - clock.monotonic());
    if (left <= 0) return;
    if (!told)
      ctx.emit({
        type: "waiting",
        message: `taken over from \`${holder.request}\` on ${holder.host} (process ${holder.pid}): waiting ${Math.ceil(left / 1000)} s, until it knows that it may create nothing more`,
      });
    await clock.sleep(Math.min(left, LOOK_MS), stop).catch(() => undefined);
    if (stop.aborted) throw stopped();
  }
}

/** A `Date` counts in seconds. */
const MARGIN_MS = 1000;
const LOOK_MS = 1000;
