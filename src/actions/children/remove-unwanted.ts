import type { Driving, ForeseenChild, UnwantedChild } from "../../engine/children/children.ts";
import { KplanError } from "../../model/kplan-error.ts";
import type { KubeObject } from "../../model/kube-object.ts";
import type { RunOutcome } from "../../model/run.ts";
import { leaseRef } from "../../store/lease-object.ts";
import type { ActionContext } from "../context.ts";
import { operatorVersionOf } from "../instance/find-instance.ts";
import { type InstanceState, readInstanceState } from "../instance/instance-state.ts";
import { foreseeUninstall } from "../removal/foresee-uninstall.ts";
import { refuseWithoutCleanup } from "../removal/refuse-without-cleanup.ts";
import { removeInstance } from "../removal/remove-instance.ts";
import { childProblems } from "./child-problems.ts";
import type { ChildrenIn } from "./children-in.ts";
import { isOwned, removeChild } from "./remove-child.ts";

/** What a task that deletes an instance would do, with what is in the way of its cleanup plan. Writes nothing. Throws ClusterError when the cluster cannot be asked. */
export async function foreseeRemoval(
  ctx: ActionContext,
  unwanted: UnwantedChild,
  childrenIn: ChildrenIn,
): Promise<ForeseenChild> {
  const { ref } = unwanted;
  const state = await readInstanceState(ctx, ref.name);
  try {
    if (!(await isToGo(ctx, state, unwanted)))
      return { objects: [{ ref, change: "absent" }], problems: [] };
    if (state.object === undefined) return { objects: [{ ref, change: "delete" }], problems: [] };
    return await foreseeUninstall(ctx, state, { deleteClaims: false, allow: [], childrenIn });
  } catch (error) {
    if (!(error instanceof KplanError) || error.kind === "failed") throw error;
    return { objects: [], problems: childProblems(error, ref) };
  }
}

/**
 * Uninstalls an instance for a task that deletes it, as a command of its own would; its claims stay, for the task may be one that makes it again later. Undefined where there is
 * nothing to remove. Throws what an uninstall throws, and a `bad-input` KplanError for an instance that is not the task's to delete.
 */
export async function removeUnwanted(
  ctx: ActionContext,
  unwanted: UnwantedChild,
  { stop, tell }: Driving,
  childrenIn: ChildrenIn,
): Promise<RunOutcome | undefined> {
  const { ref, keepsVersion: keepOperator } = unwanted;
  const state = await readInstanceState(ctx, ref.name);
  if (!(await isToGo(ctx, state, unwanted))) return undefined;
  const removal = { ref, deleteClaims: false, keepOperator, childrenIn, tell };
  return await removeChild({ ...ctx, stop }, removal, removeInstance);
}

/** There is one, or what is left of one that was being removed. Throws a `bad-input` KplanError for one that is not the task's to delete. */
async function isToGo(
  ctx: ActionContext,
  state: InstanceState,
  unwanted: UnwantedChild,
): Promise<boolean> {
  const { object, newest, name } = state;
  if (object !== undefined) {
    refuseOthers(ctx, object, unwanted);
    await refuseWithoutCleanup(ctx, state);
    return true;
  }
  if (newest !== undefined) return unwanted.isMade || newest.record.kind === "uninstall";
  // The lease goes last of all.
  return unwanted.isMade && (await ctx.cluster.get(leaseRef(ctx.namespace, name))) !== undefined;
}

function refuseOthers(
  { forceConflicts }: ActionContext,
  object: KubeObject,
  { parent }: UnwantedChild,
): void {
  const { name, ownerReferences = [] } = object.metadata;
  if (name === parent.name)
    throw new KplanError("deletes-itself", `${name} cannot delete itself`, {
      kind: "bad-input",
      hint: `\`kplan uninstall --instance ${name}\` removes it`,
    });
  if (forceConflicts || (parent.uid !== "" && isOwned(object, parent.uid))) return;
  const [owner] = ownerReferences;
  const whose = owner ? `belongs to ${owner.kind} ${owner.name}` : "is nobody's part";
  throw new KplanError(
    "others-instance",
    `Instance ${name} (${operatorVersionOf(object)}) ${whose}: no task of ${parent.name} deletes it`,
    {
      kind: "bad-input",
      hint: "--force-conflicts deletes it all the same, by its own cleanup plan",
    },
  );
}
