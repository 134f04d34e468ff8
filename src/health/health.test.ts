import { load, loadAll } from "js-yaml";
import { expect, test } from "vitest";
import {
  DEFAULT_HEALTH_LIMITS,
  type Health,
  type HealthContext,
  type RelativesQuery,
} from "../model/health.ts";
import type { KubeObject } from "../model/kube-object.ts";
import { computeHealth, relativesOf } from "./health.ts";

const now = new Date("2026-03-01T12:00:00Z");

/** Health of the first object of a YAML text; the others are its relatives. */
function healthOf(yaml: string, written?: NonNullable<HealthContext["written"]>): Health {
  const [object, ...related] = loadAll(yaml) as KubeObject[];
  const limits = DEFAULT_HEALTH_LIMITS;
  return computeHealth(object, { now, limits, related, ...(written && { written }) });
}

function text(health: Health): string {
  switch (health.state) {
    case "failed":
      return `failed ${health.reason}: ${health.message}`;
    case "progressing":
      return `progressing: ${health.message}`;
    case "ready":
      return ["ready", health.judgedBy && `by ${health.judgedBy}`, health.message]
        .filter(Boolean)
        .join(" ");
  }
}

const set = (spec: string, status: string): string => `
{ apiVersion: apps/v1, kind: StatefulSet, metadata: { name: db, namespace: x, uid: s, generation: 2 },
  spec: { ${spec} }, status: { observedGeneration: 2, ${status} } }`;

const member = (name: string, revision: string, rest = ""): string => `
---
apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: x, uid: ${name}, labels: { controller-revision-hash: ${revision} }, ownerReferences: [{ kind: StatefulSet, name: db, uid: s, controller: true }] }
spec: { nodeName: n, containers: [{ name: main, image: db:2 }] }
status: ${rest || '{ phase: Running, conditions: [{ type: Ready, status: "True" }], containerStatuses: [{ name: main, ready: true, restartCount: 0, state: { running: {} } }] }'}`;

const starting =
  "{ phase: Pending, startTime: '2026-03-01T11:59:50Z', containerStatuses: [{ name: main, ready: false, restartCount: 0, state: { waiting: { reason: ContainerCreating } } }] }";
const unready =
  "{ phase: Running, containerStatuses: [{ name: main, ready: false, restartCount: 0, state: { running: {} } }] }";
const crashing = (restarts: number, ran: string): string =>
  `{ phase: Running, containerStatuses: [{ name: main, ready: false, restartCount: ${restarts}, state: { waiting: { reason: CrashLoopBackOff } }, lastState: { terminated: { exitCode: 1, reason: Error, startedAt: '2026-03-01T${ran}:00Z', finishedAt: '2026-03-01T11:59:00Z' } } }] }`;

