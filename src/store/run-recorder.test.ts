import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { ClusterError } from "../model/cluster.ts";
import type { RunEvent } from "../model/event.ts";
import type { KubeObject } from "../model/kube-object.ts";
import type { Intent, RunRecord } from "../model/run.ts";
import type { PlanStatus } from "../model/status.ts";
import { instanceWriter } from "./instance-writer.ts";
import { keepRun } from "./run-recorder.ts";
import { createRun, listRuns } from "./run-store.ts";
import { handClock } from "./testing/hand-clock.ts";
import { memoryObjects } from "./testing/memory-objects.ts";

const AT = "2030-01-01T00:00:00.000Z";
const INSTANCE: KubeObject = {
  apiVersion: "kudo.dev/v1beta1",
  kind: "Instance",
  metadata: { name: "galera", namespace: "db", uid: "i1" },
  spec: { operatorVersion: { name: "galera-1" }, parameters: {} },
};
const DEPLOY: PlanStatus = { name: "deploy", status: "PENDING", phases: [] };
const RECORD: RunRecord = {
  format: 1,
  uid: "r1",
  number: 1,
  kind: "install",
  instance: "galera",
  namespace: "db",
  operatorVersion: "galera-1",
  digest: "d",
  plans: ["deploy"],
  cause: { host: "laptop", changes: [] },
  parameters: {},
  constants: { seed: "r1", startedAt: AT },
  status: "IN_PROGRESS",
  startedAt: AT,
  updatedAt: AT,
  planStatus: [DEPLOY],
  times: {},
  intents: [],
  inventory: [],
};
const REF = { apiVersion: "v1", kind: "ConfigMap", namespace: "db", name: "cm" };
const INTENT: Intent = {
  path: { plan: "deploy", phase: "main", step: "one", task: "app" },
  objects: [REF],
  act: "apply",
};

/** The n-th status event sets the plan's message to n. */
function event(message: string): RunEvent {
  return { at: AT, type: "status", path: { plan: "deploy" }, status: "IN_PROGRESS", message };
}

function fold(record: RunRecord, { type, ...rest }: RunEvent): RunRecord {
  if (type !== "status") return record;
  const { message = "" } = rest as { message?: string };
  return { ...record, planStatus: [{ ...DEPLOY, status: "IN_PROGRESS", message }] };
}

async function world() {
  const warnings: string[] = [];
  const cluster = memoryObjects();
  const clock = handClock();
  const lost = new AbortController();
  const lease = { token: 3, lost: lost.signal, check: () => lost.signal.throwIfAborted() };
  const created = await cluster.create(INSTANCE);
  const run = await createRun(cluster, RECORD, { instanceUid: "i1", token: 3 });
  const keeper = keepRun({
    cluster,
    clock,
    lease,
    run,
    instance: instanceWriter(cluster, created, 3),
    otherPlans: [{ name: "backup", status: "NEVER_RUN", phases: [] }],
    fold,
    warn: (message) => warnings.push(message),
  });
  cluster.writes.length = 0;
  return { cluster, clock, keeper, lost, warnings, stored: () => storedRun(cluster) };
}

async function storedRun(cluster: ReturnType<typeof memoryObjects>): Promise<RunRecord> {
  const [run] = await listRuns(cluster, { namespace: "db", instance: "galera" });
  if (!run) throw new Error("no run");
  return run.record;
}

test("a thousand events in two seconds cost at most five writes a second", async () => {
  const { cluster, clock, keeper } = await world();
  for (let turn = 0; turn < 1000; turn++) {
    keeper.take(event(String(turn)));
    await clock.pass(2);
  }
  expect(cluster.writes.length).toBeGreaterThan(4);
  expect(cluster.writes.length).toBeLessThanOrEqual(11);
});

test("the last event is stored although nothing follows", async () => {
  const { clock, keeper, stored, cluster } = await world();
  keeper.take(event("half way"));
  await clock.pass(1000);
  expect((await stored()).planStatus[0]?.message).toBe("half way");
  const instance = await cluster.get({ ...INSTANCE, name: "galera", namespace: "db" });
  expect(instance?.status).toMatchObject({
    planStatus: { deploy: { message: "half way" }, backup: { status: "NEVER_RUN" } },
    conditions: [{ type: "Ready", status: "Unknown", reason: "PlanInProgress" }],
  });
  expect(instance?.spec).toMatchObject({
    planExecution: { planName: "deploy", uid: "r1", status: "IN_PROGRESS" },
  });
});

