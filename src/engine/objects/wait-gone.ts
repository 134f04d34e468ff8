import { ClusterError } from "../../model/cluster.ts";
import type { Health } from "../../model/health.ts";
import { isMap } from "../../model/json.ts";
import { type KubeObject, refOf, refText } from "../../model/kube-object.ts";
import { createBell } from "../bell.ts";
import { type Acting, callOptions } from "../run-context.ts";
import { TaskFailure } from "../steps/task-stop.ts";
import { together } from "../steps/together.ts";
import { untilSettled } from "../steps/until-settled.ts";
import { createSweeper } from "./lost-nodes.ts";
import { ownQuery } from "./own-query.ts";
import type { Look } from "./watch-hub.ts";

/** Kinds that are never watched: their contents are nobody's business. */
const UNWATCHED: readonly string[] = ["Secret", "ConfigMap"];

/** Kinds that make pods, which must be gone too. */
const WORKLOADS: readonly string[] = [
  "Deployment",
  "StatefulSet",
  "DaemonSet",
  "ReplicaSet",
  "ReplicationController",
  "Job",
];

/** Milliseconds between two looks at what is not watched, at first and at most. */
const FIRST_POLL = 100;
const LAST_POLL = 2000;

/**
 * Waits until objects whose deletion was asked for are gone, and the pods of workloads too. What comes back under the same name with another uid is not
 * waited for. Throws what `untilSettled` and the cluster throw.
 */
export async function waitGone(leaving: readonly KubeObject[], ctx: Acting): Promise<void> {
  await together(leaving, ctx.halt, async (object, halt) => {
    const own = { ...ctx, halt };
    const isWorkload = makesPods(object);
    if (isWorkload && ctx.lostNodes !== undefined && ctx.lostNodes.length > 0) {
      // A workload goes after its pods, and those on a lost node go only by force.
      await together([waitObjectGone, waitPodsGone], halt, (wait, signal) =>
        wait(object, { ...ctx, halt: signal }),
      );
      return;
    }
    await waitObjectGone(object, own);
    if (isWorkload) await waitPodsGone(object, own);
  });
}

/** Whether pods of the object must be gone too. */
export function makesPods({ kind }: KubeObject): boolean {
  return WORKLOADS.includes(kind);
}

async function waitObjectGone(object: KubeObject, ctx: Acting): Promise<void> {
  const tell = teller(object, ctx);
  const watched = !UNWATCHED.includes(object.kind) && (await isWatchable(object, ctx));
  for (let poll = FIRST_POLL; ; poll = Math.min(poll * 2, LAST_POLL)) {
    // The absence is always read, never taken from a watch alone: one that began earlier may not have come as far as the creation.
    const live = await ctx.cluster.get(refOf(object), callOptions(ctx)).catch(undefinedIfNotServed);
    if (live === undefined || live.metadata.uid !== object.metadata.uid) return;
    tell(sentence(live), live.metadata.resourceVersion ?? "");
    if (watched) await watchUntilAbsent(object, ctx, tell);
    else await pause(live, poll, ctx);
  }
}

/** Until the watch does not show the object. */
async function watchUntilAbsent(object: KubeObject, ctx: Acting, tell: Teller): Promise<void> {
  const bell = createBell(ctx.clock);
  const look = ctx.hub.look(ownQuery(object), bell.ring);
  try {
    await untilSettled(
      () => {
        const live = shown(look)?.find(({ metadata }) => metadata.uid === object.metadata.uid);
        if (live !== undefined) tell(sentence(live), live.metadata.resourceVersion ?? "");
        return look.objects() !== undefined && live === undefined ? true : undefined;
      },
      () => `${refText(refOf(object))} to be gone`,
      bell,
      ctx,
    );
  } catch (error) {
    const live = shown(look)?.find(({ metadata }) => metadata.uid === object.metadata.uid);
    throw live === undefined ? error : heldBack(error, live);
  } finally {
    look.close();
  }
}

