import { expect, test } from "vitest";
import type { RunEvent, RunEventBody } from "../../model/event.ts";
import type { MeterSummary } from "../../model/meter.ts";
import type { Plan } from "../../model/plan.ts";
import { factLines } from "./fact-lines.ts";
import { meterText } from "./meter-text.ts";
import { plainLines } from "./plain-lines.ts";
import { runFindings } from "./run-findings.ts";
import { addToPicture, EMPTY_PICTURE } from "./run-picture.ts";
import { treeLines } from "./tree-lines.ts";

const MEMBERS = [
  { pod: "galera-0", uuid: "a1", seqno: 17, safe_to_bootstrap: true },
  { pod: "galera-1", uuid: "a1", seqno: -1, safe_to_bootstrap: false, note: null },
];

test.each<[unknown, string[]]>([
  [
    MEMBERS,
    [
      "members:",
      "  POD        UUID   SEQNO   SAFE_TO_BOOTSTRAP   NOTE",
      "  galera-0   a1     17      true                -",
      "  galera-1   a1     -1      false               -",
    ],
  ],
  [
    [{ seqno: 17, ordinal: 0, pod: "galera-0" }],
    ["members:", "  POD        SEQNO", "  galera-0   17"],
  ],
  [{ chosen: "galera-0", seqno: 17 }, ["members: chosen galera-0, seqno 17"]],
  ["yes", ["members: yes"]],
  [[], ["members: []"]],
  [[{ deep: { a: 1 } }], ['members: [{"deep":{"a":1}}]']],
  [{ name: "evil\u001B[2J\nname" }, ["members: name evil [2J name"]],
])("the fact %j", (value, lines) => {
  expect(factLines("members", value as Parameters<typeof factLines>[1])).toEqual(lines);
});

test("a long list is cut, and says so", () => {
  const rows = Array.from({ length: 60 }, (_, n) => ({ n }));
  const lines = factLines("rows", rows);
  expect(lines).toHaveLength(53);
  expect(lines.at(-1)).toBe("  … 10 more");
});

const total = (values: Partial<MeterSummary> = {}): MeterSummary => ({
  ...{ ok: 1234, failed: 0, p50: 3, p99: 12.04, gapMs: 210, seconds: 30 },
  ...values,
});

test("a meter in a line", () => {
  expect(meterText(total())).toBe(
    "meter: 1,234 ok, 0 failed, longest gap 0.21 s, p50 3 ms, p99 12 ms",
  );
  expect(meterText(total({ failed: 2, p50: 0.44, over: "2 failed statements (at most 0)" }))).toBe(
    "meter: 1,234 ok, 2 failed, longest gap 0.21 s, p50 0.4 ms, p99 12 ms; over its budget: 2 failed statements (at most 0)",
  );
});

const plan: Plan = {
  name: "update",
  strategy: "serial",
  phases: [
    {
      name: "main",
      strategy: "serial",
      steps: ["look", "tls", "members"].map((name) => ({ name, strategy: "serial", tasks: [] })),
    },
  ],
};
const at = (step: string, task?: string) => ({
  ...{ plan: "update", phase: "main", step },
  ...(task !== undefined && { task }),
});
const set = { apiVersion: "apps/v1", kind: "StatefulSet", name: "galera", namespace: "db" };
const last = { ok: 1, failed: 0, p50: 1, p99: 1, gapMs: 1 };
const meter = (ok: number, more: Partial<MeterSummary> = {}): RunEventBody => ({
  type: "meter",
  path: at("members"),
  last,
  total: total({ ok, ...more }),
});

/** Events by the second they happen in. */
const STORY: readonly (readonly [number, RunEventBody])[] = [
  [
    0,
    {
      type: "run-started",
      run: {
        ...{ uid: "u", number: 2, kind: "update", instance: "galera", namespace: "db" },
        operatorVersion: "galera-0.1.0",
      },
      plans: [plan],
      statuses: [],
      resumed: false,
    },
  ],
  [0, { type: "status", path: { plan: "update" }, status: "IN_PROGRESS" }],
  [0, { type: "status", path: at("look"), status: "IN_PROGRESS" }],
  [1, { type: "fact", path: at("look", "members"), task: "members", value: MEMBERS }],
  [1, { type: "status", path: at("look"), status: "COMPLETE" }],
  [
    1,
    {
      type: "status",
      path: at("tls"),
      status: "COMPLETE",
      reason: "Skipped",
      message: "skipped: Params.TLS is false",
    },
  ],
  [1, { type: "status", path: at("members"), status: "IN_PROGRESS" }],
  [1, { type: "task-finished", path: at("members", "users"), skipped: "Params.USERS is false" }],
  [2, meter(100)],
  [2.5, meter(150)],
  [3, { type: "rollout", path: at("members", "set"), ref: set, message: "3 to 4 pods" }],
  [4, { type: "gate", path: at("members"), state: "waiting", message: "galera-3 is not Synced" }],
  [12, meter(1000)],
  [13, meter(1100)],
];
const LAST: readonly (readonly [number, RunEventBody])[] = [
  [14, { type: "gate", path: at("members"), state: "holds", message: "4 of 4 pods" }],
  [15, { type: "status", path: at("members"), status: "COMPLETE" }],
];
const eventsOf = (story: typeof STORY): RunEvent[] =>
  story.map(([second, body]) => ({ at: new Date(second * 1000).toISOString(), ...body }));

