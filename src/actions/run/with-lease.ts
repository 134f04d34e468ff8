import { createHash } from "node:crypto";
import { canonicalJson } from "../../model/json.ts";
import { KplanError } from "../../model/kplan-error.ts";
import { type HeldLease, type LeaseAnswer, takeLease } from "../../store/lease.ts";
import type { LeaseHolder } from "../../store/lease-object.ts";
import { localProcesses } from "../../store/process-facts.ts";
import type { ActionResult } from "../action-result.ts";
import type { ActionContext } from "../context.ts";
import { fenceOff } from "./fence-off.ts";
import { followRun } from "./follow-run.ts";

/** What is to be done to an instance, in a form that can be compared with what another process does. */
export interface LeasedRequest {
  readonly instance: string;
  /**
   * Equal just for requests that want the same; holds no secret. Absent when secret values were given: these cannot be compared without telling
   * something about them, so such a request never attaches to another.
   */
  readonly same?: unknown;
}

/**
 * Does `work` as the one driver of an instance, and gives the lease back however it ends. When another process is doing the very same, follows that to
 * its end, or takes over when it dies on the way. Throws a `busy` KplanError when it does something else, unless it is to be taken over (`ctx.takeOver`).
 * A driver before that may yet wake up is fenced off before `work` begins.
 */
export async function withLease(
  ctx: ActionContext,
  request: LeasedRequest,
  work: (lease: HeldLease) => Promise<ActionResult>,
): Promise<ActionResult> {
  if (ctx.held) return await work(ctx.held);
  const answer = await askForLease(ctx, request);
  if (answer.kind === "busy") {
    if (!answer.sameRequest) throw busy(request.instance, answer.holder);
    const outcome = await followRun(ctx, request.instance, answer);
    if (outcome) return { kind: "attached", outcome };
    // Time as the server's answers tell it goes in steps, and back a little: never round and round at once.
    await ctx.clock.sleep(LOOK_AGAIN_MS, ctx.stop).catch(() => undefined);
    return await withLease(ctx, request, work);
  }
  return await holding(ctx, request.instance, answer.lease, work);
}

const LOOK_AGAIN_MS = 200;

/** Fences off whoever held it before, does the work, and gives the lease back however that ends. */
export async function holding<T>(
  ctx: ActionContext,
  instance: string,
  lease: HeldLease,
  work: (lease: HeldLease) => Promise<T>,
): Promise<T> {
  try {
    await fenceOff(ctx, instance, lease);
    return await work(lease);
  } catch (error) {
    throw await lease.explain(error);
  } finally {
    await lease.release();
  }
}

/** Asks for the lease of an instance in the name of this process. */
export async function askForLease(
  ctx: ActionContext,
  request: LeasedRequest,
): Promise<LeaseAnswer> {
  const { host, bootId, pid, processStart, command } = ctx.identity;
  return await takeLease(
    {
      namespace: ctx.namespace,
      instance: request.instance,
      host,
      bootId,
      pid,
      processStart,
      request: command.join(" "),
      requestHash: request.same === undefined ? "" : hashOf(wish(request.same, ctx)),
      ...(ctx.takeOver && { takeOver: true }),
    },
    { cluster: ctx.cluster, clock: ctx.clock, processes: ctx.processes ?? localProcesses },
  );
}

/** Who declares a node lost wants more than whoever waits for it. */
function wish(same: unknown, { lostNodes = [] }: ActionContext): unknown {
  return lostNodes.length === 0 ? same : [same, lostNodes];
}

function hashOf(request: unknown): string {
  return createHash("sha256").update(canonicalJson(request)).digest("hex");
}

function busy(instance: string, holder: LeaseHolder): KplanError {
  return new KplanError(
    "busy",
    `${instance} is being worked on: \`${holder.request}\` on ${holder.host} (process ${holder.pid}) since ${holder.since}`,
    {
      kind: "busy",
      hint: "`kplan plan attach` follows it; the same command with --take-over drives the instance from here, and that one stops; update, upgrade, rollback and plan trigger wait for it with --queue",
    },
  );
}