/** Foreground deletion removes the pods first where the server does as documented; pods that only lost their owner are waited for here. */
async function waitPodsGone(workload: KubeObject, ctx: Acting): Promise<void> {
  const labelSelector = selectorOf(workload);
  const { namespace } = workload.metadata;
  if (labelSelector === "" || namespace === undefined) return;
  const tell = teller(workload, ctx);
  const bell = createBell(ctx.clock);
  const query = { apiVersion: "v1", kind: "Pod", namespace, labelSelector };
  const look = ctx.hub.look(query, bell.ring);
  const sweeper = createSweeper(ctx, bell.ring);
  let left: readonly KubeObject[] = [];
  try {
    await untilSettled(
      () => {
        sweeper.check();
        const pods = shown(look);
        if (pods === undefined) return undefined;
        left = pods.filter((pod) => isPodOf(pod, workload));
        sweeper.see(left, workload);
        const names = left.map(({ metadata }) => metadata.name).join(", ");
        if (left.length > 0) tell(`deleted; waiting for its pods: ${names}`, names);
        return left.length === 0 ? true : undefined;
      },
      () => `the pods of ${refText(refOf(workload))} to be gone`,
      bell,
      ctx,
    );
  } finally {
    look.close();
    await sweeper.end();
  }
}

function shown(look: Look): readonly KubeObject[] | undefined {
  if (look.failure() !== undefined) throw look.failure();
  return look.objects();
}

/** Owned by the workload, or by a ReplicaSet that a Deployment made: its name is the Deployment's and a hash. */
function isPodOf(pod: KubeObject, workload: KubeObject): boolean {
  const { uid, name } = workload.metadata;
  return (pod.metadata.ownerReferences ?? []).some(
    (owner) =>
      owner.uid === uid ||
      (workload.kind === "Deployment" &&
        owner.kind === "ReplicaSet" &&
        owner.name.slice(0, owner.name.lastIndexOf("-")) === name),
  );
}

/** `a=b,c=d` of the labels that a workload's pods have; empty when it selects by expressions alone. */
function selectorOf({ spec }: KubeObject): string {
  const selector = isMap(spec) && isMap(spec.selector) ? spec.selector : {};
  const labels = isMap(selector.matchLabels) ? selector.matchLabels : selector;
  return Object.entries(labels)
    .filter(([, value]) => typeof value === "string")
    .map(([key, value]) => `${key}=${String(value)}`)
    .join(",");
}

async function pause(object: KubeObject, ms: number, ctx: Acting): Promise<void> {
  try {
    await sleep(object, ms, ctx);
  } catch (error) {
    throw heldBack(error, object);
  }
}

/** A time-out that says whose finalizers are in the way, and what to do about them. */
function heldBack(error: unknown, { kind, metadata }: KubeObject): unknown {
  const held = (metadata.finalizers ?? []).filter((name) => name !== "foregroundDeletion");
  if (!(error instanceof TaskFailure) || error.details.result !== "timed-out") return error;
  if (held.length === 0) return error;
  const where = metadata.namespace === undefined ? "" : ` -n ${metadata.namespace}`;
  const names = held.join(", ");
  return new TaskFailure(`${error.message}, held by ${names}`, {
    ...error.details,
    hint: `whoever set ${names} is to remove it; if he is gone for good: kubectl patch ${kind.toLowerCase()} ${metadata.name}${where} --type merge -p '{"metadata":{"finalizers":null}}', then the same command again`,
  });
}

async function sleep(object: KubeObject, ms: number, ctx: Acting): Promise<void> {
  const end = ctx.clock.monotonic() + ms;
  const bell = createBell(ctx.clock);
  const timer = new AbortController();
  ctx.clock.sleep(ms, timer.signal).then(bell.ring, () => undefined);
  try {
    await untilSettled(
      () => (ctx.clock.monotonic() >= end ? true : undefined),
      () => `${refText(refOf(object))} to be gone`,
      bell,
      ctx,
    );
  } finally {
    timer.abort();
  }
}

async function isWatchable({ apiVersion, kind }: KubeObject, ctx: Acting): Promise<boolean> {
  return (await ctx.cluster.resourceOf(apiVersion, kind)).verbs.includes("watch");
}

function undefinedIfNotServed(error: unknown): undefined {
  if (error instanceof ClusterError && error.kind === "not-served") return undefined;
  throw error;
}

function sentence({ metadata }: KubeObject): string {
  const held = (metadata.finalizers ?? []).filter((name) => name !== "foregroundDeletion");
  return held.length === 0 ? "being deleted" : `being deleted, held by ${held.join(", ")}`;
}

type Teller = (message: string, marker: string) => void;

/** Says each new sentence once, and counts each new marker as activity. */
function teller(object: KubeObject, { emit, path, watchdog }: Acting): Teller {
  let last: Extract<Health, { state: "progressing" }> | undefined;
  return (message, marker) => {
    if (last?.marker !== marker) watchdog.touch();
    const said = last?.message === message;
    last = { state: "progressing", message, marker };
    if (!said) emit({ type: "object-health", path, ref: refOf(object), health: last });
  };
}
