import { assertNever } from "../../model/assert-never.ts";
import { ClusterError } from "../../model/cluster.ts";
import type { Emit } from "../../model/event.ts";
import { refuseLater } from "../../model/fencing.ts";
import { canonicalJson, isMap } from "../../model/json.ts";
import { type KubeObject, refKey, refOf } from "../../model/kube-object.ts";
import { createBell } from "../bell.ts";
import { ownQuery } from "../objects/own-query.ts";
import { makeRoom, replacement } from "../objects/replace-object.ts";
import { serverClock, waitHealthy } from "../objects/wait-healthy.ts";
import {
  takeChecked,
  type WrittenObject,
  writeObject,
  writeOver,
} from "../objects/write-object.ts";
import { checkOver, hasMoved, refuseToApply } from "../preview/check-object.ts";
import { callOptions, mayWrite, type TaskContext } from "../run-context.ts";
import { untilSettled } from "../steps/until-settled.ts";
import { holdGate } from "./gate.ts";
import {
  needsSettling,
  nextChange,
  onTheWay,
  type RolloutChange,
  type RolloutView,
} from "./rollout-change.ts";
import { orphanReplicas, ownPods, refuseToRollOut, shapeOf, viewOf } from "./rollout-view.ts";

/** Milliseconds that a controller may take to see a change before its pods are judged by what it saw last: one that is refused its pods never says that it has seen. */
const SEEN_WITHIN = 3000;

/**
 * Brings a StatefulSet to its template pod by pod (docs/plans.md, "Rollouts"): before each change that touches a pod which serves, all pods are healthy and the step's
 * gate holds. What comes next is decided from what is there, so that a run that goes on goes on where the one before stood. Throws as an Apply task does.
 */
export async function rollOut(
  template: KubeObject,
  context: TaskContext,
  announce: () => Promise<void>,
): Promise<WrittenObject> {
  refuseToRollOut(template);
  const ctx = { ...context, emit: withoutEchoes(context.emit) };
  const rollout: Rollout = { template, ctx, announce, known: undefined, hasWritten: false };
  const checked = takeChecked(template, ctx);
  let live = checked?.change === "unchanged" ? checked.live : undefined;
  if (live !== undefined) rollout.known = versionOf(live);
  for (let settled = false; ; ) {
    live ??= await ctx.cluster.get(refOf(template), callOptions(ctx));
    live ??= await create(rollout);
    const seen = live && (await look(live, rollout));
    live = undefined;
    if (seen === undefined) continue;
    const change = nextChange(seen.view);
    if (change.kind === "finish") return await finish(seen, rollout);
    if (change.kind === "wait" || (needsSettling(change) && !settled)) {
      settled = await settle(seen, rollout);
      continue;
    }
    settled = false;
    live = await carryOut(change, seen, rollout);
  }
}

/** A rollout under way. */
interface Rollout {
  readonly template: KubeObject;
  readonly ctx: TaskContext;
  readonly announce: () => Promise<void>;
  /** Version of the spec at which all but replicas and partition is known to be as the template says. */
  known: string | undefined;
  hasWritten: boolean;
}

/** A StatefulSet, as it is. */
interface Seen {
  readonly live: KubeObject;
  readonly pods: readonly KubeObject[];
  readonly view: RolloutView;
}

/** The first of its pods, or just as many as an earlier StatefulSet of this name has left. Undefined when somebody else made it meanwhile. */
async function create(rollout: Rollout): Promise<KubeObject | undefined> {
  const { template, ctx, announce } = rollout;
  const { start, replicas: target = 1, partition } = shapeOf(template);
  const orphans = await orphanReplicas(template, ctx);
  const first =
    orphans > 0
      ? onTheWay(template, orphans, Math.max(start + orphans, partition))
      : onTheWay(template, Math.min(target, 1), partition);
  if (orphans > 0) say(`takes over ${podsText(orphans)}`, rollout);
  else if (target > 1) say(`begins with 1 pod of ${target}`, rollout);
  const written = await writeOver(first, undefined, ctx, announce);
  if (written !== undefined) note(written, rollout);
  return written?.object;
}

