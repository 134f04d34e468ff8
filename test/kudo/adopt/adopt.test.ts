import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { KubeObject } from "../../../src/model/kube-object.ts";
import { type Api, eventually, openApi } from "../../support/api.ts";
import { packageFolder } from "../../support/package-folder.ts";
import { type InProcessTarget, serveInProcess } from "../../support/serve-in-process.ts";
import { SHOP, SHOP_NEXT } from "./shop.ts";
import { podSpecOf, type Site, siteAt } from "./site.ts";
import { oldObjectsStory, takeOverStory } from "./story.ts";

// Instances that KUDO left behind go on under kplan, and no pod restarts that KUDO would not have restarted (compat sections 4.4 and 7.5).

let server: InProcessTarget;
let api: Api;
let home: string;
let count = 0;
let namespace = "";
let site: Site;

beforeAll(async () => {
  server = await serveInProcess({ speed: 1000 });
  api = openApi(server.kubeconfig());
  home = mkdtempSync(join(tmpdir(), "kplan-home-"));
  writeFileSync(join(home, "kubeconfig"), server.kubeconfig());
  site = siteAt({ api, namespace: "default", home, kubeconfig: join(home, "kubeconfig") });
  await site.kplan(["init"]);
});
beforeEach(async () => {
  namespace = `adopt-${++count}`;
  const metadata = { name: namespace };
  await api.post("/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata });
  site = siteAt({ api, namespace, home, kubeconfig: join(home, "kubeconfig") });
});
afterAll(async () => {
  api.close();
  await server.close();
});

test("an instance is taken over, updated and upgraded; pods restart just where KUDO would have restarted them", () =>
  takeOverStory(site));

test("what KUDO applied and the package says no more leaves the object with the first apply; the rest of it stays", async () => {
  await site.left();
  await site.annotate("ConfigMap", "db-config", "by", "hand");
  await site.succeed("adopt db");
  await site.succeed(`upgrade ${packageFolder(SHOP_NEXT)}`);
  const config = await site.get("ConfigMap", "db-config");
  expect(config?.data).toEqual({ color: "red" });
  expect(config?.metadata.annotations).toMatchObject({ by: "hand" });
  expect(podSpecOf(await site.get("Deployment", "db-web")).containers).toHaveLength(1);
});

test("objects of a server that kept no managedFields are taken over all the same", () =>
  oldObjectsStory(site, async (kind, name) => {
    const metadata = { managedFields: [{}] };
    await api.patch(site.pathOf(kind, name), "merge-patch", { metadata });
  }));

describe("what KUDO did not finish", () => {
  test("of deploy goes on where it stopped", async () => {
    await site.left({ status: "ERROR", only: ({ kind }) => kind !== "Deployment" });
    const would = await site.kplan("adopt db --dry-run");
    expect(would.stdout).toMatch(/unfinished: KUDO left deploy IN_PROGRESS.*kplan plan resume/);
    await site.succeed("adopt db");
    expect((await site.kplan("plan status")).stdout).toMatch(/IN_PROGRESS|interrupted/);
    const before = await site.pods(2);
    await site.succeed("plan resume --instance db");
    expect(await site.get("Deployment", "db-web")).toBeDefined();
    expect(await site.pods(3)).toMatchObject(before);
    expect(await site.statusOf("deploy")).toBe("COMPLETE");
  });

  test("of another plan goes on with the next update, or resumed", async () => {
    await site.left({
      plans: ["deploy", "scale"],
      status: "IN_PROGRESS",
      parameters: { COUNT: "3" },
      only: (object) =>
        object.kind !== "StatefulSet" ||
        object.metadata.annotations?.["kudo.dev/plan"] === "deploy",
    });
    await site.succeed("adopt db");
    expect(await site.statusOf("scale")).toBe("IN_PROGRESS");
    await site.succeed("update");
    expect(await site.statusOf("scale")).toBe("COMPLETE");
    expect((await site.get("Instance", "db"))?.spec).not.toHaveProperty("planExecution.planName");
  });

  test("and failed is tried again", async () => {
    await site.left({ plans: ["deploy", "backup"], status: "FATAL_ERROR", only: notes(false) });
    const { stdout } = await site.succeed("adopt db");
    expect(stdout).toMatch(/KUDO left backup FATAL_ERROR; `kplan plan retry --instance db/);
    await site.succeed("plan retry --instance db");
    expect(await site.get("ConfigMap", "db-note-backup")).toBeDefined();
    expect(await site.statusOf("backup")).toBe("COMPLETE");
  });
});

test("an instance that is being deleted keeps KUDO's finalizer until uninstall has run cleanup", async () => {
  await site.left({ finalizer: true });
  await api.delete(site.pathOf("Instance", "db"));
  const { stdout } = await site.succeed("adopt db");
  expect(stdout).toMatch(/is being deleted: `kplan uninstall/);
  expect((await site.get("Instance", "db"))?.metadata.finalizers).toHaveLength(1);
  await site.succeed("uninstall --instance db");
  expect(await site.get("Instance", "db")).toBeUndefined();
});

test("two instances of an OperatorVersion in another namespace are taken over, each into its own", async () => {
  const home = `${site.namespace}-home`;
  const metadata = { name: home };
  await api.post("/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata });
  await site.left({ only: ({ kind }) => kind === "ConfigMap" });
  const kudos = "/apis/kudo.dev/v1beta1/namespaces";
  for (const [kind, name] of [
    ["operators", "shop"],
    ["operatorversions", "shop-5.7-0.1.0"],
  ] as const) {
    const { body } = await api.get(`${kudos}/${site.namespace}/${kind}/${name}`);
    await api.delete(`${kudos}/${site.namespace}/${kind}/${name}`);
    const { apiVersion, kind: word, spec } = body;
    await api.post(`${kudos}/${home}/${kind}`, {
      apiVersion,
      kind: word,
      metadata: { name },
      spec,
    });
  }
  const operatorVersion = { name: "shop-5.7-0.1.0", namespace: home };
  await api.patch(site.pathOf("Instance", "db"), "merge-patch", { spec: { operatorVersion } });
  await api.post(`${kudos}/${site.namespace}/instances`, {
    apiVersion: "kudo.dev/v1beta1",
    kind: "Instance",
    metadata: { name: "other", labels: { "kudo.dev/operator": "shop" } },
    spec: { operatorVersion },
  });

  await site.succeed("adopt db");
  expect((await site.get("Instance", "db"))?.spec).toMatchObject({
    operatorVersion: { name: "shop-5.7-0.1.0" },
  });
  await site.succeed("update --instance db -p COLOR=blue");
  expect((await site.get("ConfigMap", "db-web"))?.data).toEqual({ color: "blue" });
  // KUDO had made no more of this one than the Instance.
  expect((await site.succeed("adopt other")).stdout).toMatch(/with 0 objects\n {2}plans: none has/);
  await site.succeed("plan resume --instance other");
  expect((await site.get("ConfigMap", "other-web"))?.data).toEqual({ color: "red" });
});

test("readiness is told as it is right now, and a Job's completed pods have no say", async () => {
  await site.left();
  await site.pods(3);
  await site.succeed("adopt db");
  await site.succeed("plan status --ready");
  const image = {
    spec: { template: { spec: { containers: [{ name: "web", image: "gone:1" }] } } },
  };
  await api.patch(site.pathOf("Deployment", "db-web"), "strategic-merge-patch", {
    spec: { ...image.spec, paused: true },
  });
  const { code, stdout } = await site.kplan("plan status --ready -o json");
  expect(code).toBe(1);
  expect(JSON.parse(stdout).readiness).toMatchObject({
    ready: false,
    workloads: 2,
    waiting: [{ ref: { kind: "Deployment", name: "db-web" } }],
  });
});

test("beside a living KUDO nothing is adopted, and a dead one's webhook is in the way", async () => {
  await site.left();
  const manager = await kudosManager(1);
  const beside = await site.kplan("adopt db");
  expect([beside.code, beside.stderr]).toEqual([1, expect.stringMatching(/controller runs/)]);
  await api.delete(manager);
  await api.post("/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations", {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "MutatingWebhookConfiguration",
    metadata: { name: "kudo-manager-instance-admission-webhook-config" },
    webhooks: [],
  });
  const dead = await site.kplan("adopt db");
  expect([dead.code, dead.stderr]).toEqual([1, expect.stringMatching(/init --migrate/)]);

  const dry = await site.kplan(["init", "--migrate", "--dry-run", "-o", "yaml"]);
  expect([dry.code, dry.stdout]).toEqual([10, expect.stringMatching(/state: would-adopt/)]);
  const migrated = await site.kplan(["init", "--migrate", "--remove-controller"]);
  expect(migrated.code, migrated.stdout + migrated.stderr).toBe(0);
  expect(migrated.stdout).toMatch(/db .*is taken over[\s\S]*webhook-config removed/);
  expect((await site.succeed("adopt db")).stdout).toMatch(/is kplan's already/);
  expect((await site.kplan(["init", "--migrate"])).stdout).toMatch(/0 instances taken over/);
});

test("before it is adopted, no command changes or removes an instance", async () => {
  await site.left({ only: ({ kind }) => kind === "ConfigMap" });
  const folder = packageFolder(SHOP);
  for (const line of [
    "update",
    "plan trigger backup",
    "drift",
    "rollback",
    "uninstall",
    `upgrade ${folder}`,
    `install ${folder} --instance db --replace-version`,
  ])
    expect(await site.kplan(line), line).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/`kplan adopt db/),
    });
  expect(await site.get("ConfigMap", "db-config")).toBeDefined();
  // With its OperatorVersion gone nobody knows a cleanup plan.
  await api.delete(
    `/apis/kudo.dev/v1beta1/namespaces/${site.namespace}/operatorversions/shop-5.7-0.1.0`,
  );
  await site.succeed("uninstall --instance db");
  expect(await site.get("Instance", "db")).toBeUndefined();
});

test("what cannot be adopted is said, and keeps no other from it", async () => {
  await site.left();
  await api.post(`/apis/kudo.dev/v1beta1/namespaces/${namespace}/instances`, {
    apiVersion: "kudo.dev/v1beta1",
    kind: "Instance",
    metadata: { name: "lost", namespace },
    spec: { operatorVersion: { name: "gone-1.0" } },
  });
  expect(await site.kplan("adopt lost")).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/OperatorVersion .*gone-1.0, which is not there/),
  });
  expect(await site.kplan("adopt nobody")).toMatchObject({ code: 2 });
  const migrated = await site.kplan("init --migrate");
  expect(migrated.code).toBe(1);
  expect(migrated.stdout).toMatch(/not taken over: .*lost[\s\S]*1 instance taken over, 1 not/);
});

const notes =
  (wanted: boolean) =>
  ({ metadata }: KubeObject): boolean =>
    metadata.name.includes("-note-") === wanted;

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
