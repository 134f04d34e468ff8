import { expect, test } from "vitest";
import { ClusterError } from "../../model/cluster.ts";
import { type KubeObject, refOf } from "../../model/kube-object.ts";
import type { FinishedJob } from "../../model/run.ts";
import { executeRun } from "../execute-run.ts";
import { previewRun } from "../preview/preview-run.ts";
import type { Controller, MemoryCluster } from "../testing/memory-cluster.ts";
import { configMap, errorText, eventLines, scenario } from "../testing/scenario.ts";

// Somebody else changes, deletes or keeps what a step works on.

const plan = (step: string, templates: string): string => `
tasks: { t: { kind: Apply, resources: [${step}] } }
templates:
${templates}
plans: { deploy: { phases: { p: { steps: { s: [t] } } } } }
`;
const SET = plan(
  "a.yaml",
  "  a.yaml: '{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: a}, spec: {replicas: 0, selector: {matchLabels: {app: a}}}}'",
);
const WEB = plan(
  "a.yaml",
  "  a.yaml: '{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}, spec: {replicas: 1, selector: {matchLabels: {app: a}}}}'",
);
const JOB = plan(
  "job.yaml, a.yaml",
  `  job.yaml: '{apiVersion: batch/v1, kind: Job, metadata: {name: migrate}, spec: {template: {}}}'
  a.yaml: '{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}, spec: {replicas: 1, selector: {matchLabels: {app: a}}}}'`,
);

const available = (object: KubeObject): object => ({
  observedGeneration: object.metadata.generation,
  replicas: 1,
  updatedReplicas: 1,
  readyReplicas: 1,
  availableReplicas: 1,
});
const becomesReady: Controller = (object, cluster) =>
  cluster.setStatus(refOf(object), available(object));
const completes: Controller = (object, cluster) =>
  cluster.setStatus(refOf(object), {
    succeeded: 1,
    conditions: [{ type: "Complete", status: "True" }],
  });

test.each<[string, string, object]>([
  [
    "what a controller owns",
    "ConfigMap a belongs to Database main",
    {
      ownerReferences: [
        { apiVersion: "x.org/v1", kind: "Database", name: "main", uid: "1", controller: true },
      ],
    },
  ],
  [
    "what a Helm release keeps",
    "ConfigMap a belongs to Helm release shop",
    {
      labels: { "app.kubernetes.io/managed-by": "Helm" },
      annotations: { "meta.helm.sh/release-name": "shop" },
    },
  ],
])("%s is refused before the first write, by its name", async (_, message, metadata) => {
  const text = plan("a.yaml", `  a.yaml: '${configMap("a")}'`);
  const run = scenario(text);
  const theirs = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "a", namespace: "db", ...metadata },
    data: { key: "theirs" },
  };
  run.cluster.put(theirs);
  const error = await executeRun(run.inputs, run.deps).catch((thrown) => thrown);
  expect(errorText(error)).toContain(message);
  expect(run.cluster.objects()).toMatchObject([{ data: { key: "theirs" } }]);
  expect(await executeRun(run.inputs, { ...run.deps, forceConflicts: true })).toEqual({
    result: "complete",
  });
});

test("a deleted object is applied anew; a finished Job that its time to live took is not", async () => {
  let removed = false;
  const done: FinishedJob[] = [];
  const run = scenario(JOB, {
    controllers: {
      Job: completes,
      Deployment: async (object, cluster) => {
        await run.clock.sleep(3000);
        if (removed) return becomesReady(object, cluster);
        removed = true;
        for (const one of cluster.objects()) cluster.remove(refOf(one));
      },
    },
  });
  const recorder = { ...run.deps.recorder, finished: (job: FinishedJob) => done.push(job) };
  expect(await executeRun(run.inputs, { ...run.deps, recorder })).toEqual({ result: "complete" });
  const lines = eventLines(run.events);
  expect(lines.filter((line) => line === "created Job migrate")).toHaveLength(1);
  expect(lines.filter((line) => line === "created Deployment a")).toHaveLength(2);
  expect(done).toMatchObject([{ ref: { kind: "Job", name: "migrate" }, path: { task: "t" } }]);

  // A driver that was killed after it: the record tells the next one.
  for (const one of run.cluster.objects()) run.cluster.remove(refOf(one));
  const again = scenario(JOB, { cluster: run.cluster, clock: run.clock });
  const inputs = { ...again.inputs, finished: done };
  const { objects } = await previewRun(inputs, again.deps);
  expect(objects).toMatchObject([
    { change: "later", why: "it has done its work in this run" },
    { change: "create" },
  ]);
  expect(await executeRun(inputs, again.deps)).toEqual({ result: "complete" });
  expect(eventLines(again.events)).toContain("unchanged Job migrate");
  expect(eventLines(again.events)).not.toContain("created Job migrate");

  // Another piece of work under its name, and the same in another run, are done.
  for (const [text, finished] of [
    [JOB.replace("template: {}", "template: {}, backoffLimit: 1"), done],
    [JOB, []],
  ] as const) {
    for (const one of run.cluster.objects()) run.cluster.remove(refOf(one));
    const other = scenario(text, { cluster: run.cluster, clock: run.clock });
    await executeRun({ ...other.inputs, finished }, other.deps);
    expect(eventLines(other.events)).toContain("created Job migrate");
  }
});

