import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { type AuditEvent, isWritten } from "../../support/audit/audit-event.ts";
import {
  changedMore,
  changes,
  createdTwice,
  type Drivers,
  leftOver,
  writtenWithoutLease,
} from "../../support/audit/judge.ts";
import { seededRandom } from "../../support/fault-proxy/seeded-random.ts";
import { kubectl, object } from "../kubectl.ts";
import type { Ended } from "../run-program.ts";
import { until } from "../until.ts";
import { type Driver, isDriver, startDriver } from "./driver.ts";
import { type FollowedAudit, followAudit } from "./follow-audit.ts";
import { type Ledger, newLedger } from "./ledger.ts";
import { say } from "./table.ts";
import type { Action, Clients, Workload } from "./workload.ts";

/** What is known of all that happens in one sitting. */
export interface Sitting {
  readonly workload: Workload;
  readonly random: () => number;
  readonly audit: FollowedAudit;
  readonly ledger: Ledger;
  /** Milliseconds that each action takes when nothing disturbs it, and how often it then changes each object. */
  readonly calm: Map<Action, { ms: number; changes: Readonly<Record<string, number>> }>;
}

/** An instance from its install to its uninstall, in a namespace of its own. */
export interface Life {
  readonly sitting: Sitting;
  readonly namespace: string;
  /** Drivers that only ask the one at work for something. */
  readonly askers: Set<string>;
  /** Carries an action out: given again until it is complete. */
  readonly act: (action: Action, disturbance?: Disturbance) => Promise<void>;
  /** Starts a command of which nothing is expected here. */
  readonly start: (args: readonly string[]) => Driver;
}

/** What is done to the drivers of an action. */
export interface Disturbance {
  /** What the ledger calls it. */
  readonly kind: string;
  /** Exit codes, besides 0, by which a driver of the action may end because of it. */
  readonly exits: readonly number[];
  /** Does it to the n-th driver of the action (from 1); resolves when it is done, or when that driver has ended before. Says whether it was done, and by how much more objects may be changed then. */
  readonly befall: (
    driver: Driver,
    n: number,
    life: Life,
  ) => Promise<{ readonly done: boolean; readonly more?: number } | undefined>;
}

/** Begins a sitting: what is random in it follows from a seed. */
export function newSitting(workload: Workload, seed: number): Sitting {
  return {
    workload,
    random: seededRandom(seed),
    audit: followAudit("kp-g-"),
    ledger: newLedger(),
    calm: new Map(),
  };
}