test.each([
  [
    "all pods ready",
    set("replicas: 2", "updateRevision: b, replicas: 2") +
      member("db-0", "b") +
      member("db-1", "b"),
    "ready 2 of 2 pods ready",
  ],
  [
    "counters say ready, a pod is missing",
    set("replicas: 2", "updateRevision: b, replicas: 2, readyReplicas: 2, updatedReplicas: 2") +
      member("db-0", "b"),
    "progressing: 1 of 2 pods ready",
  ],
  [
    "the controller has not seen the new spec",
    `{ apiVersion: apps/v1, kind: StatefulSet, metadata: { name: db, generation: 3 }, spec: { replicas: 0 }, status: { observedGeneration: 2, replicas: 0 } }`,
    "progressing: waiting for its controller to see the change",
  ],
  [
    "a pod starts",
    set("replicas: 2", "updateRevision: b") + member("db-0", "b") + member("db-1", "b", starting),
    "progressing: 1 of 2 pods ready; db-1: creating containers",
  ],
  [
    "all ready, one still of the old revision",
    set("replicas: 2", "updateRevision: b, currentRevision: a") +
      member("db-0", "a") +
      member("db-1", "b"),
    "progressing: 1 of 2 pods updated; next: db-0",
  ],
  [
    "the partition keeps the rest old",
    set(
      "replicas: 2, updateStrategy: { type: RollingUpdate, rollingUpdate: { partition: 1 } }",
      "updateRevision: b, currentRevision: a",
    ) +
      member("db-0", "a") +
      member("db-1", "b"),
    "ready 2 of 2 pods ready; updated from ordinal 1 up, as the partition says",
  ],
  [
    "a surplus pod is there",
    set("replicas: 1", "updateRevision: b, replicas: 2") +
      member("db-0", "b") +
      member("db-1", "b"),
    "progressing: scaling down to 1: 1 surplus pod to go (db-1)",
  ],
  [
    "db-10 goes before db-9",
    set("replicas: 9", "updateRevision: b, replicas: 11") +
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((i) => member(`db-${i}`, "b")).join(""),
    "progressing: scaling down to 9: 2 surplus pods to go (db-10, db-9)",
  ],
  ["scaled to nothing", set("replicas: 0", "replicas: 0"), "ready scaled to 0"],
  [
    "a pod of no controller is not counted",
    set("replicas: 1", "updateRevision: b") + member("db-0", "b").replace("uid: s", "uid: other"),
    "progressing: 0 of 1 pods ready",
  ],
  [
    "an old proven pod is merely slow",
    set("replicas: 1", "updateRevision: b, currentRevision: a") + member("db-0", "a", unready),
    "progressing: 0 of 1 pods ready; db-0: container main runs, not ready yet (it is of an earlier revision)",
  ],
  [
    "an old proven pod crashes a little",
    set("replicas: 1", "updateRevision: b, currentRevision: a") +
      member("db-0", "a", crashing(2, "11:58")),
    "progressing: 0 of 1 pods ready; db-0, container main crashes and was restarted 2 times, last with exit code 1 (it is of an earlier revision)",
  ],
  [
    "an old proven pod crashes for good",
    set("replicas: 1", "updateRevision: b, currentRevision: a") +
      member("db-0", "a", crashing(5, "11:58")),
    "failed StuckRollout: the rollout waits for pod db-0 of an earlier revision, which cannot become ready: db-0, container main crashes and was restarted 5 times, last with exit code 1",
  ],
  [
    "Parallel is never stuck by an old pod",
    set("replicas: 1, podManagementPolicy: Parallel", "updateRevision: c, currentRevision: a") +
      member("db-0", "b", crashing(5, "11:58")),
    "progressing: 0 of 1 pods ready; db-0, container main crashes and was restarted 5 times, last with exit code 1 (it is of an earlier revision)",
  ],
  [
    "many restarts long ago, one crash now",
    set("replicas: 1", "updateRevision: b") + member("db-0", "b", crashing(9, "09:00")),
    "progressing: 0 of 1 pods ready; db-0, container main crashes and was restarted 9 times, last with exit code 1",
  ],
])("StatefulSet: %s", (_, yaml, says) => {
  expect(text(healthOf(yaml))).toBe(says);
});

