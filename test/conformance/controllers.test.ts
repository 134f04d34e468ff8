import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Cluster, Deleted } from "../../src/model/cluster.ts";
import type { KubeObject } from "../../src/model/kube-object.ts";
import { openTarget, type Target } from "./controllers-target.ts";
import { followObject, followPods, isReady, PATIENCE, type PodLog } from "./pod-log.ts";
import { claimTemplate, container, newTemplate, workload } from "./workloads.ts";

/** Runs do not meet each other on a cluster that lasts. */
const namespace = `kp-health-${randomBytes(3).toString("hex")}`;
let target: Target;
let cluster: Cluster;
const ended = new AbortController();

beforeAll(async () => {
  target = await openTarget();
  cluster = target.cluster;
  await cluster.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
  await until(() => get("v1", "ServiceAccount", "default"), isThere);
}, PATIENCE);

afterAll(async () => {
  ended.abort();
  await cluster.delete({ apiVersion: "v1", kind: "Namespace", name: namespace });
  await target.close();
}, PATIENCE);

const get = (apiVersion: string, kind: string, name: string): Promise<KubeObject | undefined> =>
  cluster.get({ apiVersion, kind, namespace, name });

const list = async (apiVersion: string, kind: string, labelSelector: string) =>
  (await cluster.list({ apiVersion, kind, namespace, labelSelector })).items;

const patch = (kind: string, name: string, change: unknown): Promise<KubeObject> =>
  cluster.patch({ apiVersion: "apps/v1", kind, namespace, name }, change);

const remove = (
  apiVersion: string,
  kind: string,
  name: string,
  propagation: "Foreground" | "Background" | "Orphan" = "Background",
): Promise<Deleted> => cluster.delete({ apiVersion, kind, namespace, name }, { propagation });

/** Follows one object until the suite ends. */
const statesOf = (
  apiVersion: string,
  kind: string,
  name: string,
  within?: string,
): Promise<readonly KubeObject[]> =>
  followObject(
    cluster,
    { apiVersion, kind, name, ...(within !== undefined && { namespace: within }) },
    ended.signal,
  );

const isThere = (object: KubeObject | undefined): boolean => object !== undefined;
const isGone = (object: KubeObject | undefined): boolean => object === undefined;

