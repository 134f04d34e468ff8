import { type AuditEvent, isWritten } from "./audit-event.ts";

const LEASES = "leases.coordination.k8s.io";
const INSTANCES = "instances.kudo.dev";

/** Whom an audit log is judged about: drivers of instances, each of which is a user of its own. */
export interface Drivers {
  readonly isDriver: (user: string) => boolean;
  /** The Lease of the instance. */
  readonly lease: string;
}

/** A sentence for each object that a driver created although it had been created before and nobody had deleted it since. */
export function createdTwice(events: readonly AuditEvent[], by: Drivers): readonly string[] {
  const there = new Map<string, AuditEvent>();
  const found: string[] = [];
  for (const event of events.filter(isObjectWrite)) {
    const key = keyOf(event);
    if (event.verb === "create") {
      const before = there.get(key);
      if (before !== undefined && by.isDriver(event.user))
        found.push(`${key} was created by ${before.user} and again by ${event.user}`);
      there.set(key, event);
    } else if (event.verb === "delete") there.delete(key);
    else if (event.verb === "deletecollection")
      for (const one of [...there.keys()])
        if (one.startsWith(`${event.resource} ${event.namespace}/`)) there.delete(one);
  }
  return found;
}

/** Objects (`statefulsets.apps db/galera`) that drivers created and nobody deleted. */
export function leftOver(events: readonly AuditEvent[], by: Drivers): readonly string[] {
  const there = new Set<string>();
  for (const event of events.filter(isObjectWrite)) {
    const key = keyOf(event);
    if (event.verb === "create" && by.isDriver(event.user)) there.add(key);
    else if (event.verb === "delete") there.delete(key);
    else if (event.verb === "deletecollection")
      for (const one of [...there])
        if (one.startsWith(`${event.resource} ${event.namespace}/`)) there.delete(one);
  }
  return [...there];
}

/**
 * A sentence for each write of a driver that came in after another one had taken the Lease: who wrote the Lease last holds it.
 * `askers` ask the holder for something, by an annotation of its Instance.
 */
export function writtenWithoutLease(
  events: readonly AuditEvent[],
  by: Drivers,
  askers: ReadonlySet<string> = new Set(),
): readonly string[] {
  const ofDrivers = events.filter((event) => by.isDriver(event.user) && isWritten(event));
  const isLease = ({ resource, name }: AuditEvent): boolean =>
    resource === LEASES && name === by.lease;
  const takings = ofDrivers.filter((event) => isLease(event) && event.verb !== "delete");
  const found: string[] = [];
  for (const write of ofDrivers) {
    if (isLease(write) || write.namespace === "") continue;
    const isAsking = askers.has(write.user) && write.resource === INSTANCES;
    if (isAsking && write.verb === "patch") continue;
    const last = takings.findLast((taking) => taking.answered <= write.received);
    if (last?.user === write.user) continue;
    const whose = last === undefined ? "nobody had taken" : `${last.user} had taken`;
    found.push(
      `${write.user}: ${write.verb} ${keyOf(write)} at ${time(write.received)}, when ${whose} the Lease`,
    );
  }
  return found;
}

/** A sentence for each write of the drivers, commands in pods among them, that came in later than `until`; what tells how far things are does not count. */
export function begunAfter(
  events: readonly AuditEvent[],
  by: Drivers,
  { until, except }: { readonly until: number; readonly except: ReadonlySet<string> },
): readonly string[] {
  return events
    .filter(({ user, received }) => by.isDriver(user) && !except.has(user) && received > until)
    .filter((event) => isWritten(event) && !isOwnState(event, by))
    .map(
      (event) =>
        `${event.user}: ${event.verb} ${keyOf(event)}, ${Math.round(event.received - until)} ms late`,
    );
}

/** How often drivers changed each object that is not kplan's own state: `statefulsets.apps db/galera` → 3. */
export function changes(
  events: readonly AuditEvent[],
  by: Drivers,
): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const event of events) {
    if (!by.isDriver(event.user) || !isObjectWrite(event) || isOwnState(event, by)) continue;
    if (event.verb !== "patch" && event.verb !== "update") continue;
    const key = keyOf(event);
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

/**
 * A sentence for each object that was changed more often than when nothing disturbed the same commands: `allowed` times more are to be expected (a token that fences
 * a driver off that was alive is put on each object once).
 */
export function changedMore(
  counts: Readonly<Record<string, number>>,
  calm: Readonly<Record<string, number>>,
  allowed = 0,
): readonly string[] {
  return Object.entries(counts).flatMap(([key, count]) => {
    const most = (calm[key] ?? 0) + allowed;
    return count > most ? [`${key} was changed ${count} times, undisturbed ${calm[key] ?? 0}`] : [];
  });
}

/** Lease, Instance, run records: what says how far things are is written as often as there is something to say. */
function isOwnState({ resource, name }: AuditEvent, { lease }: Drivers): boolean {
  const instance = lease.replace(/-kplan$/, "");
  return (
    resource.endsWith(".kudo.dev") ||
    resource === LEASES ||
    (resource === "configmaps" && new RegExp(`^${instance}-run-\\d+$`).test(name))
  );
}

/** A write to an object itself. */
function isObjectWrite(event: AuditEvent): boolean {
  return isWritten(event) && event.namespace !== "" && event.subresource === "";
}

function keyOf({ resource, subresource, namespace, name }: AuditEvent): string {
  return `${resource}${subresource && `/${subresource}`} ${namespace}/${name}`;
}

function time(ms: number): string {
  return new Date(ms).toISOString().slice(11, 23);
}