test.each([
  [
    "Namespace",
    "{ apiVersion: v1, kind: Namespace, metadata: { name: x }, status: { phase: Active } }",
    "ready",
  ],
  [
    "Namespace going away",
    "{ apiVersion: v1, kind: Namespace, metadata: { name: x, deletionTimestamp: '2026-03-01T11:00:00Z', finalizers: [a/b] }, status: { phase: Terminating } }",
    "failed Terminating: Namespace x is being deleted, held by the finalizers a/b",
  ],
  [
    "CRD established",
    "{ apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: { name: a.b }, status: { conditions: [{ type: NamesAccepted, status: 'True' }, { type: Established, status: 'True' }] } }",
    "ready served",
  ],
  [
    "CRD accepted only",
    "{ apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: { name: a.b }, status: { conditions: [{ type: NamesAccepted, status: 'True' }, { type: Established, status: 'False' }] } }",
    "progressing: waiting for the API server to serve it",
  ],
  [
    "CRD whose name is taken",
    "{ apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: { name: a.b }, status: { conditions: [{ type: NamesAccepted, status: 'False', message: '\"A\" is already in use' }] } }",
    'failed NamesNotAccepted: CustomResourceDefinition a.b: "A" is already in use',
  ],
  [
    "load balancer",
    "{ apiVersion: v1, kind: Service, metadata: { name: s }, spec: { type: LoadBalancer, clusterIP: 10.0.0.1 }, status: { loadBalancer: { ingress: [{ ip: 192.0.2.1 }] } } }",
    "ready load balancer at 192.0.2.1",
  ],
  [
    "load balancer by hand",
    "{ apiVersion: v1, kind: Service, metadata: { name: s }, spec: { type: LoadBalancer, clusterIP: 10.0.0.1, externalIPs: [192.0.2.1] } }",
    "ready",
  ],
  [
    "Service without address",
    "{ apiVersion: v1, kind: Service, metadata: { name: s }, spec: {} }",
    "progressing: waiting for a cluster IP",
  ],
  [
    "claim lost",
    "{ apiVersion: v1, kind: PersistentVolumeClaim, metadata: { name: c }, spec: {}, status: { phase: Lost } }",
    "failed VolumeLost: claim c has lost its volume",
  ],
  [
    "claim of the default class that waits",
    "{ apiVersion: v1, kind: PersistentVolumeClaim, metadata: { name: c }, spec: {}, status: { phase: Pending } }\n--- { apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: { name: d, annotations: { storageclass.kubernetes.io/is-default-class: 'true' } }, volumeBindingMode: WaitForFirstConsumer }",
    "ready binds when a pod first uses it",
  ],
  [
    "claim that grows",
    "{ apiVersion: v1, kind: PersistentVolumeClaim, metadata: { name: c }, spec: { resources: { requests: { storage: 2Gi } } }, status: { phase: Bound, capacity: { storage: 1Gi } } }",
    "progressing: growing from 1Gi to 2Gi",
  ],
  [
    "claim whose volume has grown and whose file system has not",
    "{ apiVersion: v1, kind: PersistentVolumeClaim, metadata: { name: c }, spec: { resources: { requests: { storage: 2Gi } } }, status: { phase: Bound, capacity: { storage: 1Gi }, conditions: [{ type: FileSystemResizePending, status: 'True' }] } }",
    "progressing: growing from 1Gi to 2Gi: its file system grows when a pod next mounts it, so a restart of its pod finishes it",
  ],
  [
    "claim in another unit",
    "{ apiVersion: v1, kind: PersistentVolumeClaim, metadata: { name: c }, spec: { resources: { requests: { storage: 1024Mi } } }, status: { phase: Bound, capacity: { storage: 1Gi } } }",
    "ready bound",
  ],
  [
    "Instance at rest",
    "{ apiVersion: kudo.dev/v1beta1, kind: Instance, metadata: { name: i }, spec: {}, status: { planStatus: { deploy: { status: COMPLETE }, backup: { status: NEVER_RUN } } } }",
    "ready plan deploy is COMPLETE",
  ],
  [
    "Instance at work",
    "{ apiVersion: kudo.dev/v1beta1, kind: Instance, metadata: { name: i }, spec: { planExecution: { planName: deploy } }, status: { planStatus: { deploy: { status: IN_PROGRESS } } } }",
    "progressing: plan deploy is IN_PROGRESS",
  ],
  [
    "Instance not begun",
    "{ apiVersion: kudo.dev/v1beta1, kind: Instance, metadata: { name: i }, spec: { planExecution: { planName: deploy } } }",
    "progressing: plan deploy is asked for",
  ],
  [
    "Instance that failed last",
    "{ apiVersion: kudo.dev/v1beta1, kind: Instance, metadata: { name: i }, spec: {}, status: { planStatus: { deploy: { status: COMPLETE, lastUpdatedTimestamp: '2026-01-01T00:00:00Z' }, backup: { status: FATAL_ERROR, message: no disk, lastUpdatedTimestamp: '2026-01-02T00:00:00Z' } } } }",
    "failed PlanFailed: plan backup of Instance i ended with FATAL_ERROR: no disk",
  ],
  [
    "evicted pod",
    "{ apiVersion: v1, kind: Pod, metadata: { name: p }, spec: {}, status: { phase: Failed, reason: Evicted, message: 'The node was low on resource: memory.' } }",
    "failed Evicted: pod p failed: The node was low on resource: memory.",
  ],
  ["ConfigMap", "{ apiVersion: v1, kind: ConfigMap, metadata: { name: c } }", "ready"],
  [
    "budget not looked at yet",
    "{ apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: { name: b, generation: 1 }, spec: {} }",
    "progressing: waiting for its controller to see the change",
  ],
  [
    "paused Deployment",
    "{ apiVersion: apps/v1, kind: Deployment, metadata: { name: d, generation: 1 }, spec: { replicas: 2, paused: true }, status: { observedGeneration: 1, replicas: 2 } }",
    "progressing: the rollout is paused: spec.paused is true",
  ],
  [
    "Deployment with an old pod",
    "{ apiVersion: apps/v1, kind: Deployment, metadata: { name: d, generation: 1 }, spec: { replicas: 2 }, status: { observedGeneration: 1, replicas: 3, updatedReplicas: 2, availableReplicas: 3 } }",
    "progressing: 1 pod of an older revision still to go",
  ],
])("%s", (_, yaml, says) => {
  expect(text(healthOf(yaml))).toBe(says);
});

