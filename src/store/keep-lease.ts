import type { Clock } from "../model/clock.ts";
import { type Cluster, ClusterError } from "../model/cluster.ts";
import { KplanError } from "../model/kplan-error.ts";
import type { KubeObject } from "../model/kube-object.ts";
import type { HeldLease } from "./lease.ts";
import {
  fencingToken,
  type LeaseState,
  leaseObject,
  leaseRef,
  leaseState,
} from "./lease-object.ts";

/** Milliseconds between renewals. */
const RENEW_MS = 5000;
/**
 * How long a lease that has run out is still asked for, in milliseconds: nothing is written then. Renewed at just the version that was ours, it proves that nobody else
 * has driven in between; an API server that is started anew, or a machine that slept, costs a run no more than the time.
 */
const BEAR_MS = 10 * 60_000;

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
  const { where } = taken;
  const lost = new AbortController();
  const stop = new AbortController();
  let { state } = taken;
  let current = taken.stored;
  let heldSince = taken.asked;
  let wallLead = lead();
  let renewal: Promise<boolean> | undefined;
  let ended = false;

  const renewing = renewUntilStopped();

  return {
    lost: lost.signal,
    token: fencingToken(taken.stored),
    ...(taken.takenFrom && { takenFrom: taken.takenFrom }),
    check,
    async confirm() {
      while ((hasSlept() || isShort()) && !ended && !lost.signal.aborted) {
        if (left() <= 0) break;
        if ((await renewOnce()) || lost.signal.aborted) continue;
        if (!(await slept(clock, RETRY_MS, stop.signal))) break;
      }
      check();
    },
    fenced() {
      // The next renewal says so; whoever comes before that fences once more.
      const { unfenced: _, ...rest } = state;
      state = rest;
    },
    async explain(error) {
      const isOver = error instanceof KplanError && error.code === "lease-lost";
      if (!isOver || error.kind === "busy") return error;
      const seen = await cluster
        .get(leaseRef(where.namespace, where.instance), { deadline: RENEW_MS })
        .catch(() => "unknown" as const);
      if (seen === "unknown") return error;
      const isTaken = seen === undefined || leaseState(seen).token > state.token;
      return isTaken ? takenOver(where.instance) : error;
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
      }, MOST_TRIES);
    },
  };

  function check(): void {
    if (ended) throw leaseEnded(where.instance);
    lost.signal.throwIfAborted();
    if (isShort()) throw ranOut(where.instance);
  }

  /** The last third, in which nothing is begun: a write may be under way for some time. */
  function isShort(): boolean {
    return left() < state.duration / 3;
  }

  /**
   * Milliseconds that are left: by the monotonic clock, and by what the server's last answer said of its own, which goes on while this machine sleeps.
   * Whoever takes over an expired Lease does so only after both.
   */
  function left(): number {
    const byOurs = heldSince + state.duration - clock.monotonic();
    const server = cluster.serverNow?.();
    return server === undefined
      ? byOurs
      : Math.min(byOurs, state.renewedAt + state.duration - server);
  }

  async function renewUntilStopped(): Promise<void> {
    let pause = RENEW_MS;
    while (!lost.signal.aborted) {
      const soon = left() > 0 ? Math.min(pause, left()) : pause;
      if (!(await slept(clock, soon, stop.signal))) return;
      if (left() <= -BEAR_MS) await giveUp();
      else pause = (await renewOnce()) ? RENEW_MS : RETRY_MS;
    }
  }

  /** Whoever wakes up too late is told who took over, if the server can be asked. */
  async function giveUp(): Promise<void> {
    await lookAgain();
    if (!lost.signal.aborted) lost.abort(ranOut(where.instance));
  }

  /** One renewal at a time; false when it failed and is to be tried again soon, as long as the lease lasts. */
  async function renewOnce(): Promise<boolean> {
    renewal ??= renew().finally(() => {
      renewal = undefined;
    });
    return await renewal;
  }

  async function renew(): Promise<boolean> {
    try {
      await write();
      // A time from before this machine slept says too little: others would take the Lease for expired.
      const server = cluster.serverNow?.() ?? state.renewedAt;
      if (server - state.renewedAt > clock.monotonic() - heldSince + STALE_MS) await write();
      return true;
    } catch (error) {
      if (error instanceof ClusterError && FOREIGN.has(error.kind)) await lookAgain();
      return false;
    }
  }

  async function write(): Promise<void> {
    const asked = clock.monotonic();
    const renewed = { ...state, renewedAt: await now() };
    current = await cluster.replace(leaseObject(where, renewed, current), {
      deadline: left() > 0 ? Math.max(RETRY_MS, Math.min(RENEW_MS, left())) : RENEW_MS,
    });
    state = { ...state, renewedAt: renewed.renewedAt };
    heldSince = asked;
    wallLead = lead();
  }

  /** Somebody else wrote or deleted the Lease: it is lost unless it still names us (our own renewal, whose answer was lost). */
  async function lookAgain(): Promise<void> {
    // Not answered soon is not answered: the next renewal must not wait for it.
    const deadline = Math.max(RETRY_MS, Math.min(RENEW_MS / 2, left()));
    const seen = await cluster
      .get(leaseRef(where.namespace, where.instance), { deadline })
      .catch(() => "unknown" as const);
    if (seen === "unknown") return;
    if (seen && leaseState(seen).holder?.holder === state.holder?.holder) current = seen;
    else lost.abort(takenOver(where.instance));
  }

  /** The monotonic clock may stand still while a machine sleeps; the wall clock does not. */
  function hasSlept(): boolean {
    return lead() - wallLead > state.duration / 3;
  }

  function lead(): number {
    return clock.now().getTime() - clock.monotonic();
  }

  async function end(last: () => Promise<void>, most: number = LAST_TRIES): Promise<void> {
    stop.abort();
    await renewing;
    await renewal;
    if (lost.signal.aborted) return;
    ended = true;
    // Whoever still works under it stops: it is not ours any more.
    lost.abort(leaseEnded(where.instance));
    for (let tries = 1; ; tries++) {
      try {
        return await last();
      } catch {
        // What fails again and again mends itself: the lease expires.
        if (tries >= most || !(await isStillOurs(most > LAST_TRIES))) return;
      }
    }
  }

  /** Whether the Lease names us yet, after a last write of which it is not known what came; then at the version that it has now. `unknown`: what a server that is away stands for. */
  async function isStillOurs(unknown: boolean): Promise<boolean> {
    await clock.sleep(RETRY_MS);
    const seen = await cluster
      .get(leaseRef(where.namespace, where.instance), { deadline: RENEW_MS })
      .catch(() => "unknown" as const);
    if (seen === "unknown") return unknown;
    if (seen === undefined || leaseState(seen).holder?.holder !== state.holder?.holder)
      return false;
    current = seen;
    return true;
  }

  async function now(): Promise<number> {
    return await cluster.serverTime();
  }
}

const RETRY_MS = 500;
/** How often giving it back is tried. */
const LAST_TRIES = 3;
/** How often deleting it is tried: nothing else would remove it. Each try takes up to half a minute. */
const MOST_TRIES = 12;
/** Milliseconds by which a renewal may be older than the server's answer to it says: a `Date` counts in seconds. */
const STALE_MS = 2000;
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
    {
      kind: "timed-out",
      hint: "`kplan plan status` shows who drives it; the same command again continues",
    },
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
