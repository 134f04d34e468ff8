import type { ObjectRef } from "../../model/kube-object.ts";
import { refKey } from "../../model/kube-object.ts";
import type { InventoryEntry } from "../../model/run.ts";

/** Kinds that go last, and in this order: what others are made of, or live in. */
const LAST = ["ServiceAccount", "CustomResourceDefinition", "Namespace"];

/**
 * The order in which an instance's objects are removed, each group after the one before is gone: the last made first, so that what uses something goes before it.
 * ServiceAccounts, then CustomResourceDefinitions, then Namespaces come last, whatever the order they were made in.
 * Claims that a StatefulSet made are not in an inventory and so are never among them.
 */
export function uninstallOrder(inventory: readonly InventoryEntry[]): ObjectRef[][] {
  const once = new Map(inventory.map(({ ref }) => [refKey(ref), ref]));
  const reversed = [...once.values()].reverse();
  const groups: ObjectRef[][] = [];
  for (const ref of reversed.filter(({ kind }) => !LAST.includes(kind))) {
    const group = groups.at(-1);
    if (group?.[0]?.kind === ref.kind) group.push(ref);
    else groups.push([ref]);
  }
  const last = LAST.map((kind) => reversed.filter((ref) => ref.kind === kind));
  return [...groups, ...last.filter((group) => group.length > 0)];
}
