import { ClusterError } from "../model/cluster.ts";
import { refuseLater } from "../model/fencing.ts";
import { type KubeObject, type ObjectRef, refOf } from "../model/kube-object.ts";
import { type Acting, callOptions, mayWrite } from "./run-context.ts";
import { together } from "./together.ts";
import { waitGone } from "./wait-gone.ts";

/** How often a deletion that others come before is asked for again. */
const TRIES = 6;

/**
 * Deletes objects in the given order, each just as it was read, in the foreground (what it owns goes first), and waits until all are gone.
 * `before` is awaited before the first deletion, with those that are there; what is absent is said to be so, and what is
 * not `ours` is left alone. Returns those that were there.
 */
export async function deleteObjects(
  refs: readonly ObjectRef[],
  ctx: Acting,
  by: {
    readonly before: (found: readonly ObjectRef[]) => Promise<void>;
    /** Whether it may be deleted; may throw. Asked before the first deletion. */
    readonly ours: (live: KubeObject) => boolean;
  },
): Promise<ObjectRef[]> {
  const read = await together(refs, ctx.halt, async (ref) => ({ ref, live: await find(ref, ctx) }));
  const found = read.flatMap(({ live }) => (live && by.ours(live) ? [live] : []));
  await by.before(found.map(refOf));
  for (const { ref, live } of read) if (live === undefined) say(ref, "absent", ctx);
  const leaving: KubeObject[] = [];
  for (const live of found) {
    const deleted = await deleteOne(live, ctx);
    if (deleted !== undefined) leaving.push(deleted);
    say(refOf(live), deleted === undefined ? "absent" : "deleted", ctx);
    ctx.watchdog.touch();
    ctx.progress();
  }
  await waitGone(leaving, ctx);
  return found.map(refOf);
}

/** The object as it was when its deletion was accepted; undefined when it had gone meanwhile, whatever somebody made under its name since. */
async function deleteOne(read: KubeObject, ctx: Acting): Promise<KubeObject | undefined> {
  let live: KubeObject | undefined = read;
  for (let tries = 1; live !== undefined; tries++) {
    if (live.metadata.uid !== read.metadata.uid) return undefined;
    if (live.metadata.deletionTimestamp !== undefined) return live;
    refuseLater(live, ctx.fence.token);
    mayWrite(ctx);
    const { uid, resourceVersion } = live.metadata;
    try {
      const deleted = await ctx.cluster.delete(refOf(live), {
        propagation: "Foreground",
        ...(uid !== undefined && { uid }),
        ...(resourceVersion !== undefined && { resourceVersion }),
        ...callOptions(ctx),
      });
      return deleted ? live : undefined;
    } catch (error) {
      if (!(error instanceof ClusterError && error.kind === "conflict") || tries >= TRIES)
        throw error;
    }
    live = await find(refOf(live), ctx);
  }
  return undefined;
}

/** A kind that nobody serves has no objects. */
async function find(ref: ObjectRef, ctx: Acting): Promise<KubeObject | undefined> {
  try {
    return await ctx.cluster.get(ref, callOptions(ctx));
  } catch (error) {
    if (error instanceof ClusterError && error.kind === "not-served") return undefined;
    throw error;
  }
}

function say(ref: ObjectRef, change: "deleted" | "absent", { emit, path }: Acting): void {
  emit({ type: "object-written", path, ref, change });
}
