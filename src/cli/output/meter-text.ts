import type { MeterSummary } from "../../model/meter.ts";
import { printable } from "./printable.ts";

/** `meter: 1,234 ok, 0 failed, longest gap 0.21 s, p50 3 ms, p99 12 ms`, and what is over the budget. */
export function meterText({ ok, failed, gapMs, p50, p99, over }: MeterSummary): string {
  const figures = [
    `${count(ok)} ok`,
    `${count(failed)} failed`,
    `longest gap ${(gapMs / 1000).toFixed(2)} s`,
    `p50 ${milliseconds(p50)}`,
    `p99 ${milliseconds(p99)}`,
  ];
  const verdict = over === undefined ? "" : `; over its budget: ${printable(over)}`;
  return `meter: ${figures.join(", ")}${verdict}`;
}

function count(number: number): string {
  return Math.round(number).toLocaleString("en-US");
}

function milliseconds(ms: number): string {
  return `${ms < 10 ? Math.round(ms * 10) / 10 : Math.round(ms)} ms`;
}
