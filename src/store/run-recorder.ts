import type { Clock } from "../model/clock.ts";
import { type Cluster, ClusterError } from "../model/cluster.ts";
import type { RunRecorder, WriteFence } from "../model/driver.ts";
import type { RunEvent } from "../model/event.ts";
import { canonicalJson } from "../model/json.ts";
import { KplanError } from "../model/kplan-error.ts";
import type { RunRecord } from "../model/run.ts";
import type { PlanStatus } from "../model/status.ts";
import { changedWish } from "./changed-wish.ts";
import { enduring } from "./enduring-cluster.ts";
import { planExecution, statusPatch } from "./instance-status.ts";
import type { InstanceWriter } from "./instance-writer.ts";
import { withFact, withFinished, withMeter } from "./run-findings.ts";
import { withDone, withIntent, withRemoved } from "./run-inventory.ts";
import { writeRun } from "./run-store.ts";
import { runObject, type StoredRun } from "./stored-run.ts";

/** Milliseconds between two writes that nobody waits for: each may be two requests (record and Instance), so at most five a second. */
const GAP_MS = 400;
/** The longest pause before a write that failed is tried again. */
const LONGEST_GAP_MS = 30_000;

/** Keeps a run in the cluster while it goes on. */
export interface RunKeeper extends RunRecorder {
  /** Takes an event into the record; it is stored with the next write. */
  take(event: RunEvent): void;
  /** The record as it stands, stored or not. */
  record(): RunRecord;
  /** Resolves when all of it is stored so far; rejects when it cannot be. */
  kept(): Promise<void>;
  /**
   * Stores the Instance's status and then the record as it ended: a record that has ended says that its Instance tells so too. Nothing else is written
   * afterwards. Throws when it cannot be stored; where just the Instance cannot be written, a COMPLETE run is left open, so that the same command mends it.
   */
  finish(last: RunRecord): Promise<RunRecord>;
  /** Leaves the record as it is stored, for a run that ended by an error: resolves when no write is under way. Nothing is written afterwards. */
  leave(): Promise<void>;
}

/** What a keeper works with. */
export interface KeeperInputs {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly lease: WriteFence & { readonly token: number };
  /** The run as stored. */
  readonly run: StoredRun;
  readonly instance: InstanceWriter;
  /** Statuses of plans that are not part of the run, written along: NEVER_RUN ones, and what the run supersedes. */
  readonly otherPlans: readonly PlanStatus[];
  /** Takes an event into a record; pure. */
  readonly fold: (record: RunRecord, event: RunEvent) => RunRecord;
  /** Hears once why the progress cannot be written, and of changes to what the Instance asks for, while the run goes on. */
  readonly warn?: (message: string) => void;
}

/**
 * The one writer of a run's record and of its Instance's status. Writes are coalesced; only intents and facts are written at once and awaited.
 * A write that fails is repeated with the next, after ever longer pauses; whoever waits for it is told.
 */
