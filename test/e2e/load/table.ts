import { readFileSync, writeSync } from "node:fs";
import type { Manner } from "./report.ts";
import type { Trial } from "./trial.ts";

/** Others' numbers on the same kind of machine: 3 nodes, MariaDB 10.11, 2 cores, four clients. */
const PEERS = [
  ["KUDO's tutorial operator, 3 → 5", "101 s", "5 of 59125", "3500 ms", "", "3 of 3"],
  ["kubectl scale 5 → 3 → 5, one connection each", "15 + 15 s", "", "", "3 of 38878, 3000 ms", "0"],
  ["the same, pooled, default timers", "16-49 + 14-21 s", "0", "3500 ms", "", "0"],
  ["the same, pooled, timers tuned by hand", "14 + 18 s", "0", "520 ms", "", "0"],
];
const HEAD = [
  "change",
  "took",
  "pooled: failed",
  "stall",
  "kept: failed, stall, closed",
  "restarts",
];

/** Prints what trials showed, and what others showed. `restarted` says how many of how many members were, of each trial. */
export function printTrials(
  title: string,
  trials: readonly (Trial & { readonly restarted?: string })[],
): void {
  const rows = trials.map((trial) => [
    trial.name,
    `${trial.took.toFixed(1)} s`,
    failed(trial, "pooled"),
    `${longest(trial, "pooled")} ms`,
    `${failed(trial, "kept")}, ${longest(trial, "kept")} ms, ${closed(trial)}`,
    trial.restarted ?? "0",
  ]);
  const all = [HEAD, ...rows, ...PEERS];
  const widths = HEAD.map((_, n) => Math.max(...all.map((row) => (row[n] ?? "").length)));
  const lines = all.map((row) => row.map((cell, n) => cell.padEnd(widths[n] ?? 0)).join("  "));
  const load = readFileSync("/proc/loadavg", "utf8").split(" ").slice(0, 2).join(", ");
  writeSync(1, `\n${title} (the machine's load: ${load})\n${lines.join("\n")}\n\n`);
}

function failed({ report }: Trial, manner: Manner): string {
  const own = report.clients.filter((client) => client.manner === manner);
  const failures = own.reduce((sum, client) => sum + client.failures.length, 0);
  const statements = own.reduce((sum, client) => sum + client.statements, 0);
  return `${failures} of ${failures + statements}`;
}

function longest({ report }: Trial, manner: Manner): number {
  const own = report.clients.filter((client) => client.manner === manner);
  return Math.max(...own.map((client) => client.longestStall));
}

function closed({ report }: Trial): number {
  const own = report.clients.filter((client) => client.manner === "kept");
  return own.reduce((sum, client) => sum + client.closed.length, 0);
}
