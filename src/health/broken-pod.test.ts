import { load } from "js-yaml";
import { expect, test } from "vitest";
import { DEFAULT_HEALTH_LIMITS } from "../model/health.ts";
import type { KubeObject } from "../model/kube-object.ts";
import { isBrokenPod } from "./broken-pod.ts";

const NOW = new Date("2026-01-01T00:10:00Z");
const RUNNING = "state: {running: {startedAt: 2026-01-01T00:05:00Z}}";

test.each([
  ["runs and is ready", `[{name: db, ready: true, started: true, ${RUNNING}}]`, "True", false],
  ["ran five minutes, never ready", `[{name: db, started: true, ${RUNNING}}]`, "False", true],
  ["the same, of a server that knows no startup", `[{name: db, ${RUNNING}}]`, "False", true],
  ["still in its first start", `[{name: db, started: false, ${RUNNING}}]`, "False", false],
  [
    "crashes again and again",
    "[{name: db, started: false, restartCount: 9, state: {waiting: {reason: CrashLoopBackOff, message: back-off}}}]",
    "False",
    true,
  ],
])("a pod that %s", (_, statuses, ready, broken) => {
  expect(isBrokenPod(pod(statuses, ready), context())).toBe(broken);
});

function pod(statuses: string, ready: string): KubeObject {
  const text = `
apiVersion: v1
kind: Pod
metadata: {name: db-0, namespace: default, creationTimestamp: 2026-01-01T00:04:00Z}
spec: {nodeName: one, containers: [{name: db, image: db}]}
status:
  phase: Running
  conditions:
    - {type: PodScheduled, status: "True", lastTransitionTime: 2026-01-01T00:04:00Z}
    - {type: Ready, status: "${ready}", lastTransitionTime: 2026-01-01T00:04:30Z}
  containerStatuses: ${statuses}
`;
  return load(text) as KubeObject;
}

function context(): Parameters<typeof isBrokenPod>[1] {
  return { now: NOW, limits: DEFAULT_HEALTH_LIMITS, related: [] };
}
