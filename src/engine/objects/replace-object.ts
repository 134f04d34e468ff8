import { ClusterError } from "../../model/cluster.ts";
import { type KubeObject, refOf } from "../../model/kube-object.ts";
import type { OnImmutable } from "../../model/rollout.ts";
import { callOptions, mayWrite, type TaskContext } from "../run-context.ts";
import { isReplaceable, orphanProblem } from "./immutable-fields.ts";
import { waitGone } from "./wait-gone.ts";

/** How an object is to be replaced after a refusal; undefined when the refusal stands. */
export function replacement(
  error: unknown,
  object: KubeObject,
  onImmutable: OnImmutable | undefined,
): "recreate" | "orphan" | undefined {
  if (!(error instanceof ClusterError && error.immutable)) return undefined;
  if (onImmutable === undefined || onImmutable === "refuse" || !isReplaceable(object))
    return undefined;
  return onImmutable;
}

/**
 * Deletes an object that is to be made anew, just as it was read, and waits until it is gone: `orphan` leaves what it has made. Whoever is killed after the deletion finds
 * it absent and creates it. Throws ClusterError `conflict` when it has changed since it was read, `invalid` when nothing could take over what it has made.
 */
export async function makeRoom(
  live: KubeObject,
  by: { readonly object: KubeObject; readonly how: "recreate" | "orphan" },
  ctx: TaskContext,
  announce: () => Promise<void>,
): Promise<void> {
  const { object, how } = by;
  const problem = how === "orphan" ? orphanProblem(object, live) : undefined;
  if (problem !== undefined) throw new ClusterError("invalid", problem, { ref: refOf(live) });
  const { uid, resourceVersion } = live.metadata;
  await announce();
  mayWrite(ctx);
  await ctx.cluster.delete(refOf(live), {
    propagation: how === "orphan" ? "Orphan" : "Foreground",
    ...(uid !== undefined && { uid }),
    ...(resourceVersion !== undefined && { resourceVersion }),
    ...callOptions(ctx),
  });
  ctx.emit({ type: "object-written", path: ctx.path, ref: refOf(live), change: "deleted" });
  ctx.watchdog.touch();
  ctx.progress();
  await waitGone([live], ctx);
}
