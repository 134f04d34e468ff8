import { loadAll } from "js-yaml";
import { expect, test } from "vitest";
import { DEFAULT_HEALTH_LIMITS } from "../model/health.ts";
import type { KubeObject } from "../model/kube-object.ts";
import { computeHealth } from "./health.ts";
import { suspectNodes } from "./pod-node.ts";

const now = new Date("2026-03-01T12:00:00Z");

const SET = `{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: db, namespace: x, uid: s, generation: 2},
  spec: {replicas: 2}, status: {observedGeneration: 2, updateRevision: r}}`;

const pod = (name: string, metadata: string, ready: string): string => `
---
{apiVersion: v1, kind: Pod, metadata: {name: ${name}, namespace: x, uid: ${name}, ${metadata} labels: {controller-revision-hash: r},
  ownerReferences: [{kind: StatefulSet, name: db, uid: s, controller: true}]}, spec: {nodeName: n-${name}, containers: [{name: main, image: db}]},
  status: {phase: Running, conditions: [{type: Ready, ${ready}}], containerStatuses: [{name: main, ready: true, restartCount: 0, state: {running: {}}}]}}`;

const node = (name: string, ready: string): string => `
---
{apiVersion: v1, kind: Node, metadata: {name: ${name}}, status: {conditions: [{type: Ready, ${ready}}]}}`;

const WELL = pod("db-0", "", 'status: "True"');
const LATE = pod("db-1", "", 'status: "False", lastTransitionTime: "2026-03-01T11:57:00Z"');
const LEAVING = pod("db-1", 'deletionTimestamp: "2026-03-01T11:59:00Z",', 'status: "False"');
const SILENT = node("n-db-1", 'status: Unknown, lastHeartbeatTime: "2026-03-01T11:56:30Z"');
const UNSURE = "if that machine is surely off, give the command again with --node-lost n-db-1";

test.each([
  [
    "a pod on a node that is silent",
    `${WELL}${LATE}${SILENT}`,
    `1 of 2 pods ready; db-1: not ready on node n-db-1, which has not answered for 3 min; ${UNSURE}`,
  ],
  [
    "one that should be gone",
    `${WELL}${LEAVING}${SILENT}`,
    `1 of 2 pods ready; db-1: terminating on node n-db-1, which has not answered for 3 min; ${UNSURE}`,
  ],
  [
    "a node that says that it is not ready",
    `${WELL}${LATE}${node("n-db-1", 'status: "False", reason: KubeletNotReady')}`,
    `1 of 2 pods ready; db-1: not ready on node n-db-1, which is not ready (KubeletNotReady); ${UNSURE}`,
  ],
  [
    "a node that is well",
    `${WELL}${LATE}${node("n-db-1", 'status: "True"')}`,
    "1 of 2 pods ready; db-1: waiting for readiness",
  ],
  [
    "a node that may not be seen",
    `${WELL}${LATE}`,
    "1 of 2 pods ready; db-1: waiting for readiness",
  ],
])("%s", (_, others, message) => {
  expect(healthOf(others, now)).toMatchObject({ state: "progressing", message });
});

test("time that passes on a silent node is no progress", () => {
  const [early, late] = [0, 600_000].map((ms) =>
    healthOf(`${WELL}${LATE}${SILENT}`, new Date(now.getTime() + ms)),
  );
  expect(late?.message).toContain("13 min");
  expect(early).toMatchObject({ marker: (late as { marker?: string }).marker });
});

test("only nodes of late pods are looked at", () => {
  const fresh = pod("db-2", "", 'status: "False", lastTransitionTime: "2026-03-01T11:59:55Z"');
  const related = loadAll(`${WELL}${LATE}${fresh}`.replace("---", "")) as KubeObject[];
  expect(suspectNodes(related, now)).toEqual([
    { apiVersion: "v1", kind: "Node", fieldSelector: "metadata.name=n-db-1" },
  ]);
});

function healthOf(others: string, at: Date): ReturnType<typeof computeHealth> {
  const [object, ...related] = loadAll(`${SET}${others}`) as KubeObject[];
  return computeHealth(object, { now: at, limits: DEFAULT_HEALTH_LIMITS, related });
}