/** Undefined when it was changed while it was looked at. Throws the ClusterError that applying the template would meet. */
async function look(read: KubeObject, rollout: Rollout): Promise<Seen | undefined> {
  const { template, ctx } = rollout;
  await refuseToApply(template, read, ctx);
  const live = await seenByController(read, ctx);
  const inPlace = await isInPlace(live, rollout);
  if (inPlace === undefined) return undefined;
  const [pods, now] = await Promise.all([ownPods(live, ctx), serverClock(ctx)]);
  const context = { now: now(), limits: ctx.limits, related: [] };
  return { live, pods, view: viewOf(live, template, pods, inPlace, context) };
}

async function seenByController(read: KubeObject, ctx: TaskContext): Promise<KubeObject> {
  if (isObserved(read)) return read;
  const bell = createBell(ctx.clock);
  const watched = ctx.hub.look(ownQuery(read), bell.ring);
  const end = ctx.clock.monotonic() + SEEN_WITHIN;
  try {
    return await untilSettled(
      () => {
        const found = watched
          .objects()
          ?.find(({ metadata }) => metadata.uid === read.metadata.uid && isNewer(metadata, read));
        if (found !== undefined && isObserved(found)) return found;
        return ctx.clock.monotonic() >= end ? (found ?? read) : undefined;
      },
      () => "the StatefulSet controller to see the change",
      bell,
      ctx,
    );
  } finally {
    watched.close();
  }
}

function isNewer({ generation = 0 }: KubeObject["metadata"], than: KubeObject): boolean {
  return generation >= (than.metadata.generation ?? 0);
}

function isObserved({ metadata, status }: KubeObject): boolean {
  const observed = isMap(status) ? status.observedGeneration : undefined;
  return typeof observed === "number" && observed >= (metadata.generation ?? 0);
}

/** Undefined when the StatefulSet was changed meanwhile. */
async function isInPlace(
  live: KubeObject,
  rollout: Rollout,
): Promise<RolloutView["inPlace"] | undefined> {
  const { template, ctx } = rollout;
  if (rollout.known === versionOf(live)) return "yes";
  const { replicas, partition } = shapeOf(live);
  const deps = { ...ctx, ...callOptions(ctx) };
  try {
    const check = await checkOver(onTheWay(template, replicas, partition), live, deps);
    if (check.change === "unchanged") {
      rollout.known = versionOf(live);
      return "yes";
    }
    return podTemplate(check.after) === podTemplate(live) ? "no" : "restarts";
  } catch (error) {
    if (hasMoved(error, "configure")) return undefined;
    if (replacement(error, template, ctx.step.onImmutable) !== undefined) return "immutable";
    throw error;
  }
}

function podTemplate({ spec }: KubeObject): string {
  return canonicalJson(isMap(spec) ? spec.template : undefined);
}

/** All pods healthy, and the gate holds. False: look again, for a pod has broken that the rollout itself can mend. */
async function settle({ live, view }: Seen, rollout: Rollout): Promise<boolean> {
  const { ctx, template } = rollout;
  const { gate } = ctx.step;
  const mends = (related: readonly KubeObject[], now: Date): boolean => {
    const pods = related.filter(({ kind }) => kind === "Pod").filter((pod) => isOwn(pod, live));
    const context = { now, limits: ctx.limits, related: [] };
    const change = nextChange(viewOf(live, template, pods, view.inPlace, context));
    return change.kind !== "finish" && change.kind !== "hold" && !needsSettling(change);
  };
  const healthy = (): Promise<boolean> =>
    waitHealthy([{ object: live, change: "unchanged" }], ctx, mends);
  if (!(await healthy())) return false;
  if (gate === undefined) return true;
  const ask = { gate, set: live, expected: view.replicas, beforeChange: true };
  return await holdGate({ ...ask, meanwhile: healthy }, ctx);
}

function isOwn(pod: KubeObject, { metadata }: KubeObject): boolean {
  return (pod.metadata.ownerReferences ?? []).some(({ uid }) => uid === metadata.uid);
}

