import type { Emit } from "../../model/event.ts";
import type { KubeObject, ObjectRef } from "../../model/kube-object.ts";
import { KUDO_API_VERSION } from "../../model/names.ts";
import type { InventoryEntry, RunOutcome } from "../../model/run.ts";
import { isNotServed } from "../../store/is-not-served.ts";
import { leaseRef } from "../../store/lease-object.ts";
import type { ActionResult } from "../action-result.ts";
import type { ActionContext } from "../context.ts";
import { readInstanceState } from "../instance/instance-state.ts";
import type { Removal } from "../removal/remove-instance.ts";
import { withLease } from "../run/with-lease.ts";
import { childContext } from "./child-context.ts";
import type { ChildrenIn } from "./children-in.ts";
import { isInstanceIn } from "./removal-parts.ts";
import { untilFree } from "./until-free.ts";

/** What of an instance is removed, and on whose behalf. */
export interface ChildRemoval {
  readonly ref: ObjectRef;
  /** uid of the Instance that made it; absent: whoever made it. */
  readonly parent?: string;
  readonly deleteClaims: boolean;
  /** Leave its Operator, its versions and their packages, also when it is the last instance. */
  readonly keepOperator?: boolean;
  readonly childrenIn: ChildrenIn;
  /** Takes what its run tells. */
  readonly tell: Emit;
}

/**
 * Uninstalls an instance that another one made, as a command of its own would: its cleanup plan, its objects, itself. What somebody else made under its name is left. Throws what
 * an uninstall throws.
 * @param removeInstance that of `removal/remove-instance.ts`, which needs this itself
 */
export async function removeChild(
  ctx: ActionContext,
  { ref, parent, deleteClaims, keepOperator = false, childrenIn, tell }: ChildRemoval,
  removeInstance: (ctx: ActionContext, removal: Removal) => Promise<ActionResult>,
): Promise<RunOutcome> {
  const { name } = ref;
  const own = childContext(ctx, name, ctx.stop, tell);
  const seen = await readInstanceState(own, name);
  if (seen.object && parent !== undefined && !isOwned(seen.object, parent)) {
    const message = `Instance ${name} is left: somebody else made it`;
    ctx.emit({ type: "warning", message });
    return { result: "complete" };
  }
  const isThere = seen.object !== undefined || seen.nextNumber > 1;
  if (!isThere && (await own.cluster.get(leaseRef(own.namespace, name))) === undefined)
    return { result: "complete" };
  const result = await untilFree(own, () =>
    withLease(own, { instance: name }, async (lease) => {
      const state = await readInstanceState(own, name);
      return await removeInstance(own, {
        lease,
        state,
        deleteClaims,
        allow: [],
        keepOperator,
        childrenIn,
      });
    }),
  );
  return result.kind === "ran" || result.kind === "attached"
    ? result.outcome
    : { result: "complete" };
}

/** What an instance has made with the instances that are its own and stand in no inventory (KUDO made them), which come last. */
export async function withOwnInstances(
  { cluster, namespace }: Pick<ActionContext, "cluster" | "namespace">,
  inventory: readonly InventoryEntry[],
  parent: string,
): Promise<readonly InventoryEntry[]> {
  const known = new Set(
    inventory.filter(({ ref }) => isInstanceIn(ref, namespace)).map(({ ref }) => ref.name),
  );
  const owned = (await instancesOf(cluster, namespace)).filter(
    (instance) => isOwned(instance, parent) && !known.has(instance.metadata.name),
  );
  return [
    ...inventory,
    ...owned.map(({ metadata: { name } }) => ({
      ref: { apiVersion: KUDO_API_VERSION, kind: "Instance", namespace, name },
      path: { plan: "deploy" },
    })),
  ];
}

/** Whether the Instance of this uid owns an object. */
export function isOwned({ metadata }: KubeObject, parent: string): boolean {
  return metadata.ownerReferences?.some(({ uid }) => uid === parent) ?? false;
}

async function instancesOf(
  cluster: ActionContext["cluster"],
  namespace: string,
): Promise<readonly KubeObject[]> {
  try {
    const query = { apiVersion: KUDO_API_VERSION, kind: "Instance", namespace };
    return (await cluster.list(query)).items;
  } catch (error) {
    if (isNotServed(error)) return [];
    throw error;
  }
}
