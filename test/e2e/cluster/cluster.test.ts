import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Connection, connect } from "../../../src/cluster/kube.ts";
import type { Cluster, WatchEvent } from "../../../src/model/cluster.ts";
import type { KubeObject, ObjectRef } from "../../../src/model/kube-object.ts";

/** Runs against the cluster that KUBECONFIG names; in a namespace of its own. */
const configured = (process.env.KUBECONFIG ?? "") !== "";
const namespace = `kp-cluster-${process.pid}`;
let connection: Connection;
let cluster: Cluster;

const ref = (kind: string, name: string, apiVersion = "v1"): ObjectRef => ({
  apiVersion,
  kind,
  name,
  namespace,
});
const configMap = (name: string, data: Record<string, string>, more: object = {}): KubeObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, namespace, ...more },
  data,
});

describe.runIf(configured)("a real cluster", () => {
  beforeAll(async () => {
    connection = await connect({ env: process.env, version: "0.0.0" });
    cluster = connection.cluster;
    await cluster.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
  });
  afterAll(async () => {
    await cluster.delete({ apiVersion: "v1", kind: "Namespace", name: namespace });
    cluster.close();
  });

  test("create, get, list, replace, patch, delete", async () => {
    const made = await cluster.create(configMap("crud", { x: "1" }));
    await expect(cluster.create(configMap("crud", {}))).rejects.toMatchObject({
      kind: "already-exists",
      uncertain: false,
    });
    expect(await cluster.get(ref("ConfigMap", "crud"))).toEqual(made);
    expect(await cluster.get(ref("ConfigMap", "none"))).toBeUndefined();
    const list = await cluster.list({
      apiVersion: "v1",
      kind: "ConfigMap",
      namespace,
      name: "crud",
    });
    expect(list.items).toEqual([made]);
    const replaced = await cluster.replace({ ...made, data: { x: "2" } });
    expect(replaced.data).toEqual({ x: "2" });
    await expect(cluster.replace({ ...made, data: { x: "3" } })).rejects.toMatchObject({
      kind: "conflict",
      conflicts: [],
    });
    expect(
      (await cluster.patch(ref("ConfigMap", "crud"), { data: { x: null, y: "4" } })).data,
    ).toEqual({ y: "4" });
    await expect(cluster.delete(ref("ConfigMap", "crud"), { uid: "other" })).rejects.toMatchObject({
      kind: "conflict",
    });
    expect(await cluster.delete(ref("ConfigMap", "crud"), { uid: made.metadata.uid ?? "" })).toBe(
      true,
    );
    expect(await cluster.delete(ref("ConfigMap", "crud"))).toBe(false);
  });

  test("what left the template leaves an object that was created by POST, after patches too", async () => {
    await cluster.create(configMap("owned", { x: "1", y: "2", z: "3" }, { labels: { a: "b" } }));
    const preview = await cluster.apply(configMap("owned", { x: "5", z: "3" }), { dryRun: true });
    expect(preview.data).toEqual({ x: "5", z: "3" });
    const live = await cluster.get(ref("ConfigMap", "owned"));
    expect(live?.data).toEqual({ x: "1", y: "2", z: "3" });
    const applied = await cluster.apply(
      configMap("owned", { x: "5", z: "3" }),
      live === undefined ? {} : { live },
    );
    expect(applied.data).toEqual({ x: "5", z: "3" });
    expect(applied.metadata.labels).toBeUndefined();
    await cluster.patch(ref("ConfigMap", "owned"), {
      metadata: { annotations: { "kplan.dev/token": "7" } },
      data: { z: "9" },
    });
    const again = await cluster.apply(configMap("owned", { x: "5" }));
    expect(again.data).toEqual({ x: "5" });
    expect(again.metadata.annotations).toEqual({ "kplan.dev/token": "7" });
  });

  test("an apply holds the uid and the version it was given, and makes no new object", async () => {
    const made = await cluster.create(configMap("fenced", { x: "1" }));
    const { uid, resourceVersion } = made.metadata;
    await cluster.patch(ref("ConfigMap", "fenced"), { data: { y: "1" } });
    const stale = configMap("fenced", { x: "2" }, { uid, resourceVersion });
    await expect(cluster.apply(stale)).rejects.toMatchObject({ kind: "conflict", conflicts: [] });
    await expect(cluster.apply(stale, { live: made })).rejects.toMatchObject({
      kind: "conflict",
      conflicts: [],
    });
    const other = configMap("fenced", { x: "2" }, { uid: "00000000-0000-0000-0000-000000000000" });
    await expect(cluster.apply(other)).rejects.toMatchObject({ kind: "conflict" });
    await expect(cluster.apply(configMap("absent", {}))).rejects.toMatchObject({
      kind: "not-found",
    });
    const owned = await cluster.apply(configMap("fenced", { x: "2" }));
    await cluster.delete(ref("ConfigMap", "fenced"));
    for (const live of [made, owned])
      await expect(cluster.apply(configMap("fenced", { x: "3" }), { live })).rejects.toMatchObject({
        kind: "not-found",
      });
    expect(await cluster.get(ref("ConfigMap", "fenced"))).toBeUndefined();
  });

  test("fields of others are told by manager and field, and taken only when asked", async () => {
    await cluster.create(configMap("shared", { x: "1" }));
    await cluster.apply(configMap("shared", { x: "1" }));
    const made = await cluster.get(ref("ConfigMap", "shared"));
    const others = (made?.metadata.managedFields ?? []).map((entry) => ({
      ...entry,
      manager: "helm",
    }));
    await cluster.replace({
      ...configMap("shared", { x: "1" }),
      metadata: { ...made?.metadata, name: "shared", managedFields: others },
    });
    const mine = configMap("shared", { x: "2" });
    await expect(cluster.apply(mine)).rejects.toMatchObject({
      kind: "conflict",
      message: "helm owns .data.x of ConfigMap shared",
      conflicts: [{ manager: "helm", field: ".data.x" }],
    });
    expect((await cluster.apply(mine, { force: true })).data).toEqual({ x: "2" });
  });

  test("ports without a protocol, and defaulted fields, do no harm to an apply", async () => {
    const service = (ports: object[]): KubeObject => ({
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "ports", namespace },
      spec: { ports, selector: { a: "b" } },
    });
    await cluster.create(
      service([
        { port: 80, name: "a" },
        { port: 81, name: "b" },
      ]),
    );
    const applied = await cluster.apply(service([{ port: 80, name: "a" }]));
    expect(applied.spec).toMatchObject({
      ports: [{ port: 80, name: "a", protocol: "TCP", targetPort: 80 }],
      type: "ClusterIP",
    });
    expect((applied.spec as { clusterIP?: string }).clusterIP).toMatch(/\d/);
    const set: KubeObject = {
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata: { name: "set", namespace },
      spec: {
        replicas: 0,
        serviceName: "ports",
        selector: { matchLabels: { a: "b" } },
        template: {
          metadata: { labels: { a: "b" } },
          spec: {
            containers: [{ name: "c", image: "busybox:1.28", ports: [{ containerPort: 1 }] }],
          },
        },
      },
    };
    const made = await cluster.create(set);
    const same = await cluster.apply(set);
    expect(same.metadata.generation).toBe(made.metadata.generation);
    expect(same.spec).toEqual(made.spec);
    const immutable = { ...set, spec: { ...(set.spec as object), serviceName: "other" } };
    await expect(cluster.apply(immutable, { dryRun: true })).rejects.toMatchObject({
      kind: "invalid",
      hint: expect.stringContaining("created anew") as string,
    });
  });

  test("an unknown field is invalid, whatever the server's code", async () => {
    await cluster.create(configMap("strict", {}));
    await expect(cluster.apply({ ...configMap("strict", {}), dada: {} })).rejects.toMatchObject({
      kind: "invalid",
      transient: false,
    });
  });

  test("a watch tells what happens, and ends with its signal", async () => {
    const controller = new AbortController();
    const seen: string[] = [];
    for await (const event of cluster.watch(
      { apiVersion: "v1", kind: "ConfigMap", namespace, name: "seen" },
      controller,
    )) {
      seen.push(word(event));
      if (event.type === "listed") await cluster.create(configMap("seen", { x: "1" }));
      if (event.type === "added")
        await cluster.patch(ref("ConfigMap", "seen"), { data: { x: "2" } });
      if (event.type === "modified") await cluster.delete(ref("ConfigMap", "seen"));
      if (event.type === "deleted") controller.abort();
    }
    expect(seen).toEqual(["listed", "added", "modified", "deleted"]);
  });

  test("what may not be done says what is missing", async () => {
    const bob = await connect({ env: process.env, version: "0.0.0", as: "bob" });
    await expect(
      bob.cluster.list({ apiVersion: "v1", kind: "Secret", namespace }),
    ).rejects.toMatchObject({
      kind: "forbidden",
      message: `user bob may not list secrets in namespace ${namespace}`,
    });
    expect(await bob.cluster.mayI("create", { apiVersion: "v1", kind: "Pod", namespace })).toBe(
      false,
    );
    expect(await cluster.mayI("create", { apiVersion: "v1", kind: "Pod", namespace })).toBe(true);
    bob.cluster.close();
  });

  test("kinds by discovery, capabilities, time", async () => {
    const { KubeVersion, APIVersions } = await cluster.capabilities();
    expect(KubeVersion.Major).toBe(1);
    const budgets = APIVersions.includes("policy/v1") ? "policy/v1" : "policy/v1beta1";
    expect(await cluster.resourceOf(budgets, "PodDisruptionBudget")).toMatchObject({
      plural: "poddisruptionbudgets",
    });
    await expect(cluster.resourceOf("policy/v0", "PodDisruptionBudget")).rejects.toMatchObject({
      kind: "not-served",
      message: expect.stringContaining(budgets) as string,
    });
    expect(Math.abs((await cluster.serverTime()) - Date.now())).toBeLessThan(60_000);
  });

  test("commands in a pod, and its log", { timeout: 120_000 }, async () => {
    const pod = ref("Pod", "shell");
    await cluster.create({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "shell", namespace },
      spec: {
        terminationGracePeriodSeconds: 0,
        containers: [
          { name: "c", image: "busybox:1.28", command: ["sh", "-c", "echo hello; sleep 1000"] },
        ],
      },
    });
    for await (const event of cluster.watch({ ...pod }, { signal: AbortSignal.timeout(100_000) })) {
      const now = event.type === "modified" ? (event.object.status as { phase?: string }) : {};
      if (now.phase === "Running") break;
    }
    const run = (...command: string[]): Promise<unknown> => cluster.exec(pod, { command });
    expect(await run("sh", "-c", "echo out; echo err >&2; exit 3")).toEqual({
      exitCode: 3,
      stdout: "out\n",
      stderr: "err\n",
    });
    expect(await cluster.exec(pod, { command: ["cat"], stdin: "héllo" })).toEqual({
      exitCode: 0,
      stdout: "héllo",
      stderr: "",
    });
    await expect(run("/nope")).rejects.toMatchObject({ kind: "other" });
    await expect(
      cluster.exec(pod, { command: ["sleep", "60"], deadline: 500 }),
    ).rejects.toMatchObject({ kind: "timeout" });
    await expect(cluster.exec({ ...pod, name: "none" }, { command: ["ls"] })).rejects.toMatchObject(
      { kind: "not-found" },
    );
    expect(await cluster.logs(pod, { container: "c", tailLines: 5 })).toBe("hello\n");
    await cluster.delete(pod);
  });
});

function word(event: WatchEvent): string {
  return event.type;
}
