import { judge } from "../../store/lease.ts";
import { fencingToken, type LeaseHolder, leaseRef, leaseState } from "../../store/lease-object.ts";
import { localProcesses } from "../../store/process-facts.ts";
import type { ActionContext } from "../context.ts";

/** Who drives an instance. */
export interface Driver {
  readonly holder: LeaseHolder;
  /** The holder's fencing token. */
  readonly token: number;
}

/** Who holds the lease of an instance and lives, as far as can be told from here: undefined when it is free, has expired, or its process on this very host is dead. */
export async function driverOf(ctx: ActionContext, instance: string): Promise<Driver | undefined> {
  const { cluster, namespace, identity, processes = localProcesses } = ctx;
  const lease = await cluster.get(leaseRef(namespace, instance));
  if (lease === undefined) return undefined;
  const state = leaseState(lease);
  const { host, bootId, pid, processStart } = identity;
  const me = { namespace, instance, host, bootId, pid, processStart, request: "", requestHash: "" };
  const now = await cluster.serverTime();
  if (state.holder === undefined || judge(state, { now, wanted: me, processes }) !== "alive")
    return undefined;
  return { holder: state.holder, token: fencingToken(lease) };
}

/** Whether it is still this one that drives it. */
export async function isDriving(
  ctx: ActionContext,
  instance: string,
  { holder }: LeaseHolder,
): Promise<boolean> {
  return (await driverOf(ctx, instance))?.holder.holder === holder;
}
