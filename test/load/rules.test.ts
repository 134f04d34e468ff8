import { expect, test } from "vitest";
import { newGauge } from "../e2e/load/gauge.ts";
import type { ClientReport, StageReport } from "../e2e/load/report.ts";
import { brokenRules } from "../e2e/load/rules.ts";
import { shortages } from "../e2e/load/serving.ts";

const still: ClientReport = {
  ...{ client: 0, manner: "kept", began: "m-4", statements: 100, longestStall: 30, late: 0 },
  ...{ failures: [], closed: [], opened: [], stalls: [] },
};
const leaves = { at: 5, pod: "m-4", inStatement: false };
const returns = { at: 6, pod: "m-1", ms: 20, failed: 0 };
const said = (
  one: Partial<ClientReport>,
  leaving: readonly string[] = ["m-4"],
): readonly string[] =>
  brokenRules(
    { stage: "down", seconds: 10, clients: [{ ...still, ...one }] },
    { leaving, stall: 1000 },
  );

test.each<[string, Partial<ClientReport>, readonly string[]]>([
  ["a quiet client", {}, []],
  ["a kept client whose member left", { closed: [leaves], opened: [returns] }, []],
  [
    "a pooled client whose member left",
    { manner: "pooled", closed: [leaves], opened: [returns] },
    [],
  ],
  ["a client that did nothing", { statements: 0 }, ["kept client 0: no statement succeeded"]],
  ["a stall of a second", { longestStall: 1000 }, ["kept client 0: a stall of 1000 ms"]],
  [
    "a failed statement",
    { manner: "pooled", failures: [{ at: 5, what: "statement", pod: "m-4", error: "1047" }] },
    ["pooled client 0: statement m-4: 1047"],
  ],
  [
    "closed in the middle of a statement",
    { closed: [{ ...leaves, inStatement: true }] },
    ["kept client 0: its connection to m-4 was closed in a statement"],
  ],
  [
    "closed twice by one member",
    { closed: [leaves, leaves] },
    ["kept client 0: 2 connections closed by m-4"],
  ],
  [
    "closed by a member that stays",
    { closed: [{ ...leaves, pod: "m-0" }] },
    ["kept client 0: closed by m-0, which did not leave"],
  ],
  [
    "a reconnect that had to be tried again",
    { closed: [leaves], opened: [{ ...returns, failed: 2 }] },
    ["kept client 0: 2 attempts failed before it was connected to m-1"],
  ],
  [
    "a reconnect that took its time",
    { closed: [leaves], opened: [{ ...returns, ms: 1200 }] },
    ["kept client 0: 1200 ms until it was connected to m-1"],
  ],
])("%s", (_, one, broken) => {
  expect(said(one)).toEqual(broken);
});

test("a member that nobody sat on proves nothing when it leaves", () => {
  const report: StageReport = { stage: "down", seconds: 10, clients: [still] };
  expect(brokenRules(report, { leaving: ["m-4"], stall: 1000, sat: 1 })).toEqual([
    "only 0 pooled clients sat on m-4",
  ]);
});

test("a stall is the time between two successes, less the pause", () => {
  const gauge = newGauge(3, "pooled", 10, 0);
  gauge.take(0, "m-2");
  for (const at of [12, 24, 536, 548]) gauge.succeeded(at);
  expect(gauge.take(560, "m-1")).toMatchObject({
    ...{ client: 3, began: "m-2", statements: 4, longestStall: 502 },
    stalls: [{ at: 24, ms: 502 }],
  });
  // One that goes on is told as far as it came, and in whole by the stage in which it ends.
  expect(gauge.take(860, "m-1").longestStall).toBe(302);
  gauge.succeeded(1558);
  expect(gauge.take(1560, "m-1")).toMatchObject({ began: "m-1", longestStall: 1000 });
});

test("members that serve are counted at every look", () => {
  const at = (ms: number, states: Record<string, number>): object => ({ at: ms, states });
  const served = [
    { at: 0, pods: ["a", "b", "c"] },
    { at: 1000, pods: ["a", "b"] },
  ];
  const window = { from: 0, to: 9000, leaving: ["c"] };
  const look = (...states: object[]): readonly unknown[] =>
    shortages(served, states as { at: number; states: Record<string, number> }[], window);
  // A donor, and a member that leaves.
  expect(look(at(200, { a: 4, b: 2, c: 4 }), at(1200, { a: 4, b: 4, c: 4 }))).toEqual([]);
  expect(look(at(1400, { a: 4, b: 2 }), at(2400, { a: 4, b: 2 }))).toEqual([]);
  // One that left before counts no more.
  const later = { from: 1500, to: 9000, leaving: [] };
  const now = [
    { at: 2400, states: { a: 4, b: 2 } },
    { at: 3400, states: { a: 4, b: 2 } },
  ];
  expect(shortages(served, now, later)).toEqual([]);
  // A donor while another has left the endpoints, but not the cluster.
  expect(look(at(1400, { a: 4, b: 2, c: 4 }), at(2000, { a: 4, b: 2, c: 4 }))).toEqual([
    { at: 1400, ms: 600, serving: ["a"], needed: 2 },
  ]);
});
