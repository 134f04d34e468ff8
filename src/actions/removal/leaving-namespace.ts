import { removeObjects } from "../../engine/objects/remove-objects.ts";
import { uninstallOrder } from "../../engine/objects/uninstall-order.ts";
import { ClusterError } from "../../model/cluster.ts";
import type { WriteFence } from "../../model/driver.ts";
import type { ActionResult } from "../action-result.ts";
import type { ActionContext } from "../context.ts";
import type { InstanceState } from "../instance/instance-state.ts";
import { stopped } from "../run/stopped.ts";
import { NO_RECORD } from "./no-record.ts";
import { deleteInstance } from "./remove-instance.ts";

/** Whether the namespace is being deleted. False where namespaces may not be read. */
export async function isLeaving({
  cluster,
  namespace,
}: Pick<ActionContext, "cluster" | "namespace">): Promise<boolean> {
  try {
    const live = await cluster.get({ apiVersion: "v1", kind: "Namespace", name: namespace });
    return live?.metadata.deletionTimestamp !== undefined;
  } catch (error) {
    if (error instanceof ClusterError && error.kind === "forbidden") return false;
    throw error;
  }
}

/**
 * Removes what an instance made outside of a namespace that is being deleted. Nothing new can be noted there, no plan can run, and all that is in it goes by itself: so neither a
 * run nor a lease is taken; deletions are of just what was read, so that two who do this do no harm.
 */
export async function removeOutside(
  ctx: ActionContext,
  { name, inventory, object }: InstanceState,
): Promise<ActionResult> {
  const { cluster, clock, emit, limits, stop, namespace } = ctx;
  emit({
    type: "warning",
    message: `namespace ${namespace} is being deleted: no cleanup plan is run, and what is in it goes with it`,
  });
  const outside = inventory.filter(({ ref }) => ref.namespace !== namespace);
  const { complete } = await removeObjects(uninstallOrder(outside), {
    ...{ cluster, clock, emit, limits, stop },
    fence: UNFENCED,
    instance: { name, namespace },
    recorder: NO_RECORD,
  });
  if (!complete) throw stopped();
  if (object) await deleteInstance(ctx, UNFENCED, object);
  return { kind: "nothing-to-do", message: `what ${name} made outside of ${namespace} is removed` };
}

const UNFENCED: WriteFence = {
  check: () => undefined,
  confirm: () => Promise.resolve(),
  lost: new AbortController().signal,
};
