import { ClusterError, type Deleted } from "../../model/cluster.ts";
import { refuseLater } from "../../model/fencing.ts";
import { type KubeObject, type ObjectRef, refOf, refText } from "../../model/kube-object.ts";
import { type Acting, callOptions, mayWrite } from "../run-context.ts";
import { together } from "../steps/together.ts";
import { makesPods, waitGone } from "./wait-gone.ts";

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
    if (deleted === "leaving" || (deleted === "gone" && makesPods(live))) leaving.push(live);
    say(refOf(live), deleted === false ? "absent" : "deleted", ctx);
    ctx.watchdog.touch();
    ctx.progress();
  }
  ctx.placed?.();
  await waitGone(leaving, ctx);
  return found.map(refOf);
}

/** Kinds that own nothing: their deletion need not wait for anything. */
const CHILDLESS: readonly string[] = ["ConfigMap", "Secret"];

/** False when it had gone meanwhile. What somebody made under its name since is not ours: it stays, and that is told. */
async function deleteOne(read: KubeObject, ctx: Acting): Promise<Deleted> {
  let live: KubeObject | undefined = read;
  for (let tries = 1; live !== undefined; tries++) {
    if (live.metadata.uid !== read.metadata.uid) {
      const message = `${refText(refOf(live))} is left: somebody made it anew meanwhile`;
      ctx.emit({ type: "warning", message });
      return false;
    }
    if (live.metadata.deletionTimestamp !== undefined) return "leaving";
    refuseLater(live, ctx.fence.token);
    mayWrite(ctx);
    const { uid, resourceVersion } = live.metadata;
    try {
      return await ctx.cluster.delete(refOf(live), {
        propagation: CHILDLESS.includes(live.kind) ? "Background" : "Foreground",
        ...(uid !== undefined && { uid }),
        ...(resourceVersion !== undefined && { resourceVersion }),
        ...callOptions(ctx),
      });
    } catch (error) {
      if (!(error instanceof ClusterError && error.kind === "conflict") || tries >= TRIES)
        throw error;
    }
    live = await find(refOf(live), ctx);
  }
  return false;
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
