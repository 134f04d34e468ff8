import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import * as kplan from "../../src/index.ts";
import { packageFolder } from "../support/package-folder.ts";

// The library as a program uses it, on an embedded cluster of its own.

let server: kplan.EmbeddedServer;
let kubeconfig: string;
let source: string;

beforeAll(async () => {
  server = await kplan.startEmbedded({ speed: 1000 });
  kubeconfig = join(mkdtempSync(join(tmpdir(), "kplan-library-")), "kubeconfig");
  writeFileSync(kubeconfig, server.kubeconfig());
  source = packageFolder();
});
afterAll(() => server.close());

test("is small", () => {
  expect(Object.keys(kplan).length).toBeLessThanOrEqual(36);
});

test("stopped while the server is still asked what would happen, it says so and leaves nothing behind", async () => {
  const demo = await kplan.connect({ kubeconfig });
  const stop = new AbortController();
  const create: typeof demo.cluster.create = async (object, options) => {
    if (options?.dryRun === true) stop.abort();
    return await demo.cluster.create(object, options);
  };
  const stopping = { ...demo, stop: stop.signal, cluster: { ...demo.cluster, create } };
  try {
    await expect(kplan.install(stopping, { source, instance: "stopped" })).rejects.toMatchObject({
      kind: "interrupted",
      message: "stopped before anything was applied",
    });
    expect(await kplan.listInstalled(demo, "instances")).toEqual([]);
    const leases = { apiVersion: "coordination.k8s.io/v1", kind: "Lease" };
    const { items } = await demo.cluster.list({ ...leases, namespace: demo.namespace });
    expect(items).toEqual([]);
  } finally {
    demo.close();
  }
});

test("installs, updates, reports and uninstalls", async () => {
  const events: kplan.RunEvent[] = [];
  const demo = await kplan.connect({ kubeconfig, onEvent: (event) => events.push(event) });
  try {
    const values = kplan.valuesOf({ COUNT: 4, PORTS: [80, 443], PASSWORD: "hunter2xyz" });
    const installed = await kplan.install(demo, { source, values });
    expect(installed).toMatchObject({ kind: "ran", outcome: { result: "complete" } });
    expect(await kplan.install(demo, { source, values })).toMatchObject({ kind: "nothing-to-do" });

    const update = { values: kplan.valuesOf({ COLOR: "green" }, ["COUNT"]) };
    expect(await kplan.update(demo, { ...update, dryRun: true })).toMatchObject({
      kind: "preview",
      changes: true,
    });
    expect(await kplan.update(demo, update)).toMatchObject({ kind: "ran" });
    const config = await demo.cluster.get({
      apiVersion: "v1",
      kind: "ConfigMap",
      namespace: demo.namespace,
      name: "demo-instance-config",
    });
    expect(config?.data).toMatchObject({ count: "3", color: "green", ports: "[80,443]" });
    expect(
      kplan.computeHealth(config, { now: new Date(), limits: demo.limits, related: [] }),
    ).toEqual({ state: "ready" });

    expect(await kplan.planStatus(demo, {})).toMatchObject({ current: "deploy" });
    const runs = await kplan.planHistory(demo, {});
    expect(runs.map(({ kind, status }) => [kind, status])).toEqual([
      ["update", "COMPLETE"],
      ["install", "COMPLETE"],
    ]);
    expect(JSON.stringify([runs, events])).not.toContain("hunter2xyz");

    await kplan.uninstall(demo, { deleteClaims: true });
    expect(await kplan.listInstalled(demo, "instances")).toEqual([]);
    expect(events.filter(({ type }) => type === "run-finished")).toHaveLength(3);
  } finally {
    demo.close();
  }
});

test("says what a user can mend with its own error classes", async () => {
  const demo = await kplan.connect({ kubeconfig });
  const install = kplan.install(demo, { source, values: kplan.valuesOf({ CUONT: 4, COLOR: 5 }) });
  const error = await install.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(kplan.KplanError);
  if (error instanceof kplan.KplanError) {
    expect(error.kind).toBe("bad-input");
    expect(error.issues.map((issue) => kplan.formatIssue(issue)).join("\n")).toMatch(
      /CUONT.*did you mean "COUNT"[\s\S]*COLOR/,
    );
  }
  demo.close();
  const gone = await kplan.connect({ kubeconfig: dead(), requestTimeoutMs: 200 });
  await expect(gone.cluster.capabilities()).rejects.toThrow(kplan.ClusterError);
  gone.close();
});

