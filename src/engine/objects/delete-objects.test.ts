import { expect, test } from "vitest";
import { ClusterError } from "../../model/cluster.ts";
import { type KubeObject, refOf } from "../../model/kube-object.ts";
import { executeRun } from "../execute-run.ts";
import type { Scenario } from "../testing/scenario.ts";
import { configMap, eventLines, type ScenarioOptions, scenario } from "../testing/scenario.ts";
import { removeObjects } from "./remove-objects.ts";

const WORKLOAD = `{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: set}, spec: {selector: {matchLabels: {app: set}}}}`;

const DELETE = `
tasks: { d: { kind: Delete, resources: [a.yaml, set.yaml] } }
templates: { a.yaml: '${configMap("a")}', set.yaml: '${WORKLOAD} ' }
plans: { deploy: { phases: { p: { steps: { s: [d] } } } } }
`;

function deleting(options: ScenarioOptions = {}): Scenario {
  const run = scenario(DELETE, options);
  run.cluster.put(named("v1", "ConfigMap", "a"));
  run.cluster.put({
    ...named("apps/v1", "StatefulSet", "set"),
    spec: { selector: { matchLabels: { app: "set" } } },
  });
  return run;
}

function named(apiVersion: string, kind: string, name: string): KubeObject {
  return { apiVersion, kind, metadata: { name, namespace: "db" } };
}

test("objects are deleted in listed order, and waited for until they are gone", async () => {
  const run = deleting({ deletionTakes: 4000 });
  expect(await executeRun(run.inputs, run.deps)).toEqual({ result: "complete" });
  expect(eventLines(run.events).filter((line) => !line.startsWith("deploy"))).toEqual([
    "d begins",
    "deleted ConfigMap a",
    "deleted StatefulSet set",
    "ConfigMap a progressing",
    "StatefulSet set progressing",
    "d ends",
  ]);
  expect(run.cluster.objects()).toEqual([]);
  expect(run.clock.elapsed()).toBeGreaterThanOrEqual(4000);
  expect(run.done).toEqual(["removed ConfigMap a", "removed StatefulSet set", "deploy.p.s.d"]);
  expect(run.intents).toMatchObject([{ act: "delete", objects: [{ name: "a" }, { name: "set" }] }]);
  expect(run.cluster.log.filter((line) => line === "WATCH ConfigMap ")).toEqual([]);
});

test("what is absent is said to be so, and nothing is announced", async () => {
  const run = scenario(DELETE);
  expect(await executeRun(run.inputs, run.deps)).toEqual({ result: "complete" });
  expect(eventLines(run.events)).toContain("absent ConfigMap a");
  expect(run.intents).toEqual([]);
});

test("a workload's pods are waited for too", async () => {
  const run = deleting();
  const owner = {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    name: "set",
    uid: "uid-2",
    controller: true,
  };
  const pod = run.cluster.put({
    ...named("v1", "Pod", "set-0"),
    metadata: { name: "set-0", namespace: "db", labels: { app: "set" }, ownerReferences: [owner] },
  });
  run.cluster.put({
    ...named("v1", "Pod", "other"),
    metadata: { name: "other", namespace: "db", labels: { app: "set" } },
  });
  void run.clock.sleep(9000).then(() => run.cluster.remove(refOf(pod)));
  expect(await executeRun(run.inputs, run.deps)).toEqual({ result: "complete" });
  expect(run.clock.elapsed()).toBe(9000);
  expect(run.events).toContainEqual(
    expect.objectContaining({
      health: expect.objectContaining({ message: "deleted; waiting for its pods: set-0" }),
    }),
  );
});

test("an object that changes between reading and deleting is read again", async () => {
  let changed = false;
  const run = deleting({
    fault: ({ verb, ref, dryRun }) => {
      if (verb !== "delete" || dryRun || ref.name !== "a" || changed) return;
      changed = true;
      run.cluster.put({ ...named("v1", "ConfigMap", "a"), data: { changed: "yes" } });
    },
  });
  expect(await executeRun(run.inputs, run.deps)).toEqual({ result: "complete" });
  expect(run.cluster.log.filter((line) => line === "DELETE ConfigMap a")).toHaveLength(2);
});

test("a finalizer that nobody removes ends in a time-out that names it", async () => {
  const run = deleting({ limits: { noActivity: 30_000 } });
  run.cluster.put({
    ...named("v1", "ConfigMap", "a"),
    metadata: { name: "a", namespace: "db", finalizers: ["example.com/hold"] },
  });
  expect(await executeRun(run.inputs, run.deps)).toMatchObject({
    result: "timed-out",
    message: "no progress for 30 s, waiting for ConfigMap a to be gone, held by example.com/hold",
    hint: expect.stringContaining("kubectl patch configmap a -n db --type merge"),
  });
});

const REFS = [
  [refOf(named("apps/v1", "StatefulSet", "set"))],
  [refOf(named("v1", "ConfigMap", "a"))],
];

test("removal goes group by group, each gone before the next is asked for", async () => {
  const run = deleting({ deletionTakes: 3000 });
  const result = await removeObjects(REFS, run.deps);
  expect(result).toEqual({ complete: true, removed: REFS.flat() });
  const deletions = run.cluster.log.filter((line) => /^(DELETE|GET)/.test(line));
  expect(deletions.indexOf("DELETE ConfigMap a")).toBeGreaterThan(
    deletions.lastIndexOf("GET StatefulSet set"),
  );
  expect(run.cluster.objects()).toEqual([]);
});

test("a removal that is told to stop says so", async () => {
  const run = deleting({ deletionTakes: 60_000 });
  void run.clock.sleep(1000).then(() => run.stop.abort());
  expect(await removeObjects(REFS, run.deps)).toEqual({ complete: false, removed: [] });
  expect(run.cluster.objects().map(({ metadata }) => metadata.name)).toEqual(["a", "set"]);
});

test("a removal that may not delete says why", async () => {
  const run = deleting({
    fault: ({ verb, ref }) => {
      if (verb === "delete") throw new ClusterError("forbidden", "may not delete", { ref });
    },
  });
  await expect(removeObjects(REFS, run.deps)).rejects.toMatchObject({
    code: "cannot-remove",
    kind: "failed",
    message: "may not delete",
  });
});
