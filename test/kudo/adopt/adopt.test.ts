import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type EmbeddedServer, startServer } from "../../../src/embedded/start-server.ts";
import type { KubeObject } from "../../../src/model/kube-object.ts";
import { type Api, eventually, openApi } from "../../support/api.ts";
import { type CliResult, cli } from "../../support/cli.ts";
import { collectionOf, type KudosInstance, leaveAsKudo } from "../../support/kudos-hand.ts";
import { packageFolder } from "../../support/package-folder.ts";
import { SHOP, SHOP_NEXT } from "./shop.ts";

// Instances that KUDO left behind go on under kplan, and no pod restarts that KUDO would not have restarted (compat sections 4.4 and 7.5).

let server: EmbeddedServer;
let api: Api;
let home: string;
let count = 0;
let namespace = "";

beforeAll(async () => {
  server = await startServer({ speed: 1000 });
  api = openApi(server.kubeconfig());
  home = mkdtempSync(join(tmpdir(), "kplan-home-"));
  writeFileSync(join(home, "kubeconfig"), server.kubeconfig());
  await kplan(["init"]);
});
beforeEach(async () => {
  namespace = `adopt-${++count}`;
  const metadata = { name: namespace };
  await api.post("/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata });
});
afterAll(async () => {
  api.close();
  await server.close();
});

test("an instance is taken over, updated and upgraded; pods restart just where KUDO would have restarted them", async () => {
  const uid = await left({ finalizer: true });
  const before = await pods(3);
  const versions = await versionsOf();

  const refused = await kplan("update -p COUNT=3");
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringMatching(/kplan adopt db/)]);

  const would = await kplan("adopt db --dry-run");
  expect([would.code, would.stdout]).toEqual([
    10,
    expect.stringMatching(/would be taken over with 9 objects[\s\S]*deploy COMPLETE/),
  ]);
  expect(await versionsOf()).toEqual(versions);

  const { stdout } = await succeed("adopt db -o json");
  expect(JSON.parse(stdout)).toMatchObject({
    state: "adopted",
    operatorVersion: "shop-5.7-0.1.0",
    finalizerRemoved: true,
    notes: [],
    objects: expect.arrayContaining([
      {
        ref: {
          apiVersion: "apps/v1",
          kind: "StatefulSet",
          namespace,
          name: "db-db",
        },
        path: { plan: "deploy", phase: "main", step: "set", task: "set" },
      },
    ]),
  });
  expect(await versionsOf()).toEqual(versions);
  const instance = await get("Instance", "db");
  expect(instance?.metadata).toMatchObject({ uid });
  expect(instance?.metadata.finalizers).toBeUndefined();
  expect((await succeed("adopt db")).stdout).toMatch(/is kplan's already/);
  expect((await succeed("plan history")).stdout).toMatch(/adopt/);
  expect((await succeed("drift")).stdout).toMatch(/9 objects as applied/);

  // A scale adds a pod and restarts none.
  await succeed("update -p COUNT=3");
  expect(await pods(4)).toEqual({ ...before, ...(await pods(4, "db-db-2")) });

  // The whole of deploy again: what has changed is a ConfigMap of the Deployment.
  await annotate("StatefulSet", "db-db", "by", "hand");
  await succeed("update -p LABELS={c:d}");
  const again = await pods(4);
  expect(again).toMatchObject(before);
  const set = await get("StatefulSet", "db-db");
  expect(set?.metadata.annotations).toMatchObject({ by: "hand" });
  expect(set?.metadata.annotations).not.toHaveProperty("kudo.dev/last-applied-configuration");
  expect(set?.metadata.managedFields?.map(({ manager }) => manager)).not.toContain("manager");

  // What COLOR is for restarts both: their ConfigMaps are others.
  await succeed("update -p COLOR=blue");
  expect(shared(again, await pods(4))).toEqual([]);

  // The next version restarts all, and what its templates do not say any more is gone.
  const seen = await pods(4);
  await succeed(`upgrade ${packageFolder(SHOP_NEXT)} --instance db`);
  expect(shared(seen, await pods(4))).toEqual([]);
  expect((await get("ConfigMap", "db-config"))?.data).toEqual({ color: "blue" });
  const { containers } = podSpecOf(await get("Deployment", "db-web"));
  expect(containers.map(({ name, env }) => [name, env])).toEqual([
    ["web", [{ name: "COLOR", value: "fixed" }]],
  ]);

  await succeed("uninstall --instance db");
  expect(await get("StatefulSet", "db-db")).toBeUndefined();
  expect(await get("Instance", "db")).toBeUndefined();
  expect(await get("PersistentVolumeClaim", "db-backup")).toBeDefined();
});

test("what KUDO applied and the package says no more leaves the object with the first apply; the rest of it stays", async () => {
  await left();
  await annotate("ConfigMap", "db-config", "by", "hand");
  await succeed("adopt db");
  await succeed(`upgrade ${packageFolder(SHOP_NEXT)}`);
  const config = await get("ConfigMap", "db-config");
  expect(config?.data).toEqual({ color: "red" });
  expect(config?.metadata.annotations).toMatchObject({ by: "hand" });
  expect(podSpecOf(await get("Deployment", "db-web")).containers).toHaveLength(1);
});

