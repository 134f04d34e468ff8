import type { Clock } from "../model/clock.ts";
import { type Cluster, ClusterError } from "../model/cluster.ts";
import type { WriteFence } from "../model/driver.ts";
import { KplanError } from "../model/kplan-error.ts";
import type { KubeObject } from "../model/kube-object.ts";
import { randomUuid } from "../model/random.ts";
import { keepLease } from "./keep-lease.ts";
import {
  expiresAt,
  fencingToken,
  LEASE_MS,
  type LeaseHolder,
  type LeaseState,
  leaseObject,
  leaseRef,
  leaseState,
  type Unfenced,
} from "./lease-object.ts";
import type { Processes } from "./process-facts.ts";

/** Whose lease is asked for, and by whom. */
export interface LeaseRequest {
  readonly namespace: string;
  readonly instance: string;
  readonly host: string;
  readonly bootId: string;
  readonly pid: number;
  readonly processStart: string;
  /** The command line, secret values masked. */
  readonly request: string;
  /** Equal just for requests that want the same; empty when this one may not be compared with others. */
  readonly requestHash: string;
  /** Take it from a holder that is alive. */
  readonly takeOver?: boolean;
}

/** A lease that we hold and renew until it is released. */
export interface HeldLease extends WriteFence {
  /** Larger than that of every earlier holder. */
  readonly token: number;
  /** A holder that did not give it back: the one before, or an earlier one that nobody has fenced off yet. */
  readonly takenFrom?: TakenFrom;
  /** Awaited before a creation, see `WriteFence`. */
  confirm(): Promise<void>;
  /** All that the instance has made is fenced against `takenFrom`: the Lease remembers it no more. */
  fenced(): void;
  /** What is to be told of an error that ended the work under it: where it ran out, whether somebody else has it by now. Never throws. */
  explain(error: unknown): Promise<unknown>;
  /** Stops renewing and sets it free for the next one at once; `check` throws and `lost` aborts from then on. Never throws. */
  release(): Promise<void>;
  /** The same, and deletes it: the instance is gone. Never throws. */
  destroy(): Promise<void>;
}

/** Whom a lease was taken from. */
export interface TakenFrom {
  readonly holder: LeaseHolder;
  /** It is known to be dead, so that nothing of it can still arrive; otherwise it may yet wake up. */
  readonly knownDead: boolean;
  /** Milliseconds since 1970, by the API server's clock: until then it may believe that it holds the lease. */
  readonly until: number;
}

/** What asking for a lease came to. */
export type LeaseAnswer =
  | { readonly kind: "held"; readonly lease: HeldLease }
  | {
      readonly kind: "busy";
      readonly holder: LeaseHolder;
      readonly sameRequest: boolean;
      /** The holder's fencing token. */
      readonly token: number;
    };

/** What `takeLease` acts with. */
export interface LeaseDeps {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly processes: Processes;
}

/**
 * Takes the lease of an instance when it is free, expired by the API server's clock, held by a process of this very host that is dead, or from anybody with
 * `takeOver`.
 * Two who try at the same time: resourceVersion lets one win. Throws a `busy` KplanError when it changes hands faster than it can be read.
 */
export async function takeLease(wanted: LeaseRequest, deps: LeaseDeps): Promise<LeaseAnswer> {
  for (let attempt = 0; attempt < 5; attempt++) {
    const current = await deps.cluster.get(leaseRef(wanted.namespace, wanted.instance));
    const state = current && leaseState(current);
    const now = await deps.cluster.serverTime();
    const standing = state ? judge(state, { now, wanted, processes: deps.processes }) : "free";
    if (current && state?.holder && standing === "alive" && !wanted.takeOver)
      return busy(state.holder, fencingToken(current), wanted);

    const asked = deps.clock.monotonic();
    const unfenced = state && unfencedBy(state, standing);
    const mine = stateOf(wanted, { token: (state?.token ?? 0) + 1, now, unfenced });
    const stored = await store(deps.cluster, leaseObject(wanted, mine, current), current);
    if (!stored) continue;
    const takenFrom = unfenced
      ? { ...unfenced, knownDead: false }
      : state?.holder && { holder: state.holder, knownDead: true, until: 0 };
    const lease = keepLease({ where: wanted, state: mine, stored, asked, takenFrom }, deps);
    return { kind: "held", lease };
  }
  throw new KplanError("lease-contended", `the lease of ${wanted.instance} keeps changing hands`, {
    kind: "busy",
    hint: "repeat the command in a few seconds",
  });
}

/** How a Lease stands: free, held by somebody alive, expired, or held by a process known to be dead. */
export function judge(
  state: LeaseState,
  by: { readonly now: number; readonly wanted: LeaseRequest; readonly processes: Processes },
): "free" | "alive" | "expired" | "dead" {
  const { holder } = state;
  if (!holder) return "free";
  if (isDead(holder, by.wanted, by.processes)) return "dead";
  return by.now > expiresAt(state) ? "expired" : "alive";
}

/** Same host since the same boot, and no process of that pid, or one that started at another time. */
function isDead(holder: LeaseHolder, me: LeaseRequest, processes: Processes): boolean {
  if (holder.host !== me.host || holder.bootId !== me.bootId || me.bootId === "") return false;
  const start = processes.startOf(holder.pid);
  return start === undefined || (start !== "unknown" && start !== holder.processStart);
}

/** Who may yet wake up: the holder, unless it is dead or gave it back, or else one that a driver before left unfenced. */
function unfencedBy(
  state: LeaseState,
  standing: "free" | "alive" | "expired" | "dead",
): Unfenced | undefined {
  const { holder, unfenced } = state;
  if (!holder || standing === "dead") return unfenced;
  return { holder, until: Math.max(expiresAt(state), unfenced?.until ?? 0) };
}

function busy(holder: LeaseHolder, token: number, wanted: LeaseRequest): LeaseAnswer {
  const sameRequest = wanted.requestHash !== "" && holder.requestHash === wanted.requestHash;
  return { kind: "busy", holder, sameRequest, token };
}

function stateOf(
  wanted: LeaseRequest,
  {
    token,
    now,
    unfenced,
  }: {
    readonly token: number;
    readonly now: number;
    readonly unfenced: Unfenced | undefined;
  },
): LeaseState {
  const { namespace: _, instance: __, takeOver: ___, ...who } = wanted;
  const holder = `${wanted.host}/${wanted.pid}/${randomUuid()}`;
  return {
    holder: { ...who, holder, since: new Date(now).toISOString() },
    token,
    renewedAt: now,
    duration: LEASE_MS,
    ...(unfenced && { unfenced }),
  };
}

/** The stored Lease, or undefined when somebody else was faster. */
async function store(
  cluster: Cluster,
  lease: KubeObject,
  current: KubeObject | undefined,
): Promise<KubeObject | undefined> {
  try {
    return await (current ? cluster.replace(lease) : cluster.create(lease));
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    const lostRace = current
      ? error.kind === "conflict" || error.kind === "not-found"
      : error.kind === "already-exists";
    if (lostRace) return undefined;
    throw error;
  }
}