export function keepRun(inputs: KeeperInputs): RunKeeper {
  const { cluster, clock, lease } = inputs;
  let { run } = inputs;
  let record = run.record;
  /** Counts changes of the record; `stored` is the last that was written. */
  let changes = 0;
  let stored = 0;
  let lastWrite = clock.monotonic();
  let lastStatus = "";
  let failures = 0;
  const warned = new Set<string>();
  /** What the Instance asked for when the run began or went on. */
  const began = inputs.instance.current();
  let waiting: Waiter[] = [];
  let ended = false;
  let isPumping = false;
  let pumping: Promise<void> = Promise.resolve();
  let wake = new AbortController();

  return {
    take: (event) => change(inputs.fold(record, event)),
    removed: (refs) => change(withRemoved(record, refs)),
    done: (intent) => change(withDone(record, intent)),
    record: () => record,
    kept: async () => {
      if (stored < changes) await storedAtOnce(record);
    },
    intent: (intent) => storedAtOnce(withIntent(record, intent)),
    fact: (task, value) => storedAtOnce(withFact(record, task, value)),
    finished: (job) => change(withFinished(record, job)),
    meter: (step, summary) => change(withMeter(record, step, summary)),
    leave,
    async finish(last) {
      await leave();
      record = stamped(last);
      // Whoever was told to stop does not wait for a server that is away.
      const borne = last.finishedAt === undefined ? asLongAsHeld : whenBack;
      try {
        await borne(() => writeInstance(record));
      } catch (error) {
        if (!(error instanceof ClusterError)) throw error;
        await borne(() => writeRecord(leftOpen(record, error.message)));
        throw notTold(record, error);
      }
      await borne(() => writeRecord(record));
      return record;
    },
  };

  async function asLongAsHeld(write: () => Promise<void>): Promise<void> {
    lease.check();
    await write();
  }

  /** Writes how the run ended, however long the server is away: what was done must not be lost for want of the last sentence. */
  async function whenBack(write: () => Promise<void>): Promise<void> {
    await enduring(() => asLongAsHeld(write), { clock, lease, stop: lease.lost, tell: warnOnce });
  }

  function change(next: RunRecord): void {
    if (ended || next === record) return;
    record = next;
    changes += 1;
    startPump();
  }

  /** What no object can hold is refused, and the record stays as it was: it has to be written again. */
  function storedAtOnce(next: RunRecord): Promise<void> {
    return new Promise((resolve, reject) => {
      runObject(next, run.instanceUid, lease.token);
      record = next;
      changes += 1;
      waiting.push({ resolve, reject });
      wake.abort();
      startPump();
    });
  }

  async function leave(): Promise<void> {
    ended = true;
    wake.abort();
    await pumping;
  }

  /** A pump that has nothing to do ends before it returns, so whether one is at work cannot be told from its promise. */
  function startPump(): void {
    if (isPumping) return;
    isPumping = true;
    pumping = pump();
  }

  async function pump(): Promise<void> {
    while (stored < changes && !lease.lost.aborted && !(ended && waiting.length === 0)) {
      const gap = Math.min(GAP_MS * 2 ** failures, LONGEST_GAP_MS);
      if (waiting.length === 0) await pause(lastWrite + gap - clock.monotonic());
      if (waiting.length > 0) await writeAwaited();
      else if (!ended) await writeCoalesced();
    }
    for (const waiter of waiting) waiter.reject(lease.lost.reason);
    waiting = [];
    isPumping = false;
  }

  async function pause(ms: number): Promise<void> {
    wake = new AbortController();
    if (ms > 0 && !ended)
      await clock.sleep(ms, AbortSignal.any([wake.signal, lease.lost])).catch(() => undefined);
  }

  /** Just the record, for those who wait for it. */
  async function writeAwaited(): Promise<void> {
    const upTo = changes;
    const served = waiting;
    waiting = [];
    try {
      lease.check();
      await writeRecord(stamped(record));
      // The Instance's status has not followed yet: leave one change to be written.
      stored = Math.max(stored, upTo - 1);
      for (const waiter of served) waiter.resolve();
    } catch (error) {
      for (const waiter of served) waiter.reject(error);
    }
  }

  async function writeCoalesced(): Promise<void> {
    const upTo = changes;
    const now = stamped(record);
    lastWrite = clock.monotonic();
    try {
      lease.check();
      await both(writeRecord(now), writeInstance(now));
      stored = upTo;
      failures = 0;
    } catch (error) {
      // A later turn repeats it; the end of the run reports what does not mend.
      failures += 1;
      tell(error);
    }
  }

  function tell(error: unknown): void {
    if (!(error instanceof ClusterError) || error.transient) return;
    warnOnce(`the progress of the run cannot be written: ${error.message}`);
  }

  function stamped(from: RunRecord): RunRecord {
    return { ...from, updatedAt: clock.now().toISOString() };
  }

  async function writeRecord(next: RunRecord): Promise<void> {
    run = await writeRun(cluster, run, next, lease.token);
  }

  /** Status first; then `spec.planExecution`, when it says something else now. */
  async function writeInstance(next: RunRecord): Promise<void> {
    const { instance, otherPlans } = inputs;
    const patch = statusPatch(instance.current(), next, otherPlans);
    const text = canonicalJson(patch);
    if (text !== lastStatus) await instance.patch(patch, "status");
    lastStatus = text;
    const execution = planExecution(next);
    const { spec } = instance.current() as { spec?: { planExecution?: unknown } };
    if (canonicalJson(spec?.planExecution ?? {}) !== canonicalJson(execution ?? {}))
      await instance.patch({ spec: { planExecution: execution } });
    const changed = changedWish(began, instance.current());
    if (changed !== undefined) warnOnce(changed);
  }

  function warnOnce(message: string): void {
    if (warned.has(message)) return;
    warned.add(message);
    inputs.warn?.(message);
  }
}

/** The record of a run that did all but say so on its Instance. */
function leftOpen(record: RunRecord, why: string): RunRecord {
  if (record.status !== "COMPLETE") return record;
  const { finishedAt: _, ...open } = record;
  return {
    ...open,
    status: "IN_PROGRESS",
    reason: "Interrupted",
    message: `every step is complete; the Instance's status could not be written: ${why}`,
  };
}

function notTold({ instance, status }: RunRecord, cause: ClusterError): KplanError {
  const done = status === "COMPLETE" ? "every step is complete" : "the run has ended";
  return new KplanError(
    "status-not-written",
    `${done}, but the status of Instance ${instance} could not be written: ${cause.message}`,
    { hint: cause.hint ?? "the same command again writes it", cause },
  );
}

/** Waits for both, also when one fails: a write that is still under way could come over the next one. Throws the first failure. */
async function both(one: Promise<void>, other: Promise<void>): Promise<void> {
  const ends = await Promise.allSettled([one, other]);
  for (const end of ends) if (end.status === "rejected") throw end.reason;
}

/** Somebody who waits until a change is stored. */
interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}