test("an intent is stored at once, with its objects in the inventory", async () => {
  const { keeper, stored } = await world();
  await keeper.intent(INTENT);
  expect(await stored()).toMatchObject({ intents: [INTENT], inventory: [{ ref: REF }] });
});

test("a fact is stored at once, and takes the place of an earlier one of its task", async () => {
  const { keeper, stored } = await world();
  await keeper.fact("look", { n: 1 });
  await keeper.fact("found", null);
  await keeper.fact("look", [2]);
  expect((await stored()).facts).toEqual({ look: [2], found: null });
});

test("a fact that cannot be stored is told to whoever waits", async () => {
  const { cluster, keeper } = await world();
  cluster.before = (verb) => {
    if (verb === "replace") throw new ClusterError("unavailable", "etcd");
  };
  await expect(keeper.fact("look", 1)).rejects.toThrow("etcd");
});

test("a fact that no object can hold is refused, and the run goes on to be written without it", async () => {
  const { keeper, stored } = await world();
  await keeper.fact("small", { ok: true });
  await expect(keeper.fact("large", randomBytes(2 ** 20).toString("base64"))).rejects.toThrow(
    "the record of galera, with 0 objects, 1 KiB of parameters and 1366 KiB of facts, is more than one object of Kubernetes can hold",
  );
  await keeper.finish({ ...keeper.record(), status: "FATAL_ERROR" });
  expect(await stored()).toMatchObject({ status: "FATAL_ERROR", facts: { small: { ok: true } } });
  expect((await stored()).facts).not.toHaveProperty("large");
});

test("pods that a command asks do not enter the inventory, the record of its act does", async () => {
  const { keeper, stored } = await world();
  const pod = { apiVersion: "v1", kind: "Pod", namespace: "db", name: "db-0" };
  await keeper.intent({ ...INTENT, act: "exec", objects: [pod] });
  expect(await stored()).toMatchObject({
    intents: [{ act: "exec", objects: [pod] }],
    inventory: [],
  });
  await keeper.intent({ ...INTENT, act: "exec", objects: [pod], record: REF });
  expect((await stored()).inventory).toMatchObject([{ ref: REF, path: INTENT.path }]);
});

test("intents of concurrent tasks share a write", async () => {
  const { cluster, keeper, stored } = await world();
  await Promise.all(
    ["a", "b", "c", "d"].map((task) =>
      keeper.intent({ ...INTENT, path: { ...INTENT.path, task } }),
    ),
  );
  expect((await stored()).intents).toHaveLength(4);
  expect(cluster.writes.length).toBeLessThanOrEqual(2);
});

test("an intent that cannot be stored is told to whoever waits; the next one can be", async () => {
  const { cluster, keeper } = await world();
  cluster.before = (verb) => {
    if (verb === "replace") throw new ClusterError("unavailable", "etcd");
  };
  await expect(keeper.intent(INTENT)).rejects.toThrow("etcd");
  cluster.before = () => {};
  await keeper.intent(INTENT);
});

test("done and removed objects leave with the next write", async () => {
  const { clock, keeper, stored } = await world();
  await keeper.intent(INTENT);
  keeper.done(INTENT);
  keeper.removed([REF]);
  await clock.pass(1000);
  expect(await stored()).toMatchObject({ intents: [], inventory: [] });
});

test("the end is stored, and nothing after it", async () => {
  const { cluster, clock, keeper, stored } = await world();
  keeper.take(event("half way"));
  const planStatus = [{ ...DEPLOY, status: "COMPLETE" as const }];
  await keeper.finish({ ...keeper.record(), status: "COMPLETE", planStatus, finishedAt: AT });
  keeper.take(event("late"));
  await clock.pass(10_000);
  expect(await stored()).toMatchObject({
    status: "COMPLETE",
    planStatus: [{ status: "COMPLETE" }],
  });
  const instance = await cluster.get({ ...INSTANCE, name: "galera", namespace: "db" });
  expect(instance?.spec).not.toHaveProperty("planExecution.planName");
  expect(instance?.status).toMatchObject({
    conditions: [{ status: "True", reason: "ResourcesReady" }],
  });
});