/** Lives a life: installed, `middle`, uninstalled, and judged. `disturb` says what befalls the first and the last action. */
export async function liveLife(
  sitting: Sitting,
  name: string,
  disturb: (action: Action) => Disturbance | undefined,
  middle: (life: Life) => Promise<void>,
): Promise<void> {
  const { workload, audit, ledger } = sitting;
  const namespace = `kp-g-${workload.name}-${name}-${randomBytes(3).toString("hex")}`;
  const by: Drivers = { isDriver, lease: `${workload.instance}-kplan` };
  const askers = new Set<string>();
  const uuids = new Set<string>();
  const life: Life = {
    ...{ sitting, namespace, askers },
    start: (args) => startDriver(namespace, args),
    act: (action, disturbance) => act(action, disturbance),
  };

  const act = async (action: Action, disturbance: Disturbance | undefined): Promise<void> => {
    const begin = Date.now();
    const kind = disturbance?.kind ?? "undisturbed";
    const users = new Set<string>();
    const after: { readonly user: string; readonly started: number; readonly why: string }[] = [];
    let more = 0;
    let why = "";
    for (let n = 1; ; n++) {
      const driver = startDriver(namespace, workload.commands[action]);
      users.add(driver.user);
      if (why !== "") after.push({ user: driver.user, started: driver.started, why });
      const befallen = disturbance?.befall(driver, n, life);
      const ended = await within(driver, begin + workload.deadline - Date.now());
      const what = await befallen;
      if (what?.done) {
        ledger.happened(kind, action);
        more += what.more ?? 0;
      }
      if (ended === undefined) {
        driver.signal("SIGKILL");
        throw new Error(`${namespace}: ${action} was not complete within ${workload.deadline} ms`);
      }
      const outcome = ended.code === null ? "killed" : `exit ${ended.code}`;
      ledger.ended(kind, outcome);
      if (ended.code === 0) break;
      if (ended.code !== null) {
        if (!disturbance?.exits.includes(ended.code))
          ledger.broke(kind, `${action}: ${outcome}: ${lastWords(ended)}`);
        say(`  ${driver.user}: ${outcome}: ${lastWords(ended)}`);
        await sleep(500);
      }
      why = outcome;
    }
    const ms = Date.now() - begin;
    const uuid = await wholeWithin(workload, namespace, action);
    if (uuid !== "") uuids.add(uuid);
    const events = (await audit.events(namespace)).filter(({ received }) => received >= begin);
    for (const { user, started, why: reason } of after) {
      const taken = events.find((event) => event.user === user && isLeaseWrite(event, by));
      if (taken) ledger.continued(kind, reason, taken.answered - started);
    }
    const counts = withoutNamespace(changes(events, by), namespace);
    const calm = sitting.calm.get(action);
    if (disturbance === undefined) {
      const changed = { ...calm?.changes };
      for (const [key, count] of Object.entries(counts))
        changed[key] = Math.max(count, changed[key] ?? 0);
      sitting.calm.set(action, { ms, changes: changed });
    } else
      for (const sentence of changedMore(counts, calm?.changes ?? {}, more))
        ledger.broke(kind, `${action}: ${sentence}`);
    say(`${namespace}: ${action}, ${kind}: complete after ${(ms / 1000).toFixed(1)} s`);
  };

  await kubectl("default", ["create", "namespace", namespace]);
  await until("its account", () => object(namespace, "serviceaccount", "default"), {
    within: 60_000,
  });
  let clients: Clients | undefined;
  let broken: unknown;
  try {
    await act("install", disturb("install"));
    clients = await workload.clients?.(namespace);
    await middle(life);
    const rows = await clients?.settle();
    if (rows !== undefined) ledger.rows(rows);
    clients = undefined;
    await act("uninstall", disturb("uninstall"));
  } catch (error) {
    broken = error;
    ledger.broke(name, error instanceof Error ? error.message : String(error));
  } finally {
    clients?.kill();
  }
  const events = await audit.events(namespace);
  // A judge who sees nothing finds nothing.
  const writes = events.filter((event) => isDriver(event.user) && isWritten(event)).length;
  if (writes === 0) ledger.broke(name, "the audit log tells of no write of any driver");
  for (const sentence of createdTwice(events, by)) ledger.broke(name, sentence, "duplicate");
  for (const sentence of writtenWithoutLease(events, by, askers))
    ledger.broke(name, sentence, "unfenced");
  if (broken === undefined) {
    for (const orphan of leftOver(events, by).filter((key) => !isKept(key)))
      ledger.broke(name, `left after uninstall: ${orphan}`, "orphan");
    for (const orphan of await stillThere(namespace))
      ledger.broke(name, `there after uninstall: ${orphan}`, "orphan");
  }
  ledger.uuids(uuids);
  ledger.judged(events.length, writes);
  say(`${namespace}: ${events.length} requests judged, ${writes} writes of drivers`);
  if (!process.env.KPLAN_KEEP_NAMESPACES || broken === undefined)
    await kubectl("default", ["delete", "namespace", namespace, "--wait=false"]);
}

/** How it ended; undefined when it did not within some milliseconds. */
async function within(driver: Driver, ms: number): Promise<Ended | undefined> {
  const stop = new AbortController();
  const late = sleep(Math.max(0, ms), undefined, { signal: stop.signal }).catch(() => undefined);
  const ended = await Promise.race([driver.ended, late]);
  stop.abort();
  return ended ?? undefined;
}

/** What is judged when it is over is looked at until it is so: a pod that goes takes its time. */
function wholeWithin(workload: Workload, namespace: string, action: Action): Promise<string> {
  return until(`${action} left the instance whole`, () => workload.whole(namespace, action), {
    ...{ within: 60_000, every: 1000 },
  });
}

function isLeaseWrite({ resource, name, verb, code }: AuditEvent, by: Drivers): boolean {
  const writes = verb === "create" || verb === "update";
  return resource === "leases.coordination.k8s.io" && name === by.lease && writes && code < 300;
}

function withoutNamespace(
  counts: Readonly<Record<string, number>>,
  namespace: string,
): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(counts).map(([key, count]) => [key.replace(` ${namespace}/`, " "), count]),
  );
}

const KINDS = [
  ...["configmaps", "secrets", "services", "serviceaccounts", "persistentvolumeclaims", "pods"],
  ...["deployments", "statefulsets", "jobs", "poddisruptionbudgets", "networkpolicies", "leases"],
  ...["instances.kudo.dev", "operators.kudo.dev", "operatorversions.kudo.dev"],
];

/** What there is in a namespace, besides what Kubernetes puts into each and claims of backups. */
async function stillThere(namespace: string): Promise<readonly string[]> {
  const names = await kubectl(namespace, ["get", KINDS.join(), "-o", "name"]);
  return names
    .split("\n")
    .filter(
      (name) => name !== "" && !/\/default(-token-\w+)?$|\/kube-root-ca.crt$|-backups$/.test(name),
    );
}

/** Backups outlive everything: no uninstall deletes their claim. */
function isKept(key: string): boolean {
  return key.startsWith("persistentvolumeclaims ") && key.endsWith("-backups");
}

/** What an ended command said last, requests left out. */
export function lastWords({ stdout, stderr }: Ended): string {
  const said = stderr.split("\n").filter((line) => line !== "" && !line.startsWith("+"));
  return (said.length > 0 ? said : stdout.trim().split("\n")).slice(-3).join(" / ");
}