/** The StatefulSet as it is then; undefined: read it. */
async function carryOut(
  change: Exclude<RolloutChange, { kind: "wait" | "finish" }>,
  seen: Seen,
  rollout: Rollout,
): Promise<KubeObject | undefined> {
  const { live, view } = seen;
  const message = changeText(change, view);
  if (message !== undefined) say(message, rollout);
  if (change.kind === "replace") return await replace(live, rollout);
  const replicas = change.kind === "scale" ? change.replicas : view.replicas;
  if (change.kind !== "repair" || change.partition !== view.partition) {
    const object = onTheWay(rollout.template, replicas, change.partition);
    const written = await writeOver(object, live, rollout.ctx, rollout.announce);
    if (written === undefined) return undefined;
    note(written, rollout);
    if (change.kind !== "repair") return written.object;
  }
  for (const pod of seen.pods)
    if (change.pods.includes(pod.metadata.name)) await deletePod(pod, rollout.ctx);
  return undefined;
}

/** Gone, or changed meanwhile. */
async function replace(
  live: KubeObject,
  { ctx, announce, template: object }: Rollout,
): Promise<undefined> {
  const how = ctx.step.onImmutable === "orphan" ? "orphan" : "recreate";
  await makeRoom(live, { object, how }, ctx, announce).catch((error: unknown) => {
    if (!hasMoved(error, "configure")) throw error;
  });
}

function note({ object }: WrittenObject, rollout: Rollout): void {
  rollout.known = versionOf(object);
  rollout.hasWritten = true;
}

/** The template as it stands, if it does not stand already. */
async function finish(seen: Seen, rollout: Rollout): Promise<WrittenObject> {
  const { template, ctx, announce } = rollout;
  const { partition, lastPartition } = seen.view;
  const written =
    partition === lastPartition
      ? unwritten(seen.live, rollout)
      : await writeObject(template, ctx, announce);
  ctx.shared.sets.set(refKey(refOf(template)), written.object);
  return written;
}

/** What nothing had to be written for is said to be unchanged; what was written has been told. */
function unwritten(live: KubeObject, { template, ctx, hasWritten }: Rollout): WrittenObject {
  if (hasWritten) return { object: live, change: "configured" };
  ctx.emit({ type: "object-written", path: ctx.path, ref: refOf(template), change: "unchanged" });
  return { object: live, change: "unchanged" };
}

function changeText(
  change: Exclude<RolloutChange, { kind: "wait" | "finish" }>,
  { replicas, target }: RolloutView,
): string | undefined {
  switch (change.kind) {
    case "template":
      return undefined;
    case "replace":
      return "makes the StatefulSet anew, for a field of it cannot be changed";
    case "repair":
      return `replaces ${change.pods.join(", ") || "a missing pod"}, which cannot become ready`;
    case "hold":
      return `holds the update at ${change.pod}`;
    case "scale": {
      const all = Math.abs(target - replicas) > 1 ? `, on the way to ${target}` : "";
      return `${replicas} to ${podsText(change.replicas)}${all}`;
    }
    case "restart":
      return `restarting ${change.pod}${change.left > 0 ? ` (${change.left} to go)` : ""}`;
    default:
      return assertNever(change);
  }
}

/** Only just this pod as it was read: one that changed meanwhile is looked at again, one that has gone by itself is gone all the same. */
async function deletePod(pod: KubeObject, ctx: TaskContext): Promise<void> {
  const { uid, resourceVersion } = pod.metadata;
  refuseLater(pod, ctx.fence.token);
  mayWrite(ctx);
  try {
    await ctx.cluster.delete(refOf(pod), {
      ...(uid !== undefined && { uid }),
      ...(resourceVersion !== undefined && { resourceVersion }),
      ...callOptions(ctx),
    });
  } catch (error) {
    if (!(error instanceof ClusterError && error.kind === "conflict")) throw error;
    return;
  }
  ctx.watchdog.touch();
}

function say(message: string, { template, ctx }: Rollout): void {
  ctx.emit({ type: "rollout", path: ctx.path, ref: refOf(template), message });
}

function podsText(count: number): string {
  return count === 1 ? "1 pod" : `${count} pods`;
}

function versionOf({ metadata }: KubeObject): string {
  return `${metadata.uid ?? ""}/${metadata.generation ?? ""}`;
}

/** Each look at the pods begins anew; what it shows is said once. */
function withoutEchoes(emit: Emit): Emit {
  let last = "";
  return (event) => {
    if (event.type !== "object-health") return emit(event);
    const text = canonicalJson([refKey(event.ref), event.health.state, event.health.message]);
    if (text !== last) emit(event);
    last = text;
  };
}