test("reads, verifies and renders without a cluster", async () => {
  const { pkg, issues } = await kplan.readPackage(source);
  expect(kplan.hasErrors(issues)).toBe(false);
  expect(pkg && kplan.verifyPackage(pkg)).toEqual([]);
  const { tasks } = await kplan.renderPackage({
    source,
    values: kplan.valuesOf({ COUNT: 7 }),
    capabilities: { KubeVersion: { Major: 1, Minor: 34 }, APIVersions: ["v1"] },
  });
  expect(tasks[0]?.objects[0]?.data).toMatchObject({ count: "7" });
});

test("docs/library.md has an example that runs", async () => {
  const root = join(import.meta.dirname, "../..");
  const page = readFileSync(join(root, "docs/library.md"), "utf8");
  const contents = /```js\n([\s\S]*?)```/.exec(page)?.[1] ?? "";
  // As deep as src/package/, which looks for the schemas relative to itself.
  const outfile = join(root, `node_modules/.library-${process.pid}/example.mjs`);
  await build({
    stdin: { contents, resolveDir: root },
    outfile,
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
    alias: { kplan: join(root, "src/index.ts") },
  });
  try {
    const { stdout, stderr } = await promisify(execFile)("node", [outfile], { cwd: root });
    expect(stderr).toBe("");
    expect(stdout).toMatch(/^deploy IN_PROGRESS$/m);
    expect(stdout).toMatch(/^run 2: complete\nlast plan: node_update$/m);
  } finally {
    rmSync(dirname(outfile), { recursive: true });
  }
});

test("claims of an instance that somebody installed meanwhile are not deleted", async () => {
  const demo = await kplan.connect({ kubeconfig });
  const instance = "meanwhile";
  const claim = { apiVersion: "v1", kind: "PersistentVolumeClaim", namespace: demo.namespace };
  try {
    await demo.cluster.create({
      ...{ apiVersion: claim.apiVersion, kind: claim.kind },
      metadata: {
        name: "data-meanwhile-0",
        namespace: demo.namespace,
        labels: { "kudo.dev/instance": instance },
      },
      spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
    });
    const values = kplan.valuesOf({ PASSWORD: "hunter4" });
    let other: Promise<unknown> | undefined;
    const create: typeof demo.cluster.create = async (object, options) => {
      if (object.kind === "Lease" && !other) {
        other = kplan.install(demo, { source, instance, values, reuseClaims: true });
        await other;
      }
      return await demo.cluster.create(object, options);
    };
    const late = { ...demo, cluster: { ...demo.cluster, create } };
    await kplan
      .install(late, { source, instance, values, deleteClaims: true })
      .catch(() => undefined);
    expect(other).toBeDefined();
    expect(await demo.cluster.get({ ...claim, name: "data-meanwhile-0" })).toBeDefined();
    await kplan.uninstall(demo, { instance, deleteClaims: true });
  } finally {
    demo.close();
  }
});

/** A kubeconfig of a server that is not there. */
function dead(): string {
  const path = `${kubeconfig}-dead`;
  writeFileSync(path, server.kubeconfig().replace(server.url, "https://127.0.0.1:1"));
  return path;
}

test("secret values that somebody put there beforehand are never hashed without salt", async () => {
  const demo = await kplan.connect({ kubeconfig });
  const instance = "brought";
  try {
    await demo.cluster.create({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: `${instance}-secrets`, namespace: demo.namespace },
      data: { PASSWORD: Buffer.from("hunter3").toString("base64") },
    });
    const installed = await kplan.install(demo, { source, instance });
    expect(installed).toMatchObject({ kind: "ran", outcome: { result: "complete" } });
    const [run] = await kplan.planHistory(demo, { instance });
    const unsalted = createHash("sha256").update("\0hunter3").digest("hex");
    expect(run?.parameters.PASSWORD).toMatch(/^sha256:/);
    expect(run?.parameters.PASSWORD).not.toBe(`sha256:${unsalted}`);
    const secret = await demo.cluster.get({
      apiVersion: "v1",
      kind: "Secret",
      namespace: demo.namespace,
      name: `${instance}-secrets`,
    });
    expect(secret?.data).toMatchObject({ PASSWORD: Buffer.from("hunter3").toString("base64") });
    await kplan.uninstall(demo, { instance });
  } finally {
    demo.close();
  }
});
