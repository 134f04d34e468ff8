import { refuseLivingNodes } from "../../engine/objects/lost-nodes.ts";
import { namesOfLeases } from "../../store/lease-names.ts";
import { leaseRef } from "../../store/lease-object.ts";
import type { ActionResult } from "../action-result.ts";
import type { ChildrenIn } from "../children/children-in.ts";
import { childrenOf } from "../children/children-of.ts";
import type { ActionContext } from "../context.ts";
import { instanceName, instanceNames, noInstance } from "../instance/find-instance.ts";
import { type InstanceState, readInstanceState } from "../instance/instance-state.ts";
import { refuseKudo } from "../instance/refuse-kudo.ts";
import { carryOut } from "../run/carry-out.ts";
import { withLease } from "../run/with-lease.ts";
import type { CleanupOptions } from "./cleanup-run.ts";
import { foreseeUninstall } from "./foresee-uninstall.ts";
import { keptObjects } from "./kept-objects.ts";
import { isLeaving, removeOutside } from "./leaving-namespace.ts";
import { refuseWithoutCleanup } from "./refuse-without-cleanup.ts";
import { removeInstance } from "./remove-instance.ts";

/** What `uninstall` is asked for. */
export interface UninstallRequest {
  /** May be left out when the namespace has exactly one instance. */
  readonly instance?: string;
  /** Also delete the instance's claims (not those of backups) and its secret values. */
  readonly deleteClaims?: boolean;
  /** Find out what would be removed, and remove nothing. */
  readonly dryRun?: boolean;
  /** Ids of requirements that need not hold (`--allow`). */
  readonly allow?: readonly string[];
  /** Leave the Operator, its versions and their packages, as KUDO does, also when this is the last instance. */
  readonly keepOperator?: boolean;
}

/**
 * Runs the `cleanup` plan if there is one, removes all that the instance made in reverse order, and then the instance. Interrupted at any instant,
 * the same command goes on.
 */
export async function uninstall(
  ctx: ActionContext,
  request: UninstallRequest,
): Promise<ActionResult> {
  const { dryRun = false, deleteClaims = false, allow = [], keepOperator = false } = request;
  const name = await nameOf(ctx, request.instance);
  const [state] = await Promise.all([readInstanceState(ctx, name), refuseKudo(ctx)]);
  const isThere = await hasRemains(ctx, state, deleteClaims);
  if (!isThere) throw noInstance(ctx.namespace, name, await instanceNames(ctx));
  await refuseWithoutCleanup(ctx, state);
  await refuseLivingNodes(ctx.lostNodes ?? [], ctx.cluster, {});
  const by = { deleteClaims, allow, childrenIn };
  if (dryRun) return await preview(ctx, state, by);
  if (await isLeaving(ctx)) return await removeOutside(ctx, state);
  return await withLease(
    ctx,
    { instance: name, same: ["uninstall", name, deleteClaims, allow] },
    async (lease) => {
      const now = await readInstanceState(ctx, name);
      return await removeInstance(ctx, { ...by, lease, state: now, keepOperator });
    },
  );
}

const childrenIn: ChildrenIn = (own) => childrenOf(own, carryOut);

/** The name given, that of the only instance, or, with no instance at all, that of the only one whose uninstall did not come to its end. */
async function nameOf(ctx: ActionContext, given: string | undefined): Promise<string> {
  if (given === undefined && (await instanceNames(ctx)).length === 0) {
    const [only, ...others] = await namesOfLeases(ctx);
    if (only !== undefined && others.length === 0) return only;
  }
  return await instanceName(ctx, given);
}

/** There is an Instance, or what one left: its runs still name its objects, its Lease goes last of all, its claims go when they are asked for. */
async function hasRemains(
  ctx: ActionContext,
  { object, nextNumber, name, secrets }: InstanceState,
  withClaims: boolean,
): Promise<boolean> {
  if (object !== undefined || nextNumber > 1) return true;
  if ((await ctx.cluster.get(leaseRef(ctx.namespace, name))) !== undefined) return true;
  return withClaims && (secrets !== undefined || (await keptObjects(ctx, name)).length > 0);
}

async function preview(
  ctx: ActionContext,
  state: InstanceState,
  by: CleanupOptions,
): Promise<ActionResult> {
  return { kind: "preview", preview: await foreseeUninstall(ctx, state, by), changes: true };
}
