import type { ObjectRef } from "../../model/kube-object.ts";
import { refKey, refOf } from "../../model/kube-object.ts";
import { LABEL } from "../../model/names.ts";
import type { InventoryEntry } from "../../model/run.ts";
import type { ActionContext } from "../context.ts";
import { claimsOf } from "./claims.ts";

/** An instance's claims and the notes about their data (label `kplan.dev/lifetime: claims`): what outlives it unless its claims are to go too. */
export async function keptObjects(
  ctx: Pick<ActionContext, "cluster" | "namespace">,
  instance: string,
): Promise<readonly ObjectRef[]> {
  const notes = {
    apiVersion: "v1",
    kind: "ConfigMap",
    namespace: ctx.namespace,
    labelSelector: `${LABEL.instance}=${instance},${LABEL.lifetime}=claims`,
  };
  const [claims, { items }] = await Promise.all([claimsOf(ctx, instance), ctx.cluster.list(notes)]);
  return [...claims, ...items.map(refOf)];
}

/** What an uninstall removes of an inventory: all but claims, whoever made them, and what is kept beside them. */
export function removable(
  inventory: readonly InventoryEntry[],
  kept: readonly ObjectRef[],
): readonly InventoryEntry[] {
  const keys = new Set(kept.map(refKey));
  return inventory.filter(
    ({ ref }) => ref.kind !== "PersistentVolumeClaim" && !keys.has(refKey(ref)),
  );
}
