import type { KubeObject } from "../model/kube-object.ts";
import { LABEL, leaseName } from "../model/names.ts";

/** Who drives an instance, as its Lease tells. */
export interface LeaseHolder {
  /** Tells one driver from every other: host, pid and a random part. */
  readonly holder: string;
  readonly host: string;
  readonly bootId: string;
  readonly pid: number;
  readonly processStart: string;
  /** The command line, secret values masked. */
  readonly request: string;
  /** Equal for equal requests; empty when the request may not be compared. */
  readonly requestHash: string;
  /** RFC 3339. */
  readonly since: string;
}

/** How a Lease stands. */
export interface LeaseState {
  /** Absent when the Lease is free. */
  readonly holder?: LeaseHolder;
  /** Fencing token of the last holder; grows by one with each. */
  readonly token: number;
  /** Milliseconds since 1970, by the API server's clock. */
  readonly renewedAt: number;
  /** Milliseconds. */
  readonly duration: number;
  /** An earlier holder that may yet wake up, and against which what the instance has made is not fenced yet. */
  readonly unfenced?: Unfenced;
}

/** A holder from which a Lease was taken. */
export interface Unfenced {
  readonly holder: LeaseHolder;
  /** Milliseconds since 1970, by the API server's clock: until then it may believe that it holds the Lease. */
  readonly until: number;
}

/** An HTTP `Date` counts in seconds; an expiry is believed a second later. */
const DATE_RESOLUTION_MS = 1000;

/** When a Lease counts as expired to everybody else, in milliseconds since 1970, by the API server's clock. */
export function expiresAt({
  renewedAt,
  duration,
}: Pick<LeaseState, "renewedAt" | "duration">): number {
  return renewedAt + duration + DATE_RESOLUTION_MS;
}

/** How long a lease holds without renewal, in milliseconds (design section 5). */
export const LEASE_MS = 15_000;

/** The kind of a Lease. */
export const LEASE_KIND: { readonly apiVersion: string; readonly kind: string } = {
  apiVersion: "coordination.k8s.io/v1",
  kind: "Lease",
};
/** Value of the label that tells our Leases from others. */
export const LEASE_ROLE = "lease";
const NOTE = {
  host: "kplan.dev/host",
  bootId: "kplan.dev/boot-id",
  pid: "kplan.dev/pid",
  processStart: "kplan.dev/process-start",
  request: "kplan.dev/request",
  requestHash: "kplan.dev/request-hash",
} as const;
const UNFENCED = "kplan.dev/unfenced";

/**
 * What is put on objects to fence them: larger than that of every earlier holder, also of one whose Lease was deleted since, by the second in which the
 * Lease was made.
 */
export function fencingToken(lease: KubeObject): number {
  const made = Date.parse(lease.metadata.creationTimestamp ?? "") || 0;
  return (made / 1000) * TRANSITIONS + leaseState(lease).token;
}

/** More than a Lease will ever have. */
const TRANSITIONS = 1e6;

/** The reference of an instance's Lease. */
export function leaseRef(
  namespace: string,
  instance: string,
): typeof LEASE_KIND & {
  readonly namespace: string;
  readonly name: string;
} {
  return { ...LEASE_KIND, namespace, name: leaseName(instance) };
}

/** The Lease object that says what `state` says; `before` keeps what is not ours, and its resourceVersion. */
export function leaseObject(
  where: { readonly namespace: string; readonly instance: string },
  state: LeaseState,
  before?: KubeObject,
): KubeObject {
  const { holder } = state;
  return {
    ...LEASE_KIND,
    metadata: {
      ...before?.metadata,
      name: leaseName(where.instance),
      namespace: where.namespace,
      labels: {
        ...before?.metadata.labels,
        [LABEL.instance]: where.instance,
        [LABEL.role]: LEASE_ROLE,
      },
      annotations: { ...othersOf(before), ...notesOf(holder), ...unfencedNote(state.unfenced) },
    },
    spec: {
      holderIdentity: holder?.holder ?? "",
      leaseDurationSeconds: state.duration / 1000,
      leaseTransitions: state.token,
      acquireTime: microTime(holder ? Date.parse(holder.since) : state.renewedAt),
      renewTime: microTime(state.renewedAt),
    },
  };
}

/** Reads a Lease object; what does not parse counts as free and long expired. */
export function leaseState(lease: KubeObject): LeaseState {
  const spec = (lease.spec ?? {}) as {
    holderIdentity?: string | null;
    leaseDurationSeconds?: number | null;
    leaseTransitions?: number | null;
    acquireTime?: string | null;
    renewTime?: string | null;
  };
  const notes = lease.metadata.annotations ?? {};
  const unfenced = readUnfenced(notes[UNFENCED]);
  const state = {
    ...(unfenced && { unfenced }),
    token: spec.leaseTransitions ?? 0,
    renewedAt: Date.parse(spec.renewTime ?? "") || 0,
    duration: (spec.leaseDurationSeconds ?? 0) * 1000,
  };
  if (!spec.holderIdentity) return state;
  return {
    ...state,
    holder: {
      holder: spec.holderIdentity,
      host: notes[NOTE.host] ?? "",
      bootId: notes[NOTE.bootId] ?? "",
      pid: Number(notes[NOTE.pid] ?? 0),
      processStart: notes[NOTE.processStart] ?? "",
      request: notes[NOTE.request] ?? "",
      requestHash: notes[NOTE.requestHash] ?? "",
      since: new Date(Date.parse(spec.acquireTime ?? "") || 0).toISOString(),
    },
  };
}

function notesOf(holder: LeaseHolder | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(NOTE).map(([field, key]) => [
      key,
      holder ? String(holder[field as keyof typeof NOTE]) : "",
    ]),
  );
}

function unfencedNote(unfenced: Unfenced | undefined): Record<string, string> {
  return unfenced === undefined ? {} : { [UNFENCED]: JSON.stringify(unfenced) };
}

function othersOf(before: KubeObject | undefined): Record<string, string> {
  const { [UNFENCED]: _, ...others } = before?.metadata.annotations ?? {};
  return others;
}

/** What does not parse may be anybody: it counts as one that may wake up. */
function readUnfenced(text: string | undefined): Unfenced | undefined {
  if (text === undefined) return undefined;
  try {
    const { holder, until } = JSON.parse(text) as Unfenced;
    return { holder: { ...NOBODY, ...holder }, until: Number(until) || 0 };
  } catch {
    return { holder: NOBODY, until: 0 };
  }
}

const NOBODY: LeaseHolder = {
  holder: "",
  host: "",
  bootId: "",
  pid: 0,
  processStart: "",
  request: "",
  requestHash: "",
  since: new Date(0).toISOString(),
};

/** RFC 3339 with microseconds, as a Lease wants it. */
function microTime(ms: number): string {
  return new Date(ms).toISOString().replace("Z", "000Z");
}