const custom = (generation: number, status: string): string =>
  `{ apiVersion: acme.io/v1, kind: Widget, metadata: { name: w, generation: ${generation}, resourceVersion: '7', creationTimestamp: '2026-03-01T11:59:59Z' }, status: ${status} }`;

test.each([
  [
    "Ready",
    custom(1, "{ conditions: [{ type: Ready, status: 'True' }] }"),
    "ready by conditions Ready",
  ],
  [
    "not Ready",
    custom(
      1,
      "{ conditions: [{ type: Ready, status: 'False', reason: Boot, message: still booting }] }",
    ),
    "progressing: condition Ready is False (Boot: still booting)",
  ],
  [
    "Ready of an older generation",
    custom(2, "{ conditions: [{ type: Ready, status: 'True', observedGeneration: 1 }] }"),
    "progressing: condition Ready is True",
  ],
  [
    "older status, generation as text",
    custom(2, "{ observedGeneration: '1', conditions: [{ type: Ready, status: 'True' }] }"),
    "progressing: waiting for its controller to see the change",
  ],
  [
    "newest status, generation as text",
    custom(2, "{ observedGeneration: '2', conditions: [{ type: Ready, status: 'True' }] }"),
    "ready by conditions Ready",
  ],
  [
    "Stalled",
    custom(
      1,
      "{ conditions: [{ type: Stalled, status: 'True', reason: NoSpace, message: disk full }, { type: Ready, status: 'True' }] }",
    ),
    "failed NoSpace: Widget w: condition Stalled is True (NoSpace: disk full)",
  ],
  [
    "Reconciling",
    custom(
      1,
      "{ conditions: [{ type: Reconciling, status: 'True' }, { type: Ready, status: 'True' }] }",
    ),
    "progressing: condition Reconciling is True",
  ],
  [
    "Available",
    custom(1, "{ conditions: [{ type: Available, status: 'True' }] }"),
    "ready by conditions Available",
  ],
  ["says nothing", custom(1, "{}"), "ready by existence"],
])("an unknown kind that is %s", (_, yaml, says) => {
  expect(text(healthOf(yaml))).toBe(says);
});

