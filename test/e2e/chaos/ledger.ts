import { say, tableOf } from "./table.ts";

/** What broke a rule: an object made twice, left behind, or written without the Lease; or anything else. */
export type Breach = "duplicate" | "orphan" | "unfenced" | "other";

/** Counts what happened in a sitting. */
export interface Ledger {
  /** A disturbance befell a driver. */
  readonly happened: (kind: string, action: string) => void;
  /** A driver ended: `exit 0`, `killed`. */
  readonly ended: (kind: string, outcome: string) => void;
  /** The next driver held the Lease this many milliseconds after it had been started. */
  readonly continued: (kind: string, after: string, ms: number) => void;
  readonly broke: (kind: string, sentence: string, breach?: Breach) => void;
  /** State UUIDs that the members of one cluster had in its life. */
  readonly uuids: (seen: ReadonlySet<string>) => void;
  /** Rows that were acknowledged, and were there in the end. */
  readonly rows: (count: number) => void;
  /** Requests that the audit log told of, and writes of drivers among them. */
  readonly judged: (requests: number, writes: number) => void;
  readonly times: (kind: string) => number;
  /** All sentences. */
  readonly broken: () => readonly string[];
  readonly print: () => void;
}

interface Entry {
  readonly actions: Map<string, number>;
  readonly outcomes: Map<string, number>;
  readonly continued: number[];
}

/** An empty one. */
export function newLedger(): Ledger {
  const entries = new Map<string, Entry>();
  const broken: { readonly kind: string; readonly sentence: string; readonly breach: Breach }[] =
    [];
  const uuids: number[] = [];
  const judged = { requests: 0, writes: 0 };
  let rows = 0;
  const begin = performance.now();
  const of = (kind: string): Entry => {
    const found = entries.get(kind);
    if (found) return found;
    const made = { actions: new Map(), outcomes: new Map(), continued: [] };
    entries.set(kind, made);
    return made;
  };
  const times = (kind: string): number =>
    [...(entries.get(kind)?.actions.values() ?? [])].reduce((all, one) => all + one, 0);
  return {
    happened: (kind, action) => count(of(kind).actions, action),
    ended: (kind, outcome) => count(of(kind).outcomes, outcome),
    continued: (kind, _after, ms) => void of(kind).continued.push(ms),
    broke(kind, sentence, breach = "other") {
      broken.push({ kind, sentence, breach });
      say(`BROKEN, ${kind}: ${sentence}`);
    },
    uuids(seen) {
      if (seen.size > 0) uuids.push(seen.size);
      if (seen.size > 1) broken.push({ kind: "uuid", sentence: [...seen].join(), breach: "other" });
    },
    rows(more) {
      rows += more;
    },
    judged(requests, writes) {
      judged.requests += requests;
      judged.writes += writes;
    },
    times,
    broken: () => broken.map(({ kind, sentence }) => `${kind}: ${sentence}`),
    print() {
      const lines = [...entries].map(([kind, { actions, outcomes, continued }]) => [
        kind,
        String(times(kind)),
        counted(actions),
        counted(outcomes),
        `${quantile(continued, 0.5)} / ${quantile(continued, 1)}`,
      ]);
      say(
        `\n${tableOf(["what", "times", "during", "drivers ended", "to continue, s: p50 / max"], lines)}`,
      );
      const breaches = (breach: Breach): number =>
        broken.filter((one) => one.breach === breach).length;
      say(
        `\njudged: ${judged.requests} requests, ${judged.writes} writes of drivers; objects created twice: ${breaches("duplicate")}; left behind: ${breaches("orphan")}; written without the Lease: ${breaches("unfenced")}; other breaches: ${breaches("other")}`,
      );
      say(
        `state UUIDs of each cluster: ${uuids.join(", ") || "none"}; acknowledged rows, all there: ${rows}; ${((performance.now() - begin) / 60_000).toFixed(1)} min in all`,
      );
      for (const { kind, sentence } of broken) say(`  ${kind}: ${sentence}`);
    },
  };
}

function count(counts: Map<string, number>, what: string): void {
  counts.set(what, (counts.get(what) ?? 0) + 1);
}

function counted(counts: ReadonlyMap<string, number>): string {
  return [...counts].map(([what, times]) => `${what} ${times}`).join(", ");
}

/** Seconds. */
function quantile(ms: readonly number[], q: number): string {
  const sorted = [...ms].sort((a, b) => a - b);
  const at = sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
  return at === undefined ? "" : (at / 1000).toFixed(1);
}
