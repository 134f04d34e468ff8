import type { ClientReport, Closed, Failure, Manner, Opened } from "./report.ts";

/** Stalls shorter than this are not listed, in milliseconds. */
const LISTED = 100;

/** What one client counts. All times are given to it, in milliseconds. */
export interface Gauge {
  readonly succeeded: (at: number) => void;
  readonly failed: (failure: Failure) => void;
  readonly closed: (closed: Closed) => void;
  readonly opened: (opened: Opened) => void;
  readonly late: () => void;
  /** Ends the stage: what was seen in it. A stall that goes on counts for this stage as far as it came, and for the next in whole. */
  readonly take: (at: number, pod: string) => ClientReport;
}

/** Counts for one client that pauses `think` milliseconds between its rows; `at` is when it starts. */
export function newGauge(client: number, manner: Manner, think: number, at: number): Gauge {
  let last = at;
  let began = "";
  let statements = 0;
  let late = 0;
  let longestStall = 0;
  let stalls: { at: number; ms: number }[] = [];
  let failures: Failure[] = [];
  let closed: Closed[] = [];
  let opened: Opened[] = [];

  const gap = (now: number): void => {
    const ms = Math.max(0, Math.round(now - last - think));
    longestStall = Math.max(longestStall, ms);
    if (ms >= LISTED) stalls.push({ at: Math.round(last), ms });
  };
  return {
    succeeded(now) {
      statements += 1;
      gap(now);
      last = now;
    },
    failed: (failure) => void failures.push(failure),
    closed: (one) => void closed.push(one),
    opened: (one) => void opened.push(one),
    late() {
      late += 1;
    },
    take(now, pod) {
      gap(now);
      const counts = { statements, failures, closed, opened, longestStall, stalls, late };
      const report = { client, manner, began, ...counts };
      began = pod;
      statements = late = longestStall = 0;
      stalls = [];
      failures = [];
      closed = [];
      opened = [];
      return report;
    },
  };
}
