import type { MeterBudget, MeterLine, MeterSummary } from "../model/meter.ts";

/** Milliseconds over which percentiles are taken. */
const WINDOW = 10_000;

/** What lines of a meter come to. */
export interface MeterFigures {
  /** Takes a line that was read at `at`, in milliseconds of a clock that never jumps. */
  add(line: MeterLine, at: number): void;
  /** Everything since the beginning; zeros before the first line. */
  summary(): MeterSummary;
}

/**
 * Adds up lines: statements are summed, the longest gap is the longest of any line, percentiles are the worst of any ten seconds (`percentiles`).
 * `began` is when measuring began.
 */
export function meterFigures(began: number): MeterFigures {
  let recent: { readonly line: MeterLine; readonly at: number }[] = [];
  let total: MeterSummary = { ok: 0, failed: 0, p50: 0, p99: 0, gapMs: 0, seconds: 0 };
  return {
    add(line, at) {
      recent = [...recent.filter((one) => at - one.at < WINDOW), { line, at }];
      const { p50, p99 } = percentiles(recent.map((one) => one.line));
      total = {
        ok: total.ok + line.ok,
        failed: total.failed + line.failed,
        p50: Math.max(total.p50, p50),
        p99: Math.max(total.p99, p99),
        gapMs: Math.max(total.gapMs, line.gapMs),
        seconds: Math.round((at - began) / 100) / 10,
      };
    },
    summary: () => total,
  };
}

/** Several lines as one: what clients felt meanwhile. */
export function joinedLines(lines: readonly MeterLine[]): MeterLine {
  const sum = (of: (line: MeterLine) => number): number =>
    lines.reduce((all, line) => all + of(line), 0);
  const error = lines.findLast((line) => line.error !== undefined)?.error;
  return {
    ok: sum(({ ok }) => ok),
    failed: sum(({ failed }) => failed),
    ...percentiles(lines),
    gapMs: Math.max(0, ...lines.map(({ gapMs }) => gapMs)),
    ...(error !== undefined && { error }),
  };
}

/**
 * Percentiles of the statements of several lines. A line tells only two of its own. The median is that of the lines' medians, each as heavy as its statements.
 * For the 99th percentile half of a line's statements count with its median and half with its 99th percentile (nearest rank): where a line has no more than a
 * hundred statements none of them took longer than that, and the answer is never too low.
 */
export function percentiles(lines: readonly MeterLine[]): Pick<MeterLine, "p50" | "p99"> {
  const halves = lines.flatMap(({ ok, p50, p99 }) => [
    { ms: p50, weight: ok },
    { ms: p99, weight: ok },
  ]);
  const medians = lines.map(({ ok, p50 }) => ({ ms: p50, weight: ok }));
  return { p50: nearestRank(medians, 0.5), p99: nearestRank(halves, 0.99) };
}

function nearestRank(
  values: readonly { readonly ms: number; readonly weight: number }[],
  part: number,
): number {
  const sorted = values.filter(({ weight }) => weight > 0).sort((a, b) => a.ms - b.ms);
  const wanted = part * sorted.reduce((sum, { weight }) => sum + weight, 0);
  let passed = 0;
  for (const { ms, weight } of sorted) {
    passed += weight;
    if (passed >= wanted) return ms;
  }
  return 0;
}

/** What is over the budget, in words: `3 failed statements (at most 0)`; undefined while nothing is. */
export function overBudget(
  { failed, gapMs, p99 }: Pick<MeterSummary, "failed" | "gapMs" | "p99">,
  budget: MeterBudget,
): string | undefined {
  const found = [
    budget.failed !== undefined && failed > budget.failed
      ? `${failed} failed ${failed === 1 ? "statement" : "statements"} (at most ${budget.failed})`
      : undefined,
    budget.gapMs !== undefined && gapMs > budget.gapMs
      ? `${Math.round(gapMs)} ms without a finished statement (at most ${budget.gapMs})`
      : undefined,
    budget.p99Ms !== undefined && p99 > budget.p99Ms
      ? `99th percentile of ${Math.round(p99 * 10) / 10} ms (at most ${budget.p99Ms})`
      : undefined,
  ].filter((text) => text !== undefined);
  return found.length === 0 ? undefined : found.join(", ");
}