test("objects of a server that kept no managedFields are taken over all the same", async () => {
  await left();
  for (const [kind, name] of [
    ["ConfigMap", "db-config"],
    ["Deployment", "db-web"],
  ] as const)
    await api.patch(pathOf(kind, name), "merge-patch", { metadata: { managedFields: [{}] } });
  expect((await get("Deployment", "db-web"))?.metadata.managedFields).toBeUndefined();
  await succeed("adopt db");
  await succeed(`upgrade ${packageFolder(SHOP_NEXT)}`);
  expect((await get("ConfigMap", "db-config"))?.data).toEqual({ color: "red" });
  expect(podSpecOf(await get("Deployment", "db-web")).containers).toHaveLength(1);
});

describe("what KUDO did not finish", () => {
  test("of deploy goes on where it stopped", async () => {
    await left({ status: "ERROR", only: ({ kind }) => kind !== "Deployment" });
    const would = await kplan("adopt db --dry-run");
    expect(would.stdout).toMatch(/unfinished: KUDO left deploy IN_PROGRESS.*kplan plan resume/);
    await succeed("adopt db");
    expect((await kplan("plan status")).stdout).toMatch(/IN_PROGRESS|interrupted/);
    const before = await pods(2);
    await succeed("plan resume --instance db");
    expect(await get("Deployment", "db-web")).toBeDefined();
    expect(await pods(3)).toMatchObject(before);
    expect(await statusOf("deploy")).toBe("COMPLETE");
  });

  test("of another plan goes on with the next update, or resumed", async () => {
    await left({
      plans: ["deploy", "scale"],
      status: "IN_PROGRESS",
      parameters: { COUNT: "3" },
      only: (object) =>
        object.kind !== "StatefulSet" ||
        object.metadata.annotations?.["kudo.dev/plan"] === "deploy",
    });
    await succeed("adopt db");
    expect(await statusOf("scale")).toBe("IN_PROGRESS");
    await succeed("update");
    expect(await statusOf("scale")).toBe("COMPLETE");
    expect((await get("Instance", "db"))?.spec).not.toHaveProperty("planExecution.planName");
  });

  test("and failed is tried again", async () => {
    await left({ plans: ["deploy", "backup"], status: "FATAL_ERROR", only: notes(false) });
    const { stdout } = await succeed("adopt db");
    expect(stdout).toMatch(/KUDO left backup FATAL_ERROR; `kplan plan retry --instance db/);
    await succeed("plan retry --instance db");
    expect(await get("ConfigMap", "db-note-backup")).toBeDefined();
    expect(await statusOf("backup")).toBe("COMPLETE");
  });
});

test("an instance that is being deleted keeps KUDO's finalizer until uninstall has run cleanup", async () => {
  await left({ finalizer: true });
  await api.delete(pathOf("Instance", "db"));
  const { stdout } = await succeed("adopt db");
  expect(stdout).toMatch(/is being deleted: `kplan uninstall/);
  expect((await get("Instance", "db"))?.metadata.finalizers).toHaveLength(1);
  await succeed("uninstall --instance db");
  expect(await get("Instance", "db")).toBeUndefined();
});

test("beside a living KUDO nothing is adopted, and a dead one's webhook is in the way", async () => {
  await left();
  const manager = await kudosManager(1);
  const beside = await kplan("adopt db");
  expect([beside.code, beside.stderr]).toEqual([1, expect.stringMatching(/controller runs/)]);
  await api.delete(manager);
  await api.post("/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations", {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "MutatingWebhookConfiguration",
    metadata: { name: "kudo-manager-instance-admission-webhook-config" },
    webhooks: [],
  });
  const dead = await kplan("adopt db");
  expect([dead.code, dead.stderr]).toEqual([1, expect.stringMatching(/init --migrate/)]);

  const dry = await kplan(["init", "--migrate", "--dry-run", "-o", "yaml"]);
  expect([dry.code, dry.stdout]).toEqual([10, expect.stringMatching(/state: would-adopt/)]);
  const migrated = await kplan(["init", "--migrate", "--remove-controller"]);
  expect(migrated.code, migrated.stdout + migrated.stderr).toBe(0);
  expect(migrated.stdout).toMatch(/db .*is taken over[\s\S]*webhook-config removed/);
  expect((await succeed("adopt db")).stdout).toMatch(/is kplan's already/);
  expect((await kplan(["init", "--migrate"])).stdout).toMatch(/0 instances taken over/);
});

test("what cannot be adopted is said, and keeps no other from it", async () => {
  await left();
  await api.post(`/apis/kudo.dev/v1beta1/namespaces/${namespace}/instances`, {
    apiVersion: "kudo.dev/v1beta1",
    kind: "Instance",
    metadata: { name: "lost", namespace },
    spec: { operatorVersion: { name: "gone-1.0" } },
  });
  expect(await kplan("adopt lost")).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/OperatorVersion .*gone-1.0, which is not there/),
  });
  expect(await kplan("adopt nobody")).toMatchObject({ code: 2 });
  const migrated = await kplan("init --migrate");
  expect(migrated.code).toBe(1);
  expect(migrated.stdout).toMatch(/not taken over: .*lost[\s\S]*1 instance taken over, 1 not/);
});

