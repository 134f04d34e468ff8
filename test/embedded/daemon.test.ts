import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import {
  embeddedStatus,
  ensureEmbedded,
  resetEmbedded,
  stopEmbedded,
} from "../../src/embedded/daemon/daemon.ts";
import type { EmbeddedPlace } from "../../src/embedded/daemon/daemon-files.ts";
import { type Api, openApi } from "../support/api.ts";

let out: string;
let place: EmbeddedPlace;

beforeAll(async () => {
  out = mkdtempSync(join(tmpdir(), "kplan-daemon-"));
  await build({
    entryPoints: [join(import.meta.dirname, "../../src/embedded/main.ts")],
    outfile: join(out, "server.mjs"),
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    banner: {
      js: 'import{createRequire as __cr}from"node:module";const require=__cr(import.meta.url);',
    },
  });
});
beforeEach(() => {
  const dataDir = mkdtempSync(join(out, "data-"));
  place = { dataDir, version: "1", entry: join(out, "server.mjs") };
});
afterEach(() => stopEmbedded(place));
afterAll(() => rmSync(out, { recursive: true, force: true }));

const client = (kubeconfig: string): Api => openApi(readFileSync(kubeconfig, "utf8"));
const maps = "/api/v1/namespaces/default/configmaps";
const configMap = (name: string): object => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name },
});

test("starts once, is found again, stops and keeps its data", async () => {
  expect((await embeddedStatus(place)).running).toBe(false);
  const first = await ensureEmbedded(place);
  expect(first).toMatchObject({ running: true, started: true, version: "1" });
  const again = await ensureEmbedded(place);
  expect(again).toEqual({ ...first, started: false });
  const api = client(first.kubeconfig);
  expect((await api.post(maps, configMap("kept"))).status).toBe(201);
  api.close();

  expect(await stopEmbedded(place)).toBe(true);
  expect(await stopEmbedded(place)).toBe(false);
  const second = await ensureEmbedded(place);
  expect(second.pid).not.toBe(first.pid);
  const next = client(second.kubeconfig);
  expect((await next.get(`${maps}/kept`)).status).toBe(200);
  next.close();
});

test("its files are private", async () => {
  const { dataDir, kubeconfig } = await ensureEmbedded(place);
  for (const path of [
    kubeconfig,
    ...["server.json", "identity.json", "journal", "server.log"].map((name) => join(dataDir, name)),
  ])
    expect([path, statSync(path).mode & 0o777]).toEqual([path, 0o600]);
});

test("of several starters at once, one starts it", async () => {
  const all = await Promise.all([1, 2, 3, 4].map(() => ensureEmbedded(place)));
  expect(new Set(all.map(({ pid }) => pid)).size).toBe(1);
  expect(all.filter(({ started }) => started)).toHaveLength(1);
});

test("another version takes over", async () => {
  const first = await ensureEmbedded(place);
  const second = await ensureEmbedded({ ...place, version: "2" });
  expect(second).toMatchObject({ started: true, version: "2" });
  expect(second.pid).not.toBe(first.pid);
});

test("after SIGKILL nothing that was acknowledged is lost, and a torn line does not matter", async () => {
  const { pid = 0, kubeconfig, dataDir } = await ensureEmbedded(place);
  const api = client(kubeconfig);
  const acknowledged: string[] = [];
  const writes = Array.from({ length: 200 }, (_, n) =>
    api.post(maps, configMap(`map-${n}`)).then(
      ({ status }) => {
        if (status === 201) acknowledged.push(`map-${n}`);
        if (acknowledged.length === 60) process.kill(pid, "SIGKILL");
      },
      () => {},
    ),
  );
  await Promise.all(writes);
  api.close();
  expect(acknowledged.length).toBeGreaterThanOrEqual(60);
  await expect.poll(async () => (await embeddedStatus(place)).running).toBe(false);
  writeFileSync(join(dataDir, "journal"), '1234abcd [{"version":99', { flag: "a" });

  const again = await ensureEmbedded(place);
  expect(again.started).toBe(true);
  const next = client(again.kubeconfig);
  const { body } = await next.get(maps);
  const names = new Set(
    body.items.map((item: { metadata: { name: string } }) => item.metadata.name),
  );
  expect(acknowledged.filter((name) => !names.has(name))).toEqual([]);
  next.close();
});

test("reset deletes everything", async () => {
  const first = await ensureEmbedded(place);
  const api = client(first.kubeconfig);
  await api.post(maps, configMap("gone"));
  api.close();
  await resetEmbedded(place);
  expect((await embeddedStatus(place)).running).toBe(false);
  const second = await ensureEmbedded(place);
  const next = client(second.kubeconfig);
  expect((await next.get(`${maps}/gone`)).status).toBe(404);
  next.close();
});

test("says why it does not start", async () => {
  writeFileSync(join(place.dataDir, "journal"), "damaged\nand more\n");
  await expect(ensureEmbedded(place)).rejects.toThrow("data is damaged");
});
