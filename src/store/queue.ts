import type { Clock } from "../model/clock.ts";
import { type Cluster, ClusterError } from "../model/cluster.ts";
import { KplanError } from "../model/kplan-error.ts";
import type { KubeObject } from "../model/kube-object.ts";
import { LABEL, queueName } from "../model/names.ts";
import { judge, type LeaseRequest } from "./lease.ts";
import { LEASE_KIND, LEASE_MS } from "./lease-object.ts";
import type { Processes } from "./process-facts.ts";
import { asRead } from "./run-store.ts";

/** One who waits to drive an instance. Holds nothing of what it will do but the command line, secret values masked. */
export interface Ticket {
  /** Tells it from every other. */
  readonly id: string;
  readonly host: string;
  readonly bootId: string;
  readonly pid: number;
  readonly processStart: string;
  readonly request: string;
  /** Milliseconds since 1970, by the API server's clock: it was there then. */
  readonly seenAt: number;
}

/** What waiting acts with. */
export interface QueueDeps {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly processes: Processes;
}

/** Whose queue. */
export interface QueueOf {
  readonly namespace: string;
  readonly instance: string;
}

/** Milliseconds between two signs of life of one who waits; one without for the time of a lease is dropped. */
const SIGN_MS = 5000;
/** How often a queue that others write is read again. */
const TRIES = 20;
const TICKETS = "kplan.dev/queue";

/**
 * Takes a place at the end of an instance's queue, or keeps the one it has: gives a sign of life when it is time for one, and drops those who are dead.
 * Answers with all that wait, in the order in which they came.
 */
export async function standInQueue(
  of: QueueOf,
  mine: Omit<Ticket, "seenAt">,
  deps: QueueDeps,
): Promise<readonly Ticket[]> {
  return await change(of, deps, (tickets, now) => {
    const asks = { ...mine, ...of, requestHash: "" };
    const living = tickets.filter(
      (ticket) => ticket.id === mine.id || isAlive(ticket, asks, now, deps.processes),
    );
    const own = living.find(({ id }) => id === mine.id);
    if (own && living.length === tickets.length && now - own.seenAt < SIGN_MS) return tickets;
    const seen = { ...mine, seenAt: now };
    return own ? living.map((ticket) => (ticket === own ? seen : ticket)) : [...living, seen];
  });
}

/** Gives the place back. */
export async function leaveQueue(of: QueueOf, id: string, deps: QueueDeps): Promise<void> {
  await change(of, deps, (tickets) =>
    tickets.some((ticket) => ticket.id === id)
      ? tickets.filter((ticket) => ticket.id !== id)
      : tickets,
  );
}

/** Changes the list by compare-and-swap; the object is there just as long as somebody waits. `next` answers with the very list when nothing is to be written. */
async function change(
  of: QueueOf,
  { cluster }: QueueDeps,
  next: (tickets: readonly Ticket[], now: number) => readonly Ticket[],
): Promise<readonly Ticket[]> {
  const ref = { ...LEASE_KIND, namespace: of.namespace, name: queueName(of.instance) };
  for (let tries = 1; ; tries++) {
    const live = await cluster.get(ref);
    const before = live ? ticketsOf(live) : [];
    const after = next(before, await cluster.serverTime());
    if (after === before) return after;
    try {
      if (after.length === 0 && live) await cluster.delete(ref, asRead(live));
      else if (live) await cluster.replace(queueObject(of, after, live));
      else await cluster.create(queueObject(of, after));
      return after;
    } catch (error) {
      if (!(error instanceof ClusterError && RACED.has(error.kind))) throw error;
      if (tries >= TRIES) throw contended(of, error);
    }
  }
}

const RACED: ReadonlySet<string> = new Set(["conflict", "already-exists", "not-found"]);

function isAlive(ticket: Ticket, wanted: LeaseRequest, now: number, processes: Processes): boolean {
  const { id, seenAt, ...who } = ticket;
  const holder = { ...who, holder: id, requestHash: "", since: "" };
  const state = { holder, token: 0, renewedAt: seenAt, duration: LEASE_MS };
  return judge(state, { now, wanted, processes }) === "alive";
}

function ticketsOf({ metadata }: KubeObject): readonly Ticket[] {
  try {
    const tickets: unknown = JSON.parse(metadata.annotations?.[TICKETS] ?? "[]");
    return Array.isArray(tickets) ? (tickets as Ticket[]) : [];
  } catch {
    return [];
  }
}

function queueObject(
  { namespace, instance }: QueueOf,
  tickets: readonly Ticket[],
  before?: KubeObject,
): KubeObject {
  return {
    ...LEASE_KIND,
    metadata: {
      ...before?.metadata,
      name: queueName(instance),
      namespace,
      labels: { [LABEL.instance]: instance, [LABEL.role]: "queue" },
      annotations: { [TICKETS]: JSON.stringify(tickets) },
    },
    spec: { holderIdentity: tickets[0]?.id ?? "" },
  };
}

function contended({ instance }: QueueOf, cause: unknown): KplanError {
  return new KplanError("queue-contended", `the queue of ${instance} keeps changing`, {
    kind: "busy",
    hint: "repeat the command in a few seconds",
    cause,
  });
}
