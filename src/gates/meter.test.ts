import fc from "fast-check";
import { expect, test } from "vitest";
import type { MeterLine } from "../model/meter.ts";
import { joinedLines, meterFigures, overBudget, percentiles } from "./meter-figures.ts";
import { parseMeterLine } from "./parse-meter-line.ts";

const line = (values: Partial<MeterLine>): MeterLine => ({
  ...{ ok: 10, failed: 0, p50: 1, p99: 5, gapMs: 2 },
  ...values,
});

test.each([
  [
    '{"ok":4,"failed":0,"p50":1.5,"p99":3,"gapMs":20}',
    line({ ok: 4, p50: 1.5, p99: 3, gapMs: 20 }),
  ],
  [
    '{"ok":0,"failed":2,"gapMs":99,"error":"refused"}',
    { ok: 0, failed: 2, p50: 0, p99: 0, gapMs: 99, error: "refused" },
  ],
  [
    '{"ok":0,"failed":2,"p50":null,"p99":null,"gapMs":9}',
    line({ ok: 0, failed: 2, p50: 0, p99: 0, gapMs: 9 }),
  ],
  ['{"ok":-1,"failed":2,"gapMs":99}', undefined],
  ['{"ok":"1","failed":2,"gapMs":99}', undefined],
  ["connecting", undefined],
  ["[1]", undefined],
  ["", undefined],
])("%s", (text, expected) => {
  expect(parseMeterLine(text)).toEqual(expected);
});

test("statements are summed, gaps are the longest, percentiles the worst of any ten seconds", () => {
  const figures = meterFigures(1000);
  figures.add(line({ ok: 40, p99: 90, gapMs: 210 }), 1100);
  for (let at = 1200; at <= 31_000; at += 100)
    figures.add(line({ failed: at === 5000 ? 1 : 0 }), at);
  expect(figures.summary()).toEqual({
    ...{ ok: 40 + 299 * 10, failed: 1, gapMs: 210, seconds: 30 },
    // The first line alone: its slow half is half of all that there was.
    ...{ p50: 1, p99: 90 },
  });
});

test("a slow line counts less among many fast ones", () => {
  const fast = Array.from({ length: 99 }, () => line({}));
  expect(percentiles([...fast, line({ p50: 50, p99: 900 })])).toEqual({ p50: 1, p99: 5 });
  expect(percentiles([...fast, line({ ok: 100, p50: 50, p99: 900 })])).toEqual({
    p50: 1,
    p99: 900,
  });
  expect(percentiles([line({ ok: 0, p99: 900 })])).toEqual({ p50: 0, p99: 0 });
});

test("several lines are told as one", () => {
  const lines = [line({ error: "a" }), line({ ok: 30, failed: 2, error: "b", gapMs: 7 }), line({})];
  expect(joinedLines(lines)).toEqual({ ok: 50, failed: 2, p50: 1, p99: 5, gapMs: 7, error: "b" });
});

test.each([
  [{}, { failed: 9, gapMs: 9000, p99: 900 }, undefined],
  [{ failed: 0 }, { failed: 0, gapMs: 9000, p99: 900 }, undefined],
  [{ failed: 0 }, { failed: 1, gapMs: 0, p99: 0 }, "1 failed statement (at most 0)"],
  [
    { failed: 2, gapMs: 1000, p99Ms: 50 },
    { failed: 3, gapMs: 1001, p99: 50.25 },
    "3 failed statements (at most 2), 1001 ms without a finished statement (at most 1000), 99th percentile of 50.3 ms (at most 50)",
  ],
])("budget %j, found %j", (budget, found, expected) => {
  expect(overBudget(found, budget)).toBe(expected);
});

test("joined percentiles are never below those of the statements themselves", () => {
  const times = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(fc.array(times, { minLength: 1, maxLength: 20 }), (lines) => {
      const told = percentiles(
        lines.map((each) =>
          line({ ok: each.length, p50: nearestRank(each, 0.5), p99: nearestRank(each, 0.99) }),
        ),
      );
      const all = lines.flat();
      expect(told.p99).toBeGreaterThanOrEqual(nearestRank(all, 0.99));
      expect(told.p99).toBeLessThanOrEqual(Math.max(...all));
    }),
  );
});

function nearestRank(times: readonly number[], part: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? 0;
}
