import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type EmbeddedServer, startServer } from "../../src/embedded/start-server.ts";
import type { Cluster } from "../../src/model/cluster.ts";
import { type KubeObject, refOf } from "../../src/model/kube-object.ts";
import { ANNOTATION } from "../../src/model/names.ts";
import { realClock } from "../../src/model/real-clock.ts";
import { answerOf, type RunRequest, requestOf, requestText } from "../../src/model/request.ts";
import { ensureCrds } from "../../src/store/ensure-crds.ts";
import { heedingCluster } from "../../src/store/heeding-cluster.ts";
import { instanceWriter } from "../../src/store/instance-writer.ts";
import { hearRequests, type RequestEar } from "../../src/store/run-request.ts";
import { eventually } from "../support/api.ts";
import { openTerminal, type Terminal } from "./terminals.ts";

// What a driver hears of requests, and how it answers.

let server: EmbeddedServer;
let driver: Terminal;
let other: Terminal;
let count = 0;
let instance: KubeObject;
let told: string[];
let shift: number;
const lost = new AbortController();

beforeAll(async () => {
  server = await startServer({ controllers: false });
  driver = await openTerminal(server, "default", new Set(), { pid: 1, deafToInstances: true });
  other = await openTerminal(server, "default", new Set(), { pid: 2 });
  await ensureCrds(other.ctx.cluster, "default", realClock);
});
beforeEach(async () => {
  count += 1;
  told = [];
  shift = 0;
  instance = await other.ctx.cluster.create({
    apiVersion: "kudo.dev/v1beta1",
    kind: "Instance",
    metadata: { name: `db-${count}`, namespace: "default" },
    spec: {},
  });
});
afterAll(async () => {
  lost.abort();
  driver.close();
  other.close();
  await server.close();
});

/** An ear of the driver whose watch is silent, so that nothing but its own looks tells it anything. */
function listen(cluster: Cluster = driver.ctx.cluster): RequestEar {
  return hearRequests({
    cluster,
    clock: { ...realClock, monotonic: () => realClock.monotonic() + shift },
    lease: {
      check: () => undefined,
      confirm: () => Promise.resolve(),
      lost: lost.signal,
      token: 1,
    },
    instance: instanceWriter(cluster, instance, 1),
    run: { uid: "run-7", number: 7 },
    refuse: ({ act }) => (act === "skip" ? "there is no such step" : undefined),
    tell: (message) => told.push(message),
  });
}

async function ask(text: string): Promise<KubeObject> {
  return await other.ctx.cluster.patch(refOf(instance), {
    metadata: { annotations: { [ANNOTATION.request]: text } },
  });
}

async function live(): Promise<KubeObject> {
  return (await other.ctx.cluster.get(refOf(instance))) ?? instance;
}

const request: RunRequest = {
  id: "a",
  at: "2026-01-02T03:04:05Z",
  by: "anna@laptop",
  run: "run-7",
  act: "cancel",
};

test("a silent watch does not matter: a write whose last news is older than a second looks first", async () => {
  const ear = listen();
  await ear.mayWrite();
  await ask(requestText(request));
  // Within the second nothing is asked.
  await ear.mayWrite();
  expect(ear.stop.aborted).toBe(false);
  shift += 1500;
  await expect(ear.mayWrite()).rejects.toThrow("told to stop");
  expect(ear.stopper()).toMatchObject({ by: "anna@laptop", act: "cancel" });
  expect(told).toEqual(["anna@laptop asked to cancel the run"]);
  const answered = await eventually(live, (now) => answerOf(now) !== undefined);
  expect(answerOf(answered)).toMatchObject({ id: "a", accepted: true });
  expect(requestOf(answered)).toBeUndefined();
  ear.close();
});

test("a request that cannot be understood is told once and left alone", async () => {
  const ear = listen();
  const seen = await ask("stop!");
  ear.hear(seen, 0);
  ear.hear(seen, 1);
  expect(told).toEqual([`a request on Instance db-${count} is ignored: it is no JSON object`]);
  expect(ear.stop.aborted).toBe(false);
  expect(requestOf(await live())).toBe("it is no JSON object");
  ear.close();
});

test.each([
  [{ ...request, run: "run-6" }, "it is about another run than run 7, which is driven now"],
  [{ ...request, act: "skip" as const, step: "a.b.c" }, "there is no such step"],
])("%j is refused, and whoever asks is told why", async (asked, why) => {
  const ear = listen();
  ear.hear(await ask(requestText(asked)), 0);
  expect(ear.stop.aborted).toBe(false);
  const answered = await eventually(live, (now) => answerOf(now) !== undefined);
  expect(answerOf(answered)).toMatchObject({ id: "a", accepted: false, message: why });
  expect(requestOf(answered)).toBeUndefined();
  ear.close();
});

test("who cancels comes before who paused; after a cancellation nothing more is granted", async () => {
  const ear = listen();
  for (const [id, act] of [
    ["a", "pause"],
    ["b", "cancel"],
    ["c", "pause"],
  ] as const) {
    ear.hear(await ask(requestText({ ...request, id, act })), realClock.monotonic());
    await eventually(live, (now) => answerOf(now)?.id === id);
  }
  expect(ear.stopper()).toMatchObject({ id: "b", act: "cancel" });
  expect(answerOf(await live())).toMatchObject({ message: "run 7 is being cancelled" });
  // Who asks for what is done already is not refused, and did not do it.
  ear.hear(await ask(requestText({ ...request, id: "d", act: "cancel" })), realClock.monotonic());
  const again = await eventually(live, (now) => answerOf(now)?.id === "d");
  expect(answerOf(again)).toMatchObject({ accepted: true });
  expect(ear.stopper()).toMatchObject({ id: "b" });
  ear.close();
});

test("an answer takes no later request along", async () => {
  let other = true;
  const cluster: Cluster = {
    ...driver.ctx.cluster,
    async patch(ref, patch, options) {
      if (other) await ask(requestText({ ...request, id: "later", act: "pause" }));
      other = false;
      return await driver.ctx.cluster.patch(ref, patch, options);
    },
  };
  const ear = listen(cluster);
  ear.hear(await ask(requestText({ ...request, id: "first", run: "run-6" })), 0);
  await eventually(live, (now) => answerOf(now)?.id === "later");
  expect(ear.stopper()).toMatchObject({ id: "later", act: "pause" });
  ear.close();
});

test("a run that is told to stop may tidy up after itself for a moment, and write nothing else", async () => {
  const ear = listen();
  const cluster = heedingCluster(driver.ctx.cluster, ear);
  const pod = { apiVersion: "v1", kind: "ConfigMap", name: `meter-${count}`, namespace: "default" };
  const { name, namespace, ...kind } = pod;
  const object = { ...kind, metadata: { name, namespace } };
  await cluster.create(object);
  ear.hear(await ask(requestText(request)), 0);
  await expect(cluster.create(object)).rejects.toThrow("told to stop");
  await expect(cluster.patch(pod, { data: {} })).rejects.toThrow("told to stop");
  await expect(cluster.delete(pod)).rejects.toThrow("told to stop");
  expect(await cluster.create(object, { dryRun: true }).catch(({ kind }) => kind)).toBe(
    "already-exists",
  );
  expect(await cluster.delete(pod, { tidies: true })).toBeTruthy();
  shift += 1000;
  await expect(cluster.delete(pod, { tidies: true })).rejects.toThrow("told to stop");
  ear.close();
});
