import { uninstallOrder } from "../../engine/objects/uninstall-order.ts";
import { type KubeObject, type ObjectRef, refKey, refOf } from "../../model/kube-object.ts";
import type { PlannedObject, Preview } from "../../model/run.ts";
import { secretsRef } from "../../store/secret-values.ts";
import { removalParts } from "../children/removal-parts.ts";
import type { ActionContext } from "../context.ts";
import { type InstanceState, readInstanceState } from "../instance/instance-state.ts";
import { type CleanupOptions, previewCleanup } from "./cleanup-run.ts";
import { keptObjects, removable } from "./kept-objects.ts";

/** What an uninstall would remove, with what is in the way of the cleanup plans. Writes nothing. Throws ClusterError when the cluster cannot be asked. */
export async function foreseeUninstall(
  ctx: ActionContext,
  state: InstanceState,
  by: CleanupOptions,
): Promise<Preview> {
  const { deleteClaims: withClaims } = by;
  const { object } = state;
  const none = { objects: [], problems: [] };
  const cleanup = object ? await previewCleanup(ctx, { ...state, object }, by) : none;
  const gone = new Set(
    cleanup.objects.flatMap(({ change, ref }) => (change === "delete" ? [refKey(ref)] : [])),
  );
  const kept = await keptObjects(ctx, state.name);
  const secrets = withClaims && state.secrets ? [secretsRef(ctx.namespace, state.name)] : [];
  const own: readonly KubeObject[] = object ? [object] : [];
  const objects: PlannedObject[] = [...cleanup.objects];
  const problems = [...cleanup.problems];
  const goes = (refs: readonly ObjectRef[]): void =>
    void objects.push(...refs.filter((ref) => !gone.has(refKey(ref))).map(deleted));
  for (const part of removalParts(removable(state.inventory, kept), ctx.namespace)) {
    if ("objects" in part) goes(uninstallOrder(part.objects).flat());
    else if (!gone.has(refKey(part.child))) {
      const below = await readInstanceState(ctx, part.child.name);
      if (!below.object && below.nextNumber === 1) continue;
      const other = await foreseeUninstall(ctx, below, { ...by, allow: [] });
      objects.push(...other.objects);
      problems.push(...other.problems);
    }
  }
  goes([...(withClaims ? kept : []), ...secrets, ...own.map(refOf)]);
  return { ...cleanup, objects, problems };
}

function deleted(ref: ObjectRef): PlannedObject {
  return { path: { plan: "uninstall" }, ref, change: "delete" };
}