test("with the namespace going, what is being deleted is not waited for", async () => {
  const run = scenario(WEB, {
    controllers: {
      Deployment: async (object, cluster) => {
        await run.clock.sleep(3000);
        const deletionTimestamp = run.clock.now().toISOString();
        const leaving = (one: KubeObject): KubeObject => ({
          ...one,
          metadata: { ...one.metadata, deletionTimestamp },
        });
        cluster.put(leaving({ apiVersion: "v1", kind: "Namespace", metadata: { name: "db" } }));
        cluster.put(leaving(object));
      },
    },
  });
  expect(await executeRun(run.inputs, run.deps)).toMatchObject({
    result: "failed",
    message: "Deployment a is being deleted with its namespace db",
    hint: "wait until it is gone: kubectl wait --for=delete namespace/db",
  });
  expect(run.clock.elapsed()).toBeLessThan(10_000);
});

test("a claim that its StatefulSet owns may be applied", async () => {
  const claim = "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: a}, spec: {}}";
  const run = scenario(plan("a.yaml", `  a.yaml: '${claim}'`));
  const owner = { apiVersion: "apps/v1", kind: "StatefulSet", name: "s", uid: "1" };
  run.cluster.put({
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name: "a", namespace: "db", ownerReferences: [{ ...owner, controller: true }] },
    spec: {},
    status: { phase: "Bound" },
  });
  expect(await executeRun(run.inputs, run.deps)).toEqual({ result: "complete" });
});

/** A cluster in which a kind may not be watched. */
function blind(cluster: MemoryCluster, kind: string): MemoryCluster {
  return {
    ...cluster,
    async *watch(query, options) {
      if (query.kind === kind)
        throw new ClusterError("forbidden", `user bob may not list ${kind} in namespace db`, {
          hint: "docs/rbac.md lists the rights that kplan needs",
        });
      yield* cluster.watch(query, options);
    },
  };
}

test("pods that may not be seen are not pods that are not there", async () => {
  const run = scenario(SET, {
    controllers: {
      StatefulSet: (object, cluster) =>
        cluster.setStatus(refOf(object), { observedGeneration: object.metadata.generation }),
    },
  });
  const cluster = blind(run.cluster, "Pod");
  expect(await executeRun(run.inputs, { ...run.deps, cluster })).toMatchObject({
    result: "failed",
    message: "user bob may not list Pod in namespace db",
    hint: "docs/rbac.md lists the rights that kplan needs",
  });
});

test("events that may not be seen are told once, and block nothing", async () => {
  const run = scenario(WEB, { controllers: { Deployment: becomesReady } });
  const cluster = blind(run.cluster, "Event");
  expect(await executeRun(run.inputs, { ...run.deps, cluster })).toEqual({ result: "complete" });
  const warnings = run.events.filter((event) => event.type === "warning");
  expect(warnings).toMatchObject([
    {
      message:
        "what keeps objects from being ready may not be told: user bob may not list Event in namespace db",
    },
  ]);
});

test.each([-5, 0, 5])("a clock that is %i hours off changes nothing but records", async (hours) => {
  const run = scenario(
    plan(
      "a.yaml",
      "  a.yaml: '{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: c, image: i}]}}'",
    ),
    {
      controllers: {
        Pod: (object, cluster) =>
          cluster.setStatus(refOf(object), {
            phase: "Pending",
            startTime: run.clock.now().toISOString(),
            containerStatuses: [
              { name: "c", image: "i", state: { waiting: { reason: "ImagePullBackOff" } } },
            ],
          }),
      },
    },
  );
  const now = (): Date => new Date(run.clock.now().getTime() + hours * 3_600_000);
  const clock = { ...run.clock, now };
  expect(await executeRun(run.inputs, { ...run.deps, clock })).toMatchObject({
    result: "failed",
    message: "a, container c: the image i cannot be pulled",
  });
  expect(run.clock.elapsed()).toBeGreaterThanOrEqual(120_000);
  expect(run.clock.elapsed()).toBeLessThan(123_000);
});
