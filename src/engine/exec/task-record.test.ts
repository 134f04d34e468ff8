import { expect, test } from "vitest";
import type { Cluster, ExecOptions, ExecResult } from "../../model/cluster.ts";
import type { RunRecorder } from "../../model/driver.ts";
import type { Json } from "../../model/json.ts";
import { type KubeObject, refText } from "../../model/kube-object.ts";
import type { PlanStatus } from "../../model/status.ts";
import { executeRun } from "../execute-run.ts";
import { createMemoryCluster, type MemoryCluster } from "../testing/memory-cluster.ts";
import { eventLines, type Scenario, scenario } from "../testing/scenario.ts";
import { toldStatuses } from "../testing/told-statuses.ts";
import { createVirtualClock, type VirtualClock } from "../testing/virtual-clock.ts";
import { recordedFacts } from "./recorded-facts.ts";

/** A package that founds something once, and then writes down what. */
function packageOf(once: "ever" | "run", lifetime = "instance"): string {
  return `
tasks:
  found:
    kind: Exec
    pod: db-0
    command: [found, "{{Record.state}}", "{{Record.token}}"]
    record: { name: "{{Name}}-founded", lifetime: ${lifetime}, once: ${once} }
  note: { kind: Apply, resources: [note.yaml] }
templates:
  note.yaml: '{apiVersion: v1, kind: ConfigMap, metadata: {name: note}, data: {uuid: "{{Facts.found.uuid}}"}}'
plans:
  deploy: { phases: { main: { steps: { found: [found], note: [note] } } } }
`;
}

const POD: KubeObject = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "db-0", namespace: "db" },
  spec: { containers: [{ name: "main" }] },
  status: { containerStatuses: [{ name: "main", state: { running: {} } }] },
};

/** Where commands act: what was founded, by token. A command that knows its token founds once for it; `new` says that it needs not even look. */
interface World {
  readonly clock: VirtualClock;
  readonly cluster: MemoryCluster;
  /** Token of each founding. */
  readonly founded: string[];
  readonly commands: string[];
}

function makeWorld(): World {
  const clock = createVirtualClock();
  const founded: string[] = [];
  const commands: string[] = [];
  const exec = (_: unknown, { command }: ExecOptions): ExecResult => {
    const [, state = "", token = ""] = command;
    commands.push(state);
    if (state === "new" || !founded.includes(token)) founded.push(token);
    const uuid = `uuid-${founded.indexOf(token) + 1}`;
    return { exitCode: 0, stdout: JSON.stringify({ uuid }), stderr: "" };
  };
  const cluster = createMemoryCluster(clock, { simulated: false, exec });
  cluster.put(POD);
  return { clock, cluster, founded, commands };
}

interface Before {
  readonly statuses?: readonly PlanStatus[];
  readonly facts?: Readonly<Record<string, Json>>;
  readonly uid?: string;
}

/** A run as the actions begin one: with the facts of acts that are done. */
async function open(world: World, text: string, before: Before = {}): Promise<Scenario> {
  const bare = scenario(text, world);
  const where = { namespace: "db", instance: "galera" };
  const done = await recordedFacts(world.cluster, bare.inputs.pkg, where);
  const recorded = Object.fromEntries(done.map(({ task, value }) => [task, value]));
  return scenario(text, { ...world, ...before, facts: { ...before.facts, ...recorded } });
}

function record(world: World): Readonly<Record<string, string>> | undefined {
  const found = world.cluster.objects().find(({ metadata }) => metadata.name === "galera-founded");
  return found?.data as Readonly<Record<string, string>> | undefined;
}

function noted(world: World): unknown {
  return world.cluster.objects().find(({ metadata }) => metadata.name === "note")?.data;
}