/** Reads until the answer is as wanted; fails with the last answer after a while. */
async function until<T>(read: () => Promise<T>, wanted: (value: T) => boolean): Promise<T> {
  const end = Date.now() + PATIENCE;
  for (;;) {
    const value = await read();
    if (wanted(value)) return value;
    if (Date.now() > end) throw new Error(`waited in vain; last: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, target.interval));
  }
}

const statusOf = (object: KubeObject | undefined): Loose => (object?.status ?? {}) as Loose;
const specOf = (object: KubeObject | undefined): Loose => (object?.spec ?? {}) as Loose;

/** Statuses of many kinds are compared as they come. */
// biome-ignore lint/suspicious/noExplicitAny: what a test reads of it is checked by what it expects
type Loose = any;
const revisionOf = (pod: KubeObject | undefined): string =>
  pod?.metadata.labels?.["controller-revision-hash"] ?? "";
const readyCount = (log: PodLog): number => [...log.pods.values()].filter(isReady).length;
const runs = (count: number) => (log: PodLog) =>
  log.pods.size === count && readyCount(log) === count;

/** Creates a workload and follows its pods for as long as `act` runs. */
async function withPods(
  object: KubeObject,
  act: (log: PodLog, name: string) => Promise<void>,
): Promise<void> {
  const { name } = object.metadata;
  const log = followPods(cluster, namespace, `app=${name}`);
  try {
    await log.started;
    await cluster.create(object);
    await act(log, name);
  } finally {
    log.stop();
    await remove(object.apiVersion, object.kind, name);
  }
}

describe.concurrent("controllers", { timeout: 2 * PATIENCE }, () => {
  test("a StatefulSet makes its pods one after the other", async () => {
    await withPods(workload("StatefulSet", namespace, "order", { replicas: 3 }), async (log) => {
      await log.until(runs(3));
      expect(log.lines).toEqual([
        "+order-0",
        "ready order-0",
        "+order-1",
        "ready order-1",
        "+order-2",
        "ready order-2",
      ]);
      const pod = log.pods.get("order-1");
      expect(pod?.metadata.labels?.["statefulset.kubernetes.io/pod-name"]).toBe("order-1");
      expect(pod?.spec).toMatchObject({ hostname: "order-1", subdomain: "order" });
    });
  });

  test("a StatefulSet shrinks from the top, keeps the claims and takes them again", async () => {
    const set = workload("StatefulSet", namespace, "shrink", {
      replicas: 3,
      volumeClaimTemplates: [claimTemplate("data")],
    });
    const claims = async (): Promise<string[]> =>
      (await list("v1", "PersistentVolumeClaim", "app=shrink")).map(
        ({ metadata }) => `${metadata.name} ${metadata.uid}`,
      );
    await withPods(set, async (log) => {
      await log.until(runs(3));
      const before = await claims();
      expect(before.map((each) => each.split(" ")[0])).toEqual([
        "data-shrink-0",
        "data-shrink-1",
        "data-shrink-2",
      ]);
      const claim = await get("v1", "PersistentVolumeClaim", "data-shrink-0");
      expect(statusOf(claim).phase).toBe("Bound");
      expect(claim?.metadata.ownerReferences ?? []).toEqual([]);

      const from = log.lines.length;
      await patch("StatefulSet", "shrink", { spec: { replicas: 1 } });
      await log.until(runs(1));
      expect(log.lines.slice(from)).toEqual([
        "end shrink-2",
        "-shrink-2",
        "end shrink-1",
        "-shrink-1",
      ]);
      expect(await claims()).toEqual(before);

      await patch("StatefulSet", "shrink", { spec: { replicas: 3 } });
      await log.until(runs(3));
      expect(await claims()).toEqual(before);
      const volumes = specOf(log.pods.get("shrink-2")).volumes;
      expect(volumes).toEqual(
        expect.arrayContaining([
          { name: "data", persistentVolumeClaim: { claimName: "data-shrink-2" } },
        ]),
      );
    });
  });

  test("a StatefulSet's status counts what is there", async () => {
    await withPods(workload("StatefulSet", namespace, "count", { replicas: 2 }), async (log) => {
      await log.until(runs(2));
      const settled = await until(
        () => get("apps/v1", "StatefulSet", "count"),
        (set) => statusOf(set).readyReplicas === 2 && statusOf(set).currentReplicas === 2,
      );
      const status = statusOf(settled);
      expect(status).toMatchObject({ observedGeneration: 1, replicas: 2, readyReplicas: 2 });
      expect(status.currentRevision).toBe(status.updateRevision);
      expect(status.currentRevision).toMatch(/^count-[a-z0-9]+$/);
      expect(revisionOf(log.pods.get("count-0"))).toBe(status.currentRevision);
    });
  });

  test("a StatefulSet rolls from the top, one ready pod after the other", async () => {
    await withPods(workload("StatefulSet", namespace, "roll", { replicas: 3 }), async (log) => {
      await log.until(runs(3));
      const old = revisionOf(log.pods.get("roll-0"));
      const from = log.lines.length;
      await patch("StatefulSet", "roll", newTemplate("2"));
      await log.until(
        () => runs(3)(log) && !names(log).some((name) => revisionOf(log.pods.get(name)) === old),
      );
      expect(log.lines.slice(from)).toEqual(
        ["roll-2", "roll-1", "roll-0"].flatMap((name) => [
          `end ${name}`,
          `-${name}`,
          `+${name}`,
          `ready ${name}`,
        ]),
      );
      const status = statusOf(
        await until(
          () => get("apps/v1", "StatefulSet", "roll"),
          (set) => statusOf(set).currentRevision === statusOf(set).updateRevision,
        ),
      );
      expect(status).toMatchObject({ observedGeneration: 2, updatedReplicas: 3 });
      expect(status.updateRevision).not.toBe(old);
    });
  });

  test("a StatefulSet's partition keeps the pods below it, and going back is no new revision", async () => {
    const set = workload("StatefulSet", namespace, "part", {
      replicas: 3,
      updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: 2 } },
    });
    await withPods(set, async (log) => {
      await log.until(runs(3));
      const old = revisionOf(log.pods.get("part-0"));
      const from = log.lines.length;
      await patch("StatefulSet", "part", newTemplate("2"));
      await log.until(() => runs(3)(log) && revisionOf(log.pods.get("part-2")) !== old);
      const status = statusOf(
        await until(
          () => get("apps/v1", "StatefulSet", "part"),
          (now) => statusOf(now).updatedReplicas === 1 && statusOf(now).readyReplicas === 3,
        ),
      );
      expect(status).toMatchObject({ currentReplicas: 2, currentRevision: old });
      expect(log.lines.slice(from)).toEqual(["end part-2", "-part-2", "+part-2", "ready part-2"]);
      // A pod below the partition comes back as it was.
      await remove("v1", "Pod", "part-0");
      await log.until(() => log.lines.includes("-part-0") && runs(3)(log));
      expect(revisionOf(log.pods.get("part-0"))).toBe(old);
      await patch("StatefulSet", "part", newTemplate("1"));
      await patch("StatefulSet", "part", {
        spec: { template: { metadata: { annotations: null } } },
      });
      await log.until(() => runs(3)(log) && revisionOf(log.pods.get("part-2")) === old);
    });
  });

  test("a Parallel StatefulSet makes and ends all its pods at once", async () => {
    const set = workload("StatefulSet", namespace, "para", {
      replicas: 3,
      podManagementPolicy: "Parallel",
    });
    await withPods(set, async (log) => {
      await log.until(runs(3));
      expect(log.lines.slice(0, 3).sort()).toEqual(["+para-0", "+para-1", "+para-2"]);
      const from = log.lines.length;
      await patch("StatefulSet", "para", { spec: { replicas: 0 } });
      await log.until(({ pods }) => pods.size === 0);
      expect(log.lines.slice(from, from + 3).sort()).toEqual([
        "end para-0",
        "end para-1",
        "end para-2",
      ]);
    });
  });

  test("an OnDelete StatefulSet changes a pod when somebody deletes it", async () => {
    const set = workload("StatefulSet", namespace, "ondelete", {
      replicas: 2,
      updateStrategy: { type: "OnDelete" },
    });
    await withPods(set, async (log) => {
      await log.until(runs(2));
      const old = revisionOf(log.pods.get("ondelete-0"));
      await patch("StatefulSet", "ondelete", newTemplate("2"));
      await until(
        () => get("apps/v1", "StatefulSet", "ondelete"),
        (now) => statusOf(now).observedGeneration === 2,
      );
      await remove("v1", "Pod", "ondelete-0");
      await log.until(() => log.lines.includes("-ondelete-0") && runs(2)(log));
      expect(revisionOf(log.pods.get("ondelete-0"))).not.toBe(old);
      expect(revisionOf(log.pods.get("ondelete-1"))).toBe(old);
    });
  });

  test("a StatefulSet deleted with its pods left takes them again", async () => {
    const set = workload("StatefulSet", namespace, "adopt", { replicas: 2 });
    await withPods(set, async (log) => {
      await log.until(runs(2));
      const uids = names(log).map((name) => log.pods.get(name)?.metadata.uid);
      await remove("apps/v1", "StatefulSet", "adopt", "Orphan");
      await until(() => get("apps/v1", "StatefulSet", "adopt"), isGone);
      await log.until(({ pods }) =>
        [...pods.values()].every((pod) => !pod.metadata.ownerReferences?.length),
      );
      const made = await cluster.create(set);
      await log.until(({ pods }) =>
        [...pods.values()].every(
          (pod) => pod.metadata.ownerReferences?.[0]?.uid === made.metadata.uid,
        ),
      );
      expect(names(log).map((name) => log.pods.get(name)?.metadata.uid)).toEqual(uids);
      expect(log.lines.filter((line) => line.startsWith("-"))).toEqual([]);
    });
  });

  test("a Deployment rolls without ever having too few pods", async () => {
    const deployment = workload("Deployment", namespace, "rollout", {
      replicas: 3,
      strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
    });
    await withPods(deployment, async (log) => {
      await log.until(runs(3));
      const first = new Set(log.pods.keys());
      let least = 3;
      let most = 3;
      await patch("Deployment", "rollout", newTemplate("2"));
      await log.until(() => {
        least = Math.min(least, readyCount(log));
        most = Math.max(most, [...log.pods.values()].filter(isKept).length);
        return runs(3)(log) && names(log).every((name) => !first.has(name));
      });
      expect(least).toBe(3);
      expect(most).toBe(4);

      const settled = await until(
        () => get("apps/v1", "Deployment", "rollout"),
        (now) => statusOf(now).availableReplicas === 3 && statusOf(now).replicas === 3,
      );
      expect(statusOf(settled)).toMatchObject({ observedGeneration: 2, updatedReplicas: 3 });
      expect(conditions(settled)).toMatchObject({
        Available: "True MinimumReplicasAvailable",
        Progressing: "True NewReplicaSetAvailable",
      });
      expect(settled?.metadata.annotations?.["deployment.kubernetes.io/revision"]).toBe("2");
      const sets = await list("apps/v1", "ReplicaSet", "app=rollout");
      expect(
        sets
          .map(({ metadata, spec }) => [
            metadata.annotations?.["deployment.kubernetes.io/revision"],
            (spec as { replicas?: number }).replicas,
          ])
          .sort(),
      ).toEqual([
        ["1", 0],
        ["2", 3],
      ]);
    });
  });

  test("a Deployment that recreates has no two templates at once", async () => {
    const deployment = workload("Deployment", namespace, "recreate", {
      replicas: 2,
      strategy: { type: "Recreate" },
    });
    await withPods(deployment, async (log) => {
      await log.until(runs(2));
      const from = log.lines.length;
      await patch("Deployment", "recreate", newTemplate("2"));
      await log.until(() => runs(2)(log) && log.lines.length > from + 4);
      const marks = log.lines.slice(from).map((line) => line[0]);
      expect(marks.lastIndexOf("-")).toBeLessThan(marks.indexOf("+"));
    });
  });

  test("a Deployment scales without a new revision", async () => {
    await withPods(workload("Deployment", namespace, "scale"), async (log) => {
      await log.until(runs(1));
      await patch("Deployment", "scale", { spec: { replicas: 3 } });
      await log.until(runs(3));
      await patch("Deployment", "scale", { spec: { replicas: 1 } });
      await log.until(runs(1));
      expect(await list("apps/v1", "ReplicaSet", "app=scale")).toHaveLength(1);
    });
  });

  test("a ReplicaSet makes up for a pod that was deleted", async () => {
    await withPods(workload("ReplicaSet", namespace, "keep", { replicas: 2 }), async (log) => {
      await log.until(runs(2));
      const [first = ""] = names(log);
      await remove("v1", "Pod", first);
      await log.until((now) => now.lines.includes(`-${first}`) && runs(2)(now));
      const settled = await until(
        () => get("apps/v1", "ReplicaSet", "keep"),
        (set) => statusOf(set).availableReplicas === 2,
      );
      expect(statusOf(settled)).toMatchObject({
        replicas: 2,
        readyReplicas: 2,
        fullyLabeledReplicas: 2,
        observedGeneration: 1,
      });
    });
  });

  test("a DaemonSet has a pod on each node, and rolls them", async () => {
    await withPods(workload("DaemonSet", namespace, "daemon"), async (log) => {
      await log.until(runs(3));
      const nodes = (): unknown[] => [...log.pods.values()].map((pod) => specOf(pod).nodeName);
      expect(new Set(nodes()).size).toBe(3);
      const first = new Set(log.pods.keys());
      await patch("DaemonSet", "daemon", newTemplate("2"));
      await log.until(() => runs(3)(log) && names(log).every((name) => !first.has(name)));
      const settled = await until(
        () => get("apps/v1", "DaemonSet", "daemon"),
        (set) => statusOf(set).numberAvailable === 3 && statusOf(set).updatedNumberScheduled === 3,
      );
      expect(statusOf(settled)).toMatchObject({
        observedGeneration: 2,
        desiredNumberScheduled: 3,
        currentNumberScheduled: 3,
        numberReady: 3,
        numberMisscheduled: 0,
      });
    });
  });

  test("a Job runs its completions, so many at a time", async () => {
    const job: KubeObject = {
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: { name: "three", namespace },
      spec: {
        completions: 3,
        parallelism: 2,
        template: {
          metadata: { labels: { app: "three" } },
          spec: {
            restartPolicy: "Never",
            containers: [{ name: "main", image: "busybox:1.28", command: ["true"] }],
          },
        },
      },
    };
    await withPods(job, async (log) => {
      const done = await until(
        () => get("batch/v1", "Job", "three"),
        (now) => conditions(now).Complete !== undefined,
      );
      expect(conditions(done)).toEqual({ Complete: "True " });
      expect(statusOf(done)).toMatchObject({
        succeeded: 3,
        completionTime: expect.any(String),
        startTime: expect.any(String),
      });
      await log.until(({ pods }) => pods.size === 3);
      expect([...log.pods.values()].map((pod) => statusOf(pod).phase)).toEqual([
        "Succeeded",
        "Succeeded",
        "Succeeded",
      ]);
    });
  });

  test("deleting in the background takes the dependents with it", async () => {
    await withPods(workload("Deployment", namespace, "bygone"), async (log) => {
      await log.until(runs(1));
      await remove("apps/v1", "Deployment", "bygone", "Background");
      expect(await get("apps/v1", "Deployment", "bygone")).toBeUndefined();
      await log.until(({ pods }) => pods.size === 0);
      await until(
        () => list("apps/v1", "ReplicaSet", "app=bygone"),
        (sets) => sets.length === 0,
      );
    });
  });

  test("deleting in the foreground keeps the owner until the dependents are gone", async () => {
    await withPods(workload("Deployment", namespace, "fore"), async (log) => {
      await log.until(runs(1));
      const states = await statesOf("apps/v1", "Deployment", "fore", namespace);
      await remove("apps/v1", "Deployment", "fore", "Foreground");
      await until(() => get("apps/v1", "Deployment", "fore"), isGone);
      const marked = states.find(({ metadata }) => metadata.deletionTimestamp !== undefined);
      expect(marked?.metadata.finalizers).toEqual(["foregroundDeletion"]);
      expect(await list("apps/v1", "ReplicaSet", "app=fore")).toEqual([]);
      expect(await list("v1", "Pod", "app=fore")).toEqual([]);
    });
  });

  test("deleting with orphans leaves the dependents, without owner", async () => {
    await withPods(workload("Deployment", namespace, "orphan"), async (log) => {
      await log.until(runs(1));
      await remove("apps/v1", "Deployment", "orphan", "Orphan");
      await until(() => get("apps/v1", "Deployment", "orphan"), isGone);
      const [set] = await until(
        () => list("apps/v1", "ReplicaSet", "app=orphan"),
        ([each]) => !each?.metadata.ownerReferences?.length,
      );
      expect(set?.metadata.deletionTimestamp).toBeUndefined();
      expect(readyCount(log)).toBe(1);
      await remove("apps/v1", "ReplicaSet", set?.metadata.name ?? "");
    });
  });

  test("any object goes with its owner, and stays while one of two owners does", async () => {
    const config = (name: string, ...owners: KubeObject[]): KubeObject => ({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: {
        name,
        namespace,
        ownerReferences: owners.map(({ apiVersion, kind, metadata }) => ({
          apiVersion,
          kind,
          name: metadata.name,
          uid: metadata.uid ?? "",
        })),
      },
    });
    const one = await cluster.create(config("owner-one"));
    const two = await cluster.create(config("owner-two"));
    await cluster.create(config("child-of-one", one));
    await cluster.create(config("child-of-both", one, two));
    await remove("v1", "ConfigMap", "owner-one");
    await until(() => get("v1", "ConfigMap", "child-of-one"), isGone);
    await until(
      () => get("v1", "ConfigMap", "child-of-both"),
      (child) => child?.metadata.ownerReferences?.length === 1,
    );
    await remove("v1", "ConfigMap", "owner-two");
    await until(() => get("v1", "ConfigMap", "child-of-both"), isGone);
  });

  test("endpoints follow readiness, or do not wait for it when asked", async () => {
    const service = (name: string, spec: Record<string, unknown>): KubeObject => ({
      apiVersion: "v1",
      kind: "Service",
      metadata: { name, namespace },
      spec: {
        selector: { app: "backend" },
        ports: [{ name: "sql", port: 3306, targetPort: 3307, protocol: "TCP" }],
        ...spec,
      },
    });
    await cluster.create(service("ready-only", {}));
    await cluster.create(
      service("all-pods", { clusterIP: "None", publishNotReadyAddresses: true }),
    );
    const states = {
      ready: await statesOf("v1", "Endpoints", "ready-only", namespace),
      all: await statesOf("v1", "Endpoints", "all-pods", namespace),
    };
    const pod = {
      containers: [
        {
          ...container,
          readinessProbe: { exec: { command: ["true"] }, initialDelaySeconds: 3 },
        },
      ],
    };
    const set = workload("StatefulSet", namespace, "backend", { serviceName: "all-pods" }, pod);
    await withPods(set, async (log) => {
      await log.until(runs(1));
      const ip = statusOf(log.pods.get("backend-0")).podIP;
      const ready = `ready ${ip} backend-0 sql:3307`;
      const read = async (name: string): Promise<string> => {
        const endpoints = await get("v1", "Endpoints", name);
        return endpoints === undefined ? "" : subsetText(endpoints);
      };
      await until(
        () => read("ready-only"),
        (text) => text === ready,
      );
      expect(states.ready.map(subsetText)).toContain(`unready ${ip} backend-0 sql:3307`);
      expect(states.all.map(subsetText).filter((line) => line.includes("unready"))).toEqual([]);
      const addresses = (await get("v1", "Endpoints", "all-pods")) as {
        subsets?: { addresses?: { hostname?: string }[] }[];
      };
      expect(addresses.subsets?.[0]?.addresses?.[0]?.hostname).toBe("backend-0");
      await patch("StatefulSet", "backend", { spec: { replicas: 0 } });
      await until(
        () => read("ready-only"),
        (text) => text === "",
      );
    });
  });

  test("a pod waits for the ConfigMap that it mounts", async () => {
    const set = workload(
      "StatefulSet",
      namespace,
      "mounts",
      {},
      {
        containers: [{ ...container, volumeMounts: [{ name: "config", mountPath: "/config" }] }],
        volumes: [
          { name: "config", configMap: { name: "late-config" } },
          // Nobody mounts this one, so nobody misses it.
          { name: "idle", configMap: { name: "never-there" } },
        ],
      },
    );
    await withPods(set, async (log) => {
      const about = `involvedObject.kind=Pod,involvedObject.name=mounts-0`;
      const query = { apiVersion: "v1", kind: "Event", namespace, fieldSelector: about };
      const absent =
        'MountVolume.SetUp failed for volume "config" : configmap "late-config" not found';
      const events = await until(
        () => cluster.list(query),
        ({ items }) => items.some(({ message }) => message === absent),
      );
      const event = events.items.find(({ message }) => message === absent);
      expect(event).toMatchObject({ reason: "FailedMount", type: "Warning" });
      await log.until(({ pods }) => {
        const state = statusOf(pods.get("mounts-0")).containerStatuses?.[0]?.state;
        return state?.waiting?.reason === "ContainerCreating";
      });
      await cluster.create({
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: "late-config", namespace },
      });
      await log.until(runs(1));
    });
  });

  test("a pod waits for the ConfigMap that its environment comes from", async () => {
    const set = workload(
      "StatefulSet",
      namespace,
      "reads",
      {},
      {
        containers: [{ ...container, envFrom: [{ configMapRef: { name: "late-settings" } }] }],
      },
    );
    await withPods(set, async (log) => {
      await log.until(({ pods }) => {
        const state = statusOf(pods.get("reads-0")).containerStatuses?.[0]?.state;
        return state?.waiting?.reason === "CreateContainerConfigError";
      });
      const state = statusOf(log.pods.get("reads-0")).containerStatuses[0].state;
      expect(state.waiting.message).toBe('configmap "late-settings" not found');
      await cluster.create({
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: "late-settings", namespace },
      });
      await log.until(runs(1));
    });
  });

  test("a pod waits for the claim that it uses", async () => {
    const set = workload(
      "StatefulSet",
      namespace,
      "claims",
      {},
      {
        volumes: [{ name: "data", persistentVolumeClaim: { claimName: "late-claim" } }],
      },
    );
    await withPods(set, async (log) => {
      await log.until(
        ({ pods }) => conditions(pods.get("claims-0")).PodScheduled === "False Unschedulable",
      );
      const pod = log.pods.get("claims-0");
      expect(statusOf(pod)).toMatchObject({ phase: "Pending" });
      expect(statusOf(pod).conditions[0].message).toContain(
        'persistentvolumeclaim "late-claim" not found',
      );
      const { spec } = claimTemplate("") as { spec: unknown };
      await cluster.create({
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        metadata: { name: "late-claim", namespace },
        spec,
      });
      await log.until(runs(1));
      await remove("v1", "PersistentVolumeClaim", "late-claim");
      // It is in use: it stays until the pod is gone.
      const held = await get("v1", "PersistentVolumeClaim", "late-claim");
      expect(held?.metadata.finalizers).toEqual(["kubernetes.io/pvc-protection"]);
      await remove("apps/v1", "StatefulSet", "claims");
      await until(() => get("v1", "PersistentVolumeClaim", "late-claim"), isGone);
    });
  });

  test("a pod that fits no node says why", async () => {
    const set = workload(
      "StatefulSet",
      namespace,
      "nowhere",
      {},
      {
        nodeSelector: { disk: "quantum" },
      },
    );
    await withPods(set, async (log) => {
      await log.until(
        ({ pods }) => conditions(pods.get("nowhere-0")).PodScheduled === "False Unschedulable",
      );
      expect(statusOf(log.pods.get("nowhere-0")).conditions[0].message).toMatch(
        /^0\/3 nodes are available: 3 node\(s\) didn't match /,
      );
    });
  });

  test("members that may not share a node spread, as far as there are nodes", async () => {
    const affinity = {
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          {
            topologyKey: "kubernetes.io/hostname",
            labelSelector: { matchLabels: { app: "spread" } },
          },
        ],
      },
    };
    const set = workload("StatefulSet", namespace, "spread", { replicas: 4 }, { affinity });
    await withPods(set, async (log) => {
      await log.until(
        ({ pods }) => conditions(pods.get("spread-3")).PodScheduled === "False Unschedulable",
      );
      const nodes = [0, 1, 2].map((n) => specOf(log.pods.get(`spread-${n}`)).nodeName);
      expect(new Set(nodes).size).toBe(3);
      expect(statusOf(log.pods.get("spread-3")).conditions[0].message).toContain(
        "didn't match pod anti-affinity rules",
      );
    });
  });

  test("init containers run first", async () => {
    const set = workload(
      "StatefulSet",
      namespace,
      "prepared",
      {},
      {
        initContainers: [{ name: "prepare", image: "busybox:1.28", command: ["true"] }],
      },
    );
    await withPods(set, async (log) => {
      await log.until(runs(1));
      const { initContainerStatuses, containerStatuses } = statusOf(log.pods.get("prepared-0"));
      expect(initContainerStatuses[0]).toMatchObject({
        name: "prepare",
        ready: true,
        state: { terminated: { exitCode: 0, reason: "Completed" } },
      });
      expect(containerStatuses[0]).toMatchObject({
        name: "main",
        ready: true,
        restartCount: 0,
        started: true,
        state: { running: { startedAt: expect.any(String) } },
      });
      expect(conditions(log.pods.get("prepared-0"))).toMatchObject({
        Initialized: "True ",
        Ready: "True ",
        ContainersReady: "True ",
        PodScheduled: "True ",
      });
    });
  });

  test("a budget counts the pods that it guards", async () => {
    const { items } = await cluster
      .list({ apiVersion: "policy/v1", kind: "PodDisruptionBudget", namespace })
      .catch(() => ({ items: undefined }));
    const apiVersion = items === undefined ? "policy/v1beta1" : "policy/v1";
    await withPods(workload("StatefulSet", namespace, "guarded", { replicas: 2 }), async (log) => {
      await cluster.create({
        apiVersion,
        kind: "PodDisruptionBudget",
        metadata: { name: "guard", namespace },
        spec: { maxUnavailable: 1, selector: { matchLabels: { app: "guarded" } } },
      });
      await log.until(runs(2));
      const settled = await until(
        () => get(apiVersion, "PodDisruptionBudget", "guard"),
        (now) => statusOf(now).currentHealthy === 2,
      );
      expect(statusOf(settled)).toMatchObject({
        observedGeneration: 1,
        expectedPods: 2,
        desiredHealthy: 1,
        disruptionsAllowed: 1,
      });
    });
  });

  test("a namespace begins with its account and ends with all that is in it", async () => {
    const name = `${namespace}-brief`;
    await cluster.create({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
    const inside =
      (apiVersion: string, kind: string, each: string) => (): Promise<KubeObject | undefined> =>
        cluster.get({ apiVersion, kind, namespace: name, name: each });
    await until(inside("v1", "ServiceAccount", "default"), isThere);
    const root = await until(inside("v1", "ConfigMap", "kube-root-ca.crt"), isThere);
    expect(Object.keys((root as { data?: object }).data ?? {})).toEqual(["ca.crt"]);
    await cluster.create(workload("Deployment", name, "inhabitant"));
    const log = followPods(cluster, name, "app=inhabitant");
    await log.until(runs(1));
    const states = await statesOf("v1", "Namespace", name);
    await cluster.delete({ apiVersion: "v1", kind: "Namespace", name });
    await until(() => cluster.get({ apiVersion: "v1", kind: "Namespace", name }), isGone);
    log.stop();
    const going = states.find(({ metadata }) => metadata.deletionTimestamp !== undefined);
    expect(statusOf(going).phase).toBe("Terminating");
    expect(await inside("apps/v1", "Deployment", "inhabitant")()).toBeUndefined();
  });

  test("a claim binds when a pod first uses it, where its class says so", async () => {
    const standard = await cluster.get({
      apiVersion: "storage.k8s.io/v1",
      kind: "StorageClass",
      name: "standard",
    });
    const later = `${namespace}-later`;
    const { provisioner } = standard as unknown as { provisioner: string };
    await cluster.create({
      apiVersion: "storage.k8s.io/v1",
      kind: "StorageClass",
      metadata: { name: later },
      provisioner,
      volumeBindingMode: "WaitForFirstConsumer",
    });
    try {
      const { spec } = claimTemplate("", later) as { spec: unknown };
      const claim = { apiVersion: "v1", kind: "PersistentVolumeClaim" };
      await cluster.create({ ...claim, metadata: { name: "patient", namespace }, spec });
      await cluster.create({
        ...claim,
        metadata: { name: "prompt", namespace },
        spec: (claimTemplate("") as { spec: unknown }).spec,
      });
      await until(
        () => get("v1", "PersistentVolumeClaim", "prompt"),
        (one) => statusOf(one).phase === "Bound",
      );
      expect(statusOf(await get("v1", "PersistentVolumeClaim", "patient")).phase).toBe("Pending");
      const volumes = [{ name: "data", persistentVolumeClaim: { claimName: "patient" } }];
      await withPods(
        workload("StatefulSet", namespace, "consumer", {}, { volumes }),
        async (log) => {
          await log.until(runs(1));
          const bound = await get("v1", "PersistentVolumeClaim", "patient");
          expect(statusOf(bound)).toMatchObject({ phase: "Bound", capacity: { storage: "1Mi" } });
          const name = specOf(bound).volumeName ?? "";
          const volume = await cluster.get({ apiVersion: "v1", kind: "PersistentVolume", name });
          expect(statusOf(volume).phase).toBe("Bound");
          expect(volume?.spec).toMatchObject({ claimRef: { name: "patient", namespace } });
        },
      );
    } finally {
      await cluster.delete({
        apiVersion: "storage.k8s.io/v1",
        kind: "StorageClass",
        name: later,
      });
    }
  });
});

function names(log: PodLog): string[] {
  return [...log.pods.keys()].sort();
}

function isKept({ metadata }: KubeObject): boolean {
  return metadata.deletionTimestamp === undefined;
}

/** Conditions as `type: "status reason"`. */
function conditions(object: KubeObject | undefined): Record<string, string> {
  const listed = (statusOf(object).conditions ?? []) as {
    type: string;
    status: string;
    reason?: string;
  }[];
  return Object.fromEntries(
    listed.map(({ type, status, reason }) => [type, `${status} ${reason ?? ""}`]),
  );
}

/** `ready 10.0.0.1 a-0 sql:3307` for an Endpoints of one address; empty without addresses. */
function subsetText(endpoints: KubeObject): string {
  type Address = { ip: string; targetRef?: { name?: string } };
  const { subsets = [] } = endpoints as {
    subsets?: {
      addresses?: Address[];
      notReadyAddresses?: Address[];
      ports?: { name?: string; port: number }[];
    }[];
  };
  return subsets
    .flatMap(({ addresses = [], notReadyAddresses = [], ports = [] }) => {
      const tail = ports.map(({ name, port }) => `${name}:${port}`).join(",");
      const text = (word: string) => (one: Address) =>
        `${word} ${one.ip} ${one.targetRef?.name} ${tail}`;
      return [...addresses.map(text("ready")), ...notReadyAddresses.map(text("unready"))];
    })
    .join(" ");
}
