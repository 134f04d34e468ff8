import { ClusterError } from "../../model/cluster.ts";
import { ChangedBySomebody, TaskTrouble } from "../steps/task-stop.ts";

/** How long what went wrong is borne. */
export interface Patience {
  /** What is counted together: one cause after the other does not add up. */
  readonly cause: string;
  /** Milliseconds since it was first met; infinite: until the step's time is over. */
  readonly ms: number;
}

/** Room in a quota comes when something else goes: what was just deleted, and the quota controller's next count. */
const QUOTA = 2 * 60_000;
/** A webhook's pods come back within minutes after a drain or an upgrade, or not at all. */
const WEBHOOK = 5 * 60_000;
/** Others wrote again and again between our reading and our writing: two controllers that never agree. */
const CONTENTION = 5 * 60_000;
/** Somebody sets back what we apply: whoever does so once may be a person, whoever does so for a minute never stops. */
const FIGHT = 60_000;
/** A kind that the run itself defined is unknown to the server: discovery lags behind. */
const SERVED = 30_000;
/** A server that breaks on a request (a plain 500) breaks on it again, unless it was just starting. */
const BROKEN = 60_000;

/**
 * How long the same is tried again after an error: undefined for what nobody mends by waiting.
 * @param ours whether the run itself defines the kind that the error is about
 */
export function patienceWith(error: unknown, ours: boolean): Patience | undefined {
  if (error instanceof ChangedBySomebody) return { cause: "changed", ms: FIGHT };
  if (error instanceof TaskTrouble) return { cause: "trouble", ms: Number.POSITIVE_INFINITY };
  if (!(error instanceof ClusterError)) return undefined;
  const { kind, status, transient, conflicts } = error;
  if (kind === "quota") return { cause: kind, ms: QUOTA };
  if (kind === "webhook") return transient ? { cause: kind, ms: WEBHOOK } : undefined;
  if (transient) return { cause: "away", ms: Number.POSITIVE_INFINITY };
  if (kind === "conflict" && conflicts.length === 0) return { cause: kind, ms: CONTENTION };
  if (kind === "not-served" && ours) return { cause: kind, ms: SERVED };
  if (kind === "other" && status >= 500) return { cause: "broken", ms: BROKEN };
  return undefined;
}

/** Milliseconds without it after which a cause counts as a new one. */
const FORGOTTEN = 90_000;

/** Since when each cause is there. */
export interface PatienceLog {
  /** Milliseconds for which a cause that is met now has been there, other causes in between included. */
  met(cause: string, now: number): number;
}

/** A log that has met nothing. */
export function createPatienceLog(): PatienceLog {
  const causes = new Map<string, { readonly since: number; readonly last: number }>();
  return {
    met(cause, now) {
      const known = causes.get(cause);
      const since = known !== undefined && now - known.last < FORGOTTEN ? known.since : now;
      causes.set(cause, { since, last: now });
      return now - since;
    },
  };
}