const treeOf = (story: typeof STORY): string[] =>
  treeLines(eventsOf(story).reduce(addToPicture, EMPTY_PICTURE), {
    terminal: { colors: false, width: () => 90 },
    now: 15_000,
    simulated: false,
  }).map((line) => line.replace(/ {2,}\d+m?s$/, ""));

test("the tree shows facts as a table, rollout, gate and meter under their step", () => {
  const done = [
    "galera in db: update (run 2)",
    "▸ update",
    "  · main",
    "    ✔ look",
    ...factLines("members", MEMBERS).map((line) => `        ${line}`),
    "    – tls",
    "        skipped: Params.TLS is false",
  ];
  expect(treeOf(STORY)).toEqual([
    ...done,
    "    ▸ members",
    "        task users skipped: Params.USERS is false",
    "        StatefulSet galera: 3 to 4 pods",
    "        gate waits: galera-3 is not Synced",
    "        meter: 1,100 ok, 0 failed, longest gap 0.21 s, p50 3 ms, p99 12 ms",
  ]);
  expect(treeOf([...STORY, ...LAST])).toEqual([
    ...done,
    "    ✔ members",
    "        task users skipped: Params.USERS is false",
    "        meter: 1,100 ok, 0 failed, longest gap 0.21 s, p50 3 ms, p99 12 ms",
  ]);
});

test("plain lines tell the same, and a meter now and then and when its step ends", () => {
  let text = "";
  const out = (part: string): void => {
    text += part;
  };
  const view = plainLines(
    { out, err: () => {}, isTty: false, colors: false, width: () => 80 },
    false,
  );
  for (const event of eventsOf([...STORY, ...LAST])) view.event(event);
  const meterAt = (time: string, ok: string): string =>
    `${time.padStart(6)}  update.main.members meter: ${ok} ok, 0 failed, longest gap 0.21 s, p50 3 ms, p99 12 ms`;
  expect(text.trimEnd().split("\n").slice(3)).toEqual([
    "    1s  update.main.look.members found members:",
    "          POD        UUID   SEQNO   SAFE_TO_BOOTSTRAP   NOTE",
    "          galera-0   a1     17      true                -",
    "          galera-1   a1     -1      false               -",
    "    1s  update.main.look COMPLETE",
    "    1s  update.main.tls COMPLETE: skipped: Params.TLS is false",
    "    1s  update.main.members IN_PROGRESS",
    "    1s  update.main.members.users skipped: Params.USERS is false",
    meterAt("2s", "100"),
    "    3s  update.main.members.set StatefulSet galera: 3 to 4 pods",
    "    4s  update.main.members gate waits: galera-3 is not Synced",
    meterAt("12s", "1,000"),
    "   14s  update.main.members gate holds: 4 of 4 pods",
    meterAt("15s", "1,100"),
    "   15s  update.main.members COMPLETE",
  ]);
});

test("plain lines say at once that a budget is over", () => {
  let text = "";
  const out = (part: string): void => {
    text += part;
  };
  const view = plainLines(
    { out, err: () => {}, isTty: false, colors: false, width: () => 80 },
    false,
  );
  const over = meter(170, { failed: 3, over: "3 failed statements (at most 0)" });
  for (const event of eventsOf([...STORY.slice(0, 10), [2.6, over]])) view.event(event);
  expect(text).toContain("170 ok, 3 failed");
  expect(text).toContain("over its budget: 3 failed statements (at most 0)");
});

test("plan status shows what the last run found below its tree", () => {
  expect(runFindings({})).toBe("");
  expect(
    runFindings({
      paused: "paused in update.main.members",
      facts: { chosen: { pod: "galera-0" } },
      meters: { "update.main.members": total() },
    }),
  ).toBe(
    [
      "paused in update.main.members",
      "",
      "chosen: pod galera-0",
      "",
      "update.main.members meter: 1,234 ok, 0 failed, longest gap 0.21 s, p50 3 ms, p99 12 ms",
      "",
    ].join("\n"),
  );
});