/** Refuses what is written to Instances. */
function refuseInstances(verb: string, { kind }: { readonly kind: string }): void {
  if (verb === "patch" && kind === "Instance") throw new ClusterError("invalid", "status: wrong");
}

const COMPLETE = {
  status: "COMPLETE" as const,
  planStatus: [{ ...DEPLOY, status: "COMPLETE" as const }],
};

test("the Instance tells the end before the record does", async () => {
  const { cluster, keeper } = await world();
  await keeper.finish({ ...keeper.record(), ...COMPLETE, finishedAt: AT });
  expect(cluster.writes).toEqual([
    "patch-status Instance galera",
    "replace ConfigMap galera-run-1",
  ]);
});

test("an Instance that cannot be written is told once, tried ever less often, and leaves the run open", async () => {
  const { cluster, clock, keeper, stored, warnings } = await world();
  cluster.before = refuseInstances;
  keeper.take(event("half way"));
  await clock.pass(30_000);
  expect(warnings).toEqual(["the progress of the run cannot be written: status: wrong"]);
  expect(cluster.writes.length).toBeLessThan(10);
  await expect(
    keeper.finish({ ...keeper.record(), ...COMPLETE, finishedAt: AT }),
  ).rejects.toMatchObject({ code: "status-not-written", kind: "failed" });
  expect(await stored()).toMatchObject({ status: "IN_PROGRESS", reason: "Interrupted" });
  expect(await stored()).not.toHaveProperty("finishedAt");
});

test("another's annotation on the Instance is no reason to stop", async () => {
  const { cluster, clock, keeper } = await world();
  const ref = { ...INSTANCE, name: "galera", namespace: "db" };
  await cluster.patch(ref, { metadata: { annotations: { note: "x" } } });
  keeper.take(event("on"));
  await clock.pass(1000);
  expect((await cluster.get(ref))?.status).toMatchObject({
    planStatus: { deploy: { message: "on" } },
  });
  expect((await cluster.get(ref))?.metadata.annotations).toEqual({ note: "x" });
});

test("a stale driver writes nothing over its successor's record", async () => {
  const { cluster, keeper, stored } = await world();
  const [run] = await listRuns(cluster, { namespace: "db", instance: "galera" });
  if (!run) throw new Error("no run");
  const object = structuredClone(run.object);
  object.metadata.annotations = { ...object.metadata.annotations, "kplan.dev/token": "4" };
  await cluster.replace(object);
  await expect(keeper.intent(INTENT)).rejects.toMatchObject({ code: "lease-lost" });
  expect((await stored()).intents).toEqual([]);
});

test("with the lease lost, whoever waits is told and nothing is written", async () => {
  const { cluster, keeper, lost } = await world();
  lost.abort(new Error("lost it"));
  await expect(keeper.intent(INTENT)).rejects.toThrow("lost it");
  expect(cluster.writes).toEqual([]);
});

test("with the lease lost, everybody who waits is told, whoever came before", async () => {
  const { cluster, keeper, lost } = await world();
  lost.abort(new Error("lost it"));
  keeper.take(event("half way"));
  await expect(keeper.intent(INTENT)).rejects.toThrow("lost it");
  await expect(keeper.intent(INTENT)).rejects.toThrow("lost it");
  expect(cluster.writes).toEqual([]);
});

test("a write that is late never comes over a newer one", async () => {
  const { cluster, clock, keeper, stored } = await world();
  let arrive = (): void => undefined;
  const late = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  let records = 0;
  cluster.before = async (verb, { kind }) => {
    if (verb === "patch") throw new ClusterError("unavailable", "etcd");
    if (verb === "replace" && kind === "ConfigMap" && records++ === 0) await late;
  };
  keeper.take(event("half way"));
  await clock.pass(1000);
  const announced = keeper.intent(INTENT);
  await clock.pass(1000);
  arrive();
  await announced;
  await clock.pass(1);
  expect(await stored()).toMatchObject({ intents: [INTENT], inventory: [{ ref: REF }] });
});

test("a run that is left is written no more", async () => {
  const { cluster, clock, keeper } = await world();
  keeper.take(event("half way"));
  await keeper.leave();
  keeper.take(event("late"));
  await clock.pass(10_000);
  expect(cluster.writes).toEqual([]);
});