test("an unknown kind is given a moment after our own write", () => {
  const fresh = custom(1, "{}");
  expect(text(healthOf(fresh, { resourceVersion: "7" }))).toBe(
    "progressing: waiting for its controller to say something",
  );
  expect(text(healthOf(fresh, { resourceVersion: "6" }))).toBe("ready by existence");
});

test("what is older than our own write does not count", () => {
  const config = `{ apiVersion: v1, kind: ConfigMap, metadata: { name: c, resourceVersion: '99' } }`;
  expect(healthOf(config, { resourceVersion: "100" }).state).toBe("progressing");
  expect(healthOf(config, { resourceVersion: "99" }).state).toBe("ready");
  const seen = set("replicas: 0", "replicas: 0");
  expect(healthOf(seen, { generation: 3 }).state).toBe("progressing");
  expect(healthOf(seen, { generation: 2 }).state).toBe("ready");
});

test("an object that vanished has failed", () => {
  const context = { now, limits: DEFAULT_HEALTH_LIMITS, related: [] };
  expect(text(computeHealth(undefined, context))).toMatch(/^failed Vanished/);
});

test("no shape of an object makes it throw", () => {
  const context = { now, limits: DEFAULT_HEALTH_LIMITS, related: [] };
  const kinds = [
    ["apps/v1", "Deployment"],
    ["apps/v1", "StatefulSet"],
    ["apps/v1", "DaemonSet"],
    ["apps/v1", "ReplicaSet"],
    ["batch/v1", "Job"],
    ["v1", "Pod"],
    ["v1", "Service"],
    ["v1", "PersistentVolumeClaim"],
    ["kudo.dev/v1beta1", "Instance"],
    ["x/v1", "Any"],
  ] as const;
  for (const [apiVersion, kind] of kinds)
    for (const odd of [
      undefined,
      null,
      7,
      "text",
      [],
      [null],
      { conditions: 3 },
      { conditions: [1] },
    ]) {
      const object = { apiVersion, kind, metadata: { name: "a" }, spec: odd, status: odd };
      expect(["ready", "progressing", "failed"]).toContain(computeHealth(object, context).state);
      expect(Array.isArray(relativesOf(object))).toBe(true);
    }
});

const short = (query: RelativesQuery): string =>
  [query.kind, query.namespace ?? "*", query.labelSelector ?? query.fieldSelector ?? ""].join(" ");

test.each([
  [
    "{ apiVersion: apps/v1, kind: StatefulSet, metadata: { name: a, namespace: x, uid: u }, spec: { selector: { matchLabels: { app: a, tier: db } } } }",
    ["Pod x app=a,tier=db", "Event x involvedObject.kind=Pod", "Event x involvedObject.uid=u"],
  ],
  [
    "{ apiVersion: apps/v1, kind: Deployment, metadata: { name: a, namespace: x, uid: u }, spec: { selector: { matchExpressions: [{ key: app, operator: In, values: [a, b] }, { key: old, operator: DoesNotExist }] } } }",
    [
      "ReplicaSet x app in (a,b),!old",
      "Pod x app in (a,b),!old",
      "Event x involvedObject.kind=Pod",
      "Event x involvedObject.uid=u",
    ],
  ],
  [
    "{ apiVersion: v1, kind: PersistentVolumeClaim, metadata: { name: a, namespace: x, uid: u }, spec: { storageClassName: fast } }",
    ["StorageClass * metadata.name=fast", "Event x involvedObject.uid=u"],
  ],
  ["{ apiVersion: v1, kind: ConfigMap, metadata: { name: a, namespace: x, uid: u } }", []],
])("what must be seen beside %s", (yaml, queries) => {
  expect(relativesOf(load(yaml) as KubeObject).map(short)).toEqual(queries);
});
