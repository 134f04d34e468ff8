import { expect, test } from "vitest";
import type { Cluster, DeleteOptions } from "../../model/cluster.ts";
import type { KubeObject } from "../../model/kube-object.ts";
import type { RunInputs } from "../../model/run.ts";
import { executeRun } from "../execute-run.ts";
import { createMemoryCluster, type MemoryCluster } from "../testing/memory-cluster.ts";
import { scenario } from "../testing/scenario.ts";
import { createVirtualClock } from "../testing/virtual-clock.ts";

const TEXT = `
tasks: {app: {kind: Apply, resources: [app.yaml]}}
templates:
  app.yaml: "{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: db}, spec: {replicas: 1, selector: {matchLabels: {app: db}}}}"
plans: {deploy: {phases: {main: {steps: {nodes: [app]}}}}}
`;

/** A StatefulSet whose only pod hangs on node n1; once it is removed by force, another one comes up. */
function world(nodeIs: string) {
  const clock = createVirtualClock();
  const deleted: [string, DeleteOptions][] = [];
  const make = (set: KubeObject, on: MemoryCluster, uid: string, isReady: boolean): void => {
    const { generation, uid: owner = "" } = set.metadata;
    on.put({
      apiVersion: "v1",
      kind: "Pod",
      metadata: {
        name: "db-0",
        namespace: "db",
        uid,
        labels: { app: "db", "controller-revision-hash": "r" },
        ownerReferences: [
          { apiVersion: "apps/v1", kind: "StatefulSet", name: "db", uid: owner, controller: true },
        ],
      },
      spec: { nodeName: isReady ? "n2" : "n1" },
      status: {
        phase: "Running",
        conditions: [
          {
            type: "Ready",
            status: isReady ? "True" : "False",
            lastTransitionTime: clock.now().toISOString(),
          },
        ],
      },
    });
    on.setStatus(
      { apiVersion: "apps/v1", kind: "StatefulSet", namespace: "db", name: "db" },
      { observedGeneration: generation, updateRevision: "r", replicas: 1 },
    );
  };
  const memory = createMemoryCluster(clock, {
    controllers: { StatefulSet: (set, on) => make(set, on, "pod-1", false) },
  });
  memory.put({
    apiVersion: "v1",
    kind: "Node",
    metadata: { name: "n1" },
    status: { conditions: [{ type: "Ready", status: nodeIs }] },
  });
  const cluster: Cluster = {
    ...memory,
    delete: async (ref, options = {}) => {
      deleted.push([`${ref.kind} ${ref.name}`, options]);
      memory.remove(ref);
      const set = memory.objects().find(({ kind }) => kind === "StatefulSet");
      if (set !== undefined) make(set, memory, "pod-2", true);
      return "leaving";
    },
  };
  const run = scenario(TEXT, { cluster: memory, clock, limits: { noActivity: 60_000 } });
  const drive = (lostNodes: readonly string[]) => {
    const inputs: RunInputs = { ...run.inputs, lostNodes };
    return executeRun(inputs, { ...run.deps, cluster });
  };
  return { ...run, memory, deleted, drive };
}

test("a pod on a lost node is removed by force, and said to be", async () => {
  const { drive, deleted, events, memory } = world("Unknown");
  expect(await drive(["n1"])).toEqual({ result: "complete" });
  const pod = memory.log.filter((line) => line.startsWith("GET Node"));
  expect(pod.length).toBeGreaterThan(0);
  expect(deleted).toEqual([
    ["Pod db-0", expect.objectContaining({ gracePeriodSeconds: 0, uid: expect.any(String) })],
  ]);
  expect(events).toContainEqual({
    type: "warning",
    message: "pod db-0 was removed by force, for node n1 was declared lost",
  });
});

test("without anybody's word it is waited for, and the sentence says how to go on", async () => {
  const { drive, deleted } = world("Unknown");
  expect(await drive([])).toMatchObject({
    result: "timed-out",
    message: expect.stringContaining("give the command again with --node-lost n1"),
  });
  expect(deleted).toEqual([]);
});

test("a node that answers is not lost: refused before the first write", async () => {
  const { drive, memory } = world("True");
  await expect(drive(["n1"])).rejects.toMatchObject({
    kind: "bad-input",
    message: "node n1 is ready: it answers, so it is not lost, and nothing was applied",
  });
  expect(memory.log.filter((line) => line.startsWith("POST"))).toEqual([]);
});

test("a pod on another node is left alone", async () => {
  const { drive, deleted } = world("Unknown");
  expect(await drive(["n3"])).toMatchObject({ result: "timed-out" });
  expect(deleted).toEqual([]);
});
