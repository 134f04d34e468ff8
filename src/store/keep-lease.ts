import type { Clock } from "../model/clock.ts";
import { type Cluster, ClusterError } from "../model/cluster.ts";
import { KplanError } from "../model/kplan-error.ts";
import type { KubeObject } from "../model/kube-object.ts";
import type { HeldLease } from "./lease.ts";
import { type LeaseState, leaseObject, leaseRef, leaseState } from "./lease-object.ts";

/** Milliseconds between renewals. */
const RENEW_MS = 5000;

/** A lease just taken. */
export interface TakenLease {
  readonly where: { readonly namespace: string; readonly instance: string };
  readonly state: LeaseState;
  /** As the server answered. */
  readonly stored: KubeObject;
  /** On the monotonic clock, before the request that took it was sent: the lease holds at least this long and its duration. */
  readonly asked: number;
  readonly takenFrom: HeldLease["takenFrom"] | undefined;
}

/** Keeps a taken lease: renews it in the background, and tells whether it may still be relied on. */
export function keepLease(
  taken: TakenLease,
  deps: { readonly cluster: Cluster; readonly clock: Clock },
): HeldLease {
  const { cluster, clock } = deps;
  const { where, state } = taken;
  const lost = new AbortController();
  const stop = new AbortController();
  let current = taken.stored;
  let heldSince = taken.asked;
  let ended = false;
  const left = (): number => heldSince + state.duration - clock.monotonic();

  const renewing = renewUntilStopped();

  return {
    lost: lost.signal,
    token: state.token,
    ...(taken.takenFrom && { takenFrom: taken.takenFrom }),
    check() {
      if (ended) throw leaseEnded(where.instance);
      lost.signal.throwIfAborted();
      if (left() < state.duration / 3) throw ranOut(where.instance);
    },
    async release() {
      await end(async () => {
        const { holder: _, ...free } = state;
        await cluster.replace(leaseObject(where, { ...free, renewedAt: await now() }, current));
      });
    },
    async destroy() {
      await end(async () => {
        const { uid, resourceVersion } = current.metadata;
        await cluster.delete(leaseRef(where.namespace, where.instance), {
          ...(uid && { uid }),
          ...(resourceVersion && { resourceVersion }),
        });
      });
    },
  };

  async function renewUntilStopped(): Promise<void> {
    let pause = RENEW_MS;
    while (!lost.signal.aborted) {
      if (!(await slept(clock, Math.max(0, Math.min(pause, left())), stop.signal))) return;
      if (left() <= 0) lost.abort(ranOut(where.instance));
      else pause = (await renew()) ? RENEW_MS : RETRY_MS;
    }
  }

  /** One renewal; false when it failed and is to be tried again soon, as long as the lease lasts. */
  async function renew(): Promise<boolean> {
    const asked = clock.monotonic();
    try {
      const renewed = leaseObject(where, { ...state, renewedAt: await now() }, current);
      current = await cluster.replace(renewed, { deadline: Math.min(RENEW_MS, left()) });
      heldSince = asked;
      return true;
    } catch (error) {
      if (error instanceof ClusterError && FOREIGN.has(error.kind)) await lookAgain();
      return false;
    }
  }

  /** Somebody else wrote or deleted the Lease: it is lost unless it still names us (our own renewal, whose answer was lost). */
  async function lookAgain(): Promise<void> {
    const seen = await cluster
      .get(leaseRef(where.namespace, where.instance))
      .catch(() => "unknown" as const);
    if (seen === "unknown") return;
    if (seen && leaseState(seen).holder?.holder === state.holder?.holder) current = seen;
    else lost.abort(takenOver(where.instance));
  }

  async function end(last: () => Promise<void>): Promise<void> {
    stop.abort();
    await renewing;
    if (lost.signal.aborted) return;
    ended = true;
    // Whoever still works under it stops: it is not ours any more.
    lost.abort(leaseEnded(where.instance));
    // What fails here mends itself: the lease expires.
    await last().catch(() => undefined);
  }

  async function now(): Promise<number> {
    return await cluster.serverTime();
  }
}

const RETRY_MS = 500;
const FOREIGN: ReadonlySet<string> = new Set(["conflict", "not-found"]);

/** False when it was stopped before the time was over. */
async function slept(clock: Clock, ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await clock.sleep(ms, signal);
    return !signal.aborted;
  } catch {
    return false;
  }
}

/** It may be that nobody else is there; what we know is that we can no longer tell. */
function ranOut(instance: string): KplanError {
  return new KplanError(
    "lease-lost",
    `the lease of ${instance} could not be renewed in time: the API server did not answer, or this process stood still; nothing more is written`,
    { hint: "`kplan plan status` shows who drives it; the same command again continues" },
  );
}

function takenOver(instance: string): KplanError {
  return new KplanError(
    "lease-lost",
    `somebody else took over ${instance}, or its Lease was deleted; nothing more is written`,
    { kind: "busy", hint: "`kplan plan status` shows who drives it" },
  );
}

function leaseEnded(instance: string): KplanError {
  return new KplanError("lease-lost", `the lease of ${instance} was given back`);
}