async function left(more: Partial<KudosInstance> = {}): Promise<string> {
  return await leaveAsKudo(api, { namespace, name: "db", files: SHOP, ...more });
}

const notes =
  (wanted: boolean) =>
  ({ metadata }: KubeObject): boolean =>
    metadata.name.includes("-note-") === wanted;

async function kplan(line: string | readonly string[]): Promise<CliResult> {
  const words = typeof line === "string" ? [...line.split(" "), "-n", namespace] : line;
  return await cli(words, { home, env: { KUBECONFIG: join(home, "kubeconfig") } });
}

async function succeed(line: string): Promise<CliResult> {
  const result = await kplan(line);
  expect(result, `${line}\n${result.stdout}${result.stderr}`).toMatchObject({ code: 0 });
  return result;
}

const API: Readonly<Record<string, string>> = {
  Instance: "kudo.dev/v1beta1",
  Deployment: "apps/v1",
  StatefulSet: "apps/v1",
  Job: "batch/v1",
};

function pathOf(kind: string, name: string): string {
  const apiVersion = API[kind] ?? "v1";
  return `${collectionOf({ apiVersion, kind, metadata: { name, namespace } })}/${name}`;
}

async function get(kind: string, name: string): Promise<KubeObject | undefined> {
  const { status, body } = await api.get(pathOf(kind, name));
  return status === 404 ? undefined : body;
}

async function annotate(kind: string, name: string, key: string, value: string): Promise<void> {
  const metadata = { annotations: { [key]: value } };
  await api.patch(`${pathOf(kind, name)}?fieldManager=kubectl-edit`, "merge-patch", { metadata });
}

/** uids of the pods of workloads, by name or, of a Deployment, by its name; so many must be ready. */
async function pods(ready: number, only?: string): Promise<Record<string, string>> {
  const { body } = await eventually(
    () => api.get(`/api/v1/namespaces/${namespace}/pods`),
    ({ body: list }) => running(list.items).length === ready,
  );
  return Object.fromEntries(
    running(body.items).flatMap(({ metadata }) => {
      const name = metadata.name.startsWith("db-web") ? "db-web" : metadata.name;
      return only === undefined || only === name ? [[name, metadata.uid ?? ""]] : [];
    }),
  );
}

function running(items: readonly KubeObject[]): readonly KubeObject[] {
  return items.filter(({ metadata, status }) => {
    const { conditions = [] } = (status ?? {}) as {
      conditions?: { type: string; status: string }[];
    };
    const isReady = conditions.some(({ type, status: is }) => type === "Ready" && is === "True");
    return isReady && metadata.deletionTimestamp === undefined;
  });
}

function shared(a: Record<string, string>, b: Record<string, string>): string[] {
  return Object.keys(a).filter((name) => a[name] === b[name]);
}

/** Versions of all that KUDO made, which an adoption does not touch. */
async function versionsOf(): Promise<Record<string, unknown>> {
  const kinds = ["ConfigMap", "Secret", "Service", "StatefulSet", "Deployment", "Job"];
  const lists = await Promise.all(
    kinds.map(async (kind) => {
      const apiVersion = API[kind] ?? "v1";
      const path = collectionOf({ apiVersion, kind, metadata: { name: "", namespace } });
      const { body } = await api.get(`${path}?labelSelector=heritage%3Dkudo`);
      return (body.items as KubeObject[]).map(({ metadata }) => [
        `${kind} ${metadata.name}`,
        metadata.resourceVersion,
      ]);
    }),
  );
  return Object.fromEntries(lists.flat());
}

async function statusOf(plan: string): Promise<string | undefined> {
  const { status } = (await get("Instance", "db")) as {
    status?: { planStatus?: Record<string, { status: string }> };
  };
  return status?.planStatus?.[plan]?.status;
}

function podSpecOf(object: KubeObject | undefined): {
  readonly containers: readonly { readonly name: string; readonly env?: readonly unknown[] }[];
} {
  const spec = object?.spec as { template: { spec: never } } | undefined;
  return spec?.template.spec ?? { containers: [] };
}

async function kudosManager(readyReplicas: number): Promise<string> {
  const metadata = { name: "kudo-system" };
  await api.post("/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata });
  const path = "/apis/apps/v1/namespaces/kudo-system/deployments";
  await api.post(path, {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "kudo-controller-manager" },
    spec: {
      replicas: readyReplicas,
      selector: { matchLabels: { app: "kudo" } },
      template: {
        metadata: { labels: { app: "kudo" } },
        spec: { containers: [{ name: "manager", image: "kudo" }] },
      },
    },
  });
  await eventually(
    () => api.get(`${path}/kudo-controller-manager`),
    ({ body }) => body.status?.readyReplicas === readyReplicas,
  );
  return `${path}/kudo-controller-manager`;
}
