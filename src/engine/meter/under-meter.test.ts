import { expect, test } from "vitest";
import type { KubeObject } from "../../model/kube-object.ts";
import type { Meter } from "../../model/meter.ts";
import type { RunOutcome } from "../../model/run.ts";
import { executeRun } from "../execute-run.ts";
import type { MemoryOptions } from "../testing/memory-cluster.ts";
import { configMap, eventLines, type Scenario, scenario } from "../testing/scenario.ts";

/** Two steps; the first is measured and takes for ever when `stuck`. */
const steps = ({
  over = "fail",
  budget = "{ failed: 0, gapMs: 500 }",
  stuck = false,
} = {}): string => `
tasks:
  one: { kind: Apply, resources: [a.yaml] }
  stuck: { kind: Dummy, done: false }
  two: { kind: Apply, resources: [b.yaml] }
templates:
  a.yaml: '${configMap("a")}'
  b.yaml: '${configMap("b")}'
  meter.yaml: '{apiVersion: v1, kind: Pod, metadata: {name: galera-meter}, spec: {containers: [{name: m, image: i}]}}'
plans:
  update:
    phases:
      main:
        steps:
          first:
            tasks: [one${stuck ? ", stuck" : ""}]
            meter: { pod: meter.yaml, budget: ${budget}, over: ${over} }
          second: [two]
`;

const LINE = '{"ok":10,"failed":0,"p50":1,"p99":4,"gapMs":20}';
const BAD = '{"ok":0,"failed":2,"p50":0,"p99":0,"gapMs":120,"error":"lost connection"}';
/** Prints a line each 100 ms, some of them bad. */
function* ticking(
  isBad: (n: number) => boolean = () => false,
): Iterable<readonly [number, string]> {
  for (let n = 0; ; n++) yield [100, isBad(n) ? BAD : LINE];
}

const pod: KubeObject = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "galera-meter", namespace: "db", labels: { "kudo.dev/instance": "galera" } },
};
const podsOf = (run: Scenario): string[] =>
  run.cluster.objects().flatMap(({ kind, metadata }) => (kind === "Pod" ? [metadata.name] : []));

async function measured(
  text: string,
  log: NonNullable<MemoryOptions["log"]>,
  more: MemoryOptions & { readonly prepare?: (run: Scenario) => void } = {},
): Promise<Scenario & { readonly outcome: RunOutcome }> {
  const run = scenario(text, { simulated: false, log, ...more });
  more.prepare?.(run);
  return { ...run, outcome: await executeRun(run.inputs, run.deps) };
}

test("a step is measured from its first task to a second after its end, and its pod goes", async () => {
  const run = await measured(steps(), () => ticking());
  expect(run.outcome).toEqual({ result: "complete" });
  expect(run.meters.get("update.main.first")).toMatchObject({
    failed: 0,
    p50: 1,
    p99: 4,
    gapMs: 20,
  });
  const { ok = 0, seconds = 0 } = run.meters.get("update.main.first") ?? {};
  expect([ok, seconds]).toEqual([100, 1]);
  expect(podsOf(run)).toEqual([]);
  expect(run.intents[0]).toMatchObject({ act: "apply", objects: [{ name: "galera-meter" }] });
  expect(run.done).toContain("removed Pod galera-meter");
  const told = run.events.filter(({ type }) => type === "meter");
  expect(told.length).toBeGreaterThanOrEqual(2);
  expect(told.length).toBeLessThanOrEqual(4);
  const lines = eventLines(run.events);
  expect(lines.indexOf("created Pod galera-meter")).toBeLessThan(
    lines.indexOf("created ConfigMap a"),
  );
  expect(lines.indexOf("deleted Pod galera-meter")).toBeLessThan(
    lines.indexOf("update.main.first COMPLETE"),
  );
});

test("over its budget the step fails, with what was over", async () => {
  const run = await measured(steps({ stuck: true }), () => ticking((n) => n === 20));
  expect(run.outcome).toMatchObject({
    result: "failed",
    path: { plan: "update", phase: "main", step: "first" },
    message:
      "the meter is over its budget: 2 failed statements (at most 0); the last: lost connection",
  });
  expect(run.meters.get("update.main.first")?.over).toBe(
    "2 failed statements (at most 0); the last: lost connection",
  );
  expect(eventLines(run.events).join("\n")).toContain("update.main.first FATAL_ERROR");
  expect(podsOf(run)).toEqual([]);
});

test("what happens right after the last change still counts", async () => {
  const run = await measured(steps(), () => ticking((n) => n === 8));
  expect(run.outcome.result).toBe("failed");
});

test("a slow meter's line about the end is waited for", async () => {
  function* slow(): Iterable<readonly [number, string]> {
    yield [10, LINE];
    yield [4000, BAD];
    for (;;) yield [100, LINE];
  }
  const run = await measured(steps(), slow);
  expect(run.outcome.result).toBe("failed");
});

test("over its budget the run pauses, and the same run goes on", async () => {
  const text = steps({ stuck: true, over: "pause" });
  const run = await measured(text, () => ticking((n) => n === 20));
  expect(run.outcome).toMatchObject({ result: "interrupted", reason: "Paused" });
  expect(JSON.stringify(run.outcome)).toContain("paused in update.main.first: the meter is over");
  const lines = eventLines(run.events).join("\n");
  expect(lines).not.toContain("FATAL_ERROR");
  expect(lines).not.toContain("second IN_PROGRESS");
  const again = await measured(steps({ over: "pause" }), () => ticking());
  expect(again.outcome.result).toBe("complete");
});

