import { groupOf, type ObjectRef } from "../../model/kube-object.ts";
import type { InventoryEntry } from "../../model/run.ts";

/** What is removed together: objects, in the order of `uninstallOrder`, or an instance that another one made. */
export type RemovalPart =
  | { readonly objects: readonly InventoryEntry[] }
  | { readonly child: ObjectRef };

/** Whether a reference names an instance in a namespace. */
export function isInstanceIn(ref: ObjectRef, namespace: string): boolean {
  return (
    ref.kind === "Instance" && groupOf(ref.apiVersion) === "kudo.dev" && ref.namespace === namespace
  );
}

/**
 * What an instance has made in the order in which it is removed: what it made after another instance before that one, what it made before it afterwards. What other things live in
 * or are made of (accounts, definitions of kinds, namespaces) goes with the last.
 */
export function removalParts(
  inventory: readonly InventoryEntry[],
  namespace: string,
): readonly RemovalPart[] {
  const isLast = ({ ref }: InventoryEntry): boolean => LAST.has(ref.kind);
  const parts: RemovalPart[] = [];
  let objects: InventoryEntry[] = inventory.filter(isLast);
  for (const entry of inventory.filter((one) => !isLast(one))) {
    if (!isInstanceIn(entry.ref, namespace)) objects.push(entry);
    else {
      parts.push({ objects }, { child: entry.ref });
      objects = [];
    }
  }
  return [...parts, { objects }]
    .filter((part) => !("objects" in part) || part.objects.length > 0)
    .reverse();
}

const LAST = new Set(["ServiceAccount", "CustomResourceDefinition", "Namespace"]);