test("an act is on record before it begins and after it is done", async () => {
  const world = makeWorld();
  const run = await open(world, packageOf("ever", "claims"));
  expect(await executeRun(run.inputs, run.deps)).toEqual({ result: "complete" });
  const made = world.cluster.objects().find(({ metadata }) => metadata.name === "galera-founded");
  expect(made?.metadata).toMatchObject({
    namespace: "db",
    labels: {
      "kplan.dev/role": "record",
      "kplan.dev/lifetime": "claims",
      "kudo.dev/instance": "galera",
    },
    annotations: { "kplan.dev/task": "found", "kudo.dev/skip-hash-calculation": "true" },
  });
  expect(record(world)).toMatchObject({ state: "done", run: "run-1", fact: '{"uuid":"uuid-1"}' });
  expect(world.commands).toEqual(["new"]);
  const writes = world.cluster.log.filter((line) => /^(POST|PUT|EXEC).*(founded|db-0)/.test(line));
  expect(writes.map((line) => line.split(" ")[0])).toEqual(["POST", "EXEC", "PUT"]);
});

test("the record is announced and enters the inventory, the pod does not", async () => {
  const world = makeWorld();
  const run = await open(world, packageOf("ever"));
  await executeRun(run.inputs, run.deps);
  const [intent] = run.intents;
  expect(intent?.act).toBe("exec");
  expect(intent?.objects.map(refText)).toEqual(["Pod db-0"]);
  expect(intent?.record && refText(intent.record)).toBe("ConfigMap galera-founded");
});

/** How often, and how often the command runs in two runs one after the other. */
test.each([
  ["ever", ["new"], ["uuid-1", "uuid-1"]],
  ["run", ["new", "new"], ["uuid-1", "uuid-2"]],
] as const)("once: %s", async (once, commands, uuids) => {
  const world = makeWorld();
  for (const [n, uuid] of uuids.entries()) {
    const run = await open(world, packageOf(once), { uid: `run-${n + 1}` });
    expect(await executeRun(run.inputs, run.deps)).toEqual({ result: "complete" });
    expect(noted(world)).toEqual({ uuid });
    expect(run.found.get("found")).toEqual({ uuid });
  }
  expect(world.commands).toEqual(commands);
});

test("in one run, an act once in each run is done once, however often its step runs", async () => {
  const world = makeWorld();
  const text = packageOf("run");
  for (let n = 0; n < 2; n++) {
    const run = await open(world, text);
    expect(await executeRun(run.inputs, run.deps)).toEqual({ result: "complete" });
  }
  expect(world.commands).toEqual(["new"]);
});

test("an act that was begun and not seen to end is begun again with its token", async () => {
  const world = makeWorld();
  const first = await open(world, packageOf("ever"));
  const dies = { ...world.cluster, exec: () => Promise.reject(new Error("killed")) };
  await expect(executeRun(first.inputs, { ...first.deps, cluster: dies })).rejects.toThrow(
    "killed",
  );
  const token = record(world)?.token;
  const again = await open(world, packageOf("ever"));
  expect(await executeRun(again.inputs, again.deps)).toEqual({ result: "complete" });
  expect(world.commands).toEqual(["begun"]);
  expect(world.founded).toEqual([token]);
});

test("of two drivers that do the same act at once, both go on with what the first one wrote", async () => {
  const world = makeWorld();
  const runs = [await open(world, packageOf("ever")), await open(world, packageOf("ever"))];
  // The other one runs its whole act while the first one's command is under way.
  const [slow, fast] = runs;
  if (slow === undefined || fast === undefined) throw new Error("two runs were opened");
  const other: Cluster = {
    ...world.cluster,
    exec: async (ref, how) => {
      const result = await world.cluster.exec(ref, how);
      expect(await executeRun(fast.inputs, fast.deps)).toEqual({ result: "complete" });
      return { ...result, stdout: '{"uuid":"of the slow one"}' };
    },
  };
  expect(await executeRun(slow.inputs, { ...slow.deps, cluster: other })).toEqual({
    result: "complete",
  });
  expect(world.commands).toEqual(["new", "begun"]);
  expect(record(world)?.fact).toBe('{"uuid":"uuid-1"}');
  expect(slow.found.get("found")).toEqual({ uuid: "uuid-1" });
});