test("a budget that says nothing is never over", async () => {
  const run = await measured(steps({ budget: "{}" }), () => ticking(() => true));
  expect(run.outcome.result).toBe("complete");
  expect(run.meters.get("update.main.first")?.failed).toBe(20);
});

test.each<[string, () => Iterable<readonly [number, string]>, string]>([
  ["prints nothing", () => [[600_000, LINE]], "printed nothing within 60 s"],
  [
    "prints something else",
    () => [
      [10, "cannot connect"],
      [600_000, LINE],
    ],
    "it prints no lines of a meter: cannot connect",
  ],
  ["ends at once", () => [[10, "no such user"]], "has ended; it said: no such user"],
])("a meter that %s is a refusal before the first task", async (_, log, words) => {
  const run = await measured(steps(), log);
  expect(run.outcome).toMatchObject({ result: "failed" });
  expect(JSON.stringify(run.outcome)).toContain("the meter does not measure: ");
  expect(JSON.stringify(run.outcome)).toContain(words);
  expect(run.cluster.objects()).toEqual([]);
});

test.each<[string, () => Iterable<readonly [number, string]>, string]>([
  [
    "ends",
    () => [
      [10, LINE],
      [3000, LINE],
    ],
    "Pod galera-meter has ended",
  ],
  [
    "falls silent",
    () => [
      [10, LINE],
      [90_000_000, LINE],
    ],
    "has printed nothing for 30 s",
  ],
])("a meter that %s while it is needed stops the step", async (_, log, words) => {
  const run = await measured(steps({ stuck: true }), log);
  expect(run.outcome).toMatchObject({ result: "failed" });
  expect(JSON.stringify(run.outcome)).toContain("what clients feel is not known any more: ");
  expect(JSON.stringify(run.outcome)).toContain(words);
});

test("a pod that an earlier driver left is replaced, somebody else's is not touched", async () => {
  const put = (object: KubeObject) => (run: Scenario) => {
    run.cluster.put(object);
  };
  const run = await measured(steps(), () => ticking(), { deletionTakes: 700, prepare: put(pod) });
  expect(run.outcome.result).toBe("complete");
  expect(run.cluster.log.filter((line) => /^(POST|DELETE) Pod/.test(line))).toEqual([
    "DELETE Pod galera-meter",
    "POST Pod galera-meter",
    "DELETE Pod galera-meter",
  ]);
  const foreign = { ...pod, metadata: { ...pod.metadata, labels: {} } };
  const refused = await measured(steps(), () => ticking(), { prepare: put(foreign) });
  expect(JSON.stringify(refused.outcome)).toContain("is there and is not galera's");
  expect(podsOf(refused)).toEqual(["galera-meter"]);
  expect(refused.intents).toEqual([]);
});

test("a pod of an earlier driver that does not go away fails the step, before anything is changed", async () => {
  const run = await measured(steps(), () => ticking(), {
    deletionTakes: 3_600_000,
    prepare: ({ cluster }) => {
      cluster.put(pod);
    },
  });
  expect(run.outcome).toMatchObject({
    result: "failed",
    message: "the meter does not measure: Pod galera-meter does not go away",
  });
  expect(eventLines(run.events)).not.toContain("created ConfigMap a");
});

test("a run that is told to stop takes its meter with it", async () => {
  const run = scenario(steps({ stuck: true }), { simulated: false, log: () => ticking() });
  void run.clock.sleep(5000).then(() => run.stop.abort());
  expect((await executeRun(run.inputs, run.deps)).result).toBe("interrupted");
  expect(podsOf(run)).toEqual([]);
});

test("a simulated cluster that knows no answers measures nothing, and says so once", async () => {
  const silent: Iterable<readonly [number, string]> = [
    [0, "simulated: no container runs in pod galera-meter"],
    [9_000_000, ""],
  ];
  const run = await measured(steps(), () => silent, { simulated: true });
  expect(run.outcome.result).toBe("complete");
  const warnings = run.events.filter(({ type }) => type === "warning");
  expect(warnings).toHaveLength(1);
  expect(JSON.stringify(warnings)).toContain("what clients feel is not measured");
  expect(run.meters.size).toBe(0);
});

test("the whole run is measured by one pod, each step for itself", async () => {
  const run = scenario(steps().replace(/ {12}meter: .*\n/, ""), {
    simulated: false,
    log: () => ticking(),
  });
  const meter: Meter = { pod: "meter.yaml", budget: {}, over: "fail" };
  const { pkg } = run.inputs;
  const inputs = {
    ...run.inputs,
    meter: true,
    pkg: { ...pkg, operator: { ...pkg.operator, meter } },
  };
  expect(await executeRun(inputs, run.deps)).toEqual({ result: "complete" });
  expect([...run.meters.keys()]).toEqual(["update.main.first", "update.main.second", "update"]);
  const [first, second, all] = [...run.meters.values()].map(({ ok }) => ok);
  expect(all).toBeGreaterThanOrEqual((first ?? 0) + (second ?? 0));
  expect(run.cluster.log.filter((line) => line === "POST Pod galera-meter")).toHaveLength(1);
});
