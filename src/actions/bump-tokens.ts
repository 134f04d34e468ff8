import pLimit from "p-limit";
import { ClusterError } from "../model/cluster.ts";
import { refText } from "../model/kube-object.ts";
import { ANNOTATION } from "../model/names.ts";
import type { InventoryEntry } from "../model/run.ts";
import type { HeldLease } from "../store/lease.ts";
import type { ActionContext } from "./context.ts";

/**
 * After a take-over from a driver that may yet wake up: puts our token on every object the instance made, so that what it read before is of another
 * version and its updates are refused. Objects that are gone are passed over; what may not be written is told.
 */
export async function bumpTokens(
  ctx: Pick<ActionContext, "cluster" | "emit" | "limits">,
  inventory: readonly InventoryEntry[],
  lease: HeldLease,
): Promise<void> {
  if (!lease.takenFrom || lease.takenFrom.knownDead) return;
  const limit = pLimit(ctx.limits.concurrency);
  const patch = { metadata: { annotations: { [ANNOTATION.token]: String(lease.token) } } };
  await Promise.all(
    inventory.map(({ ref }) =>
      limit(async () => {
        lease.check();
        try {
          await ctx.cluster.patch(ref, patch);
        } catch (error) {
          if (!(error instanceof ClusterError)) throw error;
          if (error.kind === "not-found" || error.kind === "not-served") return;
          ctx.emit({
            type: "warning",
            message: `${refText(ref)} could not be fenced against the driver before: ${error.message}`,
          });
        }
      }),
    ),
  );
}