test("another object of that name is never taken for the record", async () => {
  const world = makeWorld();
  world.cluster.put({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "galera-founded", namespace: "db" },
    data: { mine: "1" },
  });
  const run = await open(world, packageOf("ever"));
  expect(await executeRun(run.inputs, run.deps)).toMatchObject({
    result: "failed",
    message: "ConfigMap galera-founded is there and is no record of task found",
  });
  expect(world.commands).toEqual([]);
  expect(record(world)).toEqual({ mine: "1" });
});

test("a change of the record's labels meanwhile does not stand in the way of its end", async () => {
  const world = makeWorld();
  const run = await open(world, packageOf("ever"));
  const touching: Cluster = {
    ...world.cluster,
    exec: async (ref, how) => {
      const live = world.cluster
        .objects()
        .find(({ metadata }) => metadata.name === "galera-founded");
      if (live !== undefined)
        world.cluster.put({
          ...live,
          metadata: { ...live.metadata, labels: { ...live.metadata.labels, seen: "1" } },
        });
      return await world.cluster.exec(ref, how);
    },
  };
  expect(await executeRun(run.inputs, { ...run.deps, cluster: touching })).toEqual({
    result: "complete",
  });
  expect(record(world)?.state).toBe("done");
});

/** Writes, commands and notes of an undisturbed run: record, command, record, note of the fact, ConfigMap. */
const ACTS = 5;

const moments = (["ever", "run"] as const).flatMap((once) =>
  Array.from({ length: ACTS }, (_, n) => n + 1).flatMap((n) =>
    (["before", "after"] as const).map((when) => ({ once, n, when })),
  ),
);

test.each(moments)(
  "once: $once, killed $when act $n, the same command founds once and ends",
  async ({ once, n, when }) => {
    const world = makeWorld();
    const dead = await drive(world, packageOf(once), n, when);
    expect(dead.killed).toBe(true);
    const before = leftBehind(dead.run);
    const resumed = await drive(world, packageOf(once), Number.POSITIVE_INFINITY, "before", before);
    expect(resumed.killed).toBe(false);
    expect(world.founded).toHaveLength(1);
    expect(record(world)).toMatchObject({ state: "done", token: world.founded[0] });
    expect(noted(world)).toEqual({ uuid: "uuid-1" });
    expect(eventLines(resumed.run.events)).toContain("deploy COMPLETE");
  },
);

test("an undisturbed run acts as often as this test believes", async () => {
  const { acts } = await drive(makeWorld(), packageOf("ever"), Number.POSITIVE_INFINITY, "before");
  expect(acts).toBe(ACTS);
});

/** Runs until the process dies around its n-th act: from then on nothing reaches the cluster. */
async function drive(
  world: World,
  text: string,
  n: number,
  when: "before" | "after",
  before: Before = {},
): Promise<{ readonly run: Scenario; readonly killed: boolean; readonly acts: number }> {
  const run = await open(world, text, before);
  let acts = 0;
  const act = async <T>(work: () => Promise<T>): Promise<T> => {
    acts++;
    if (acts > n || (acts === n && when === "before")) throw new Error("killed");
    const answer = await work();
    if (acts >= n) throw new Error("killed");
    return answer;
  };
  const { cluster } = world;
  const mortal: Cluster = {
    ...cluster,
    create: (object, how) =>
      how?.dryRun ? cluster.create(object, how) : act(() => cluster.create(object, how)),
    replace: (object, how) => act(() => cluster.replace(object, how)),
    exec: (ref, how) => act(() => cluster.exec(ref, how)),
  };
  const recorder: RunRecorder = {
    ...run.deps.recorder,
    fact: (task, value) => act(() => run.deps.recorder.fact(task, value)),
  };
  try {
    await executeRun(run.inputs, { ...run.deps, cluster: mortal, recorder });
    return { run, killed: false, acts };
  } catch (error) {
    if (!(error instanceof Error) || error.message !== "killed") throw error;
    return { run, killed: true, acts };
  }
}

/** What the store has kept of a run whose driver died. */
function leftBehind(run: Scenario): Before {
  return { statuses: toldStatuses(run), facts: Object.fromEntries(run.found) };
}
