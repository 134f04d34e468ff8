import { afterAll, beforeAll, expect, test } from "vitest";
import { openTarget, type Target, type WatchLine } from "../support/api.ts";

let t: Target;
let maps: string;

beforeAll(async () => {
  t = await openTarget();
  maps = `/api/v1/namespaces/${t.namespace}/configmaps`;
});
afterAll(() => t.close());

const configMap = (name: string, data: object = {}, labels: object = {}): object => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, labels },
  data,
});

/** The next `count` lines of a watch, as `TYPE name`. */
async function take(lines: AsyncGenerator<WatchLine>, count: number): Promise<string[]> {
  const taken: string[] = [];
  for await (const { type, object } of lines) {
    taken.push(`${type} ${object.metadata.name}`);
    if (taken.length === count) break;
  }
  return taken;
}

test("tells what is there, then every change", async () => {
  await t.api.post(maps, configMap("all-0", {}, { set: "all" }));
  const lines = t.api.watch(`${maps}?watch=true&labelSelector=set%3Dall`);
  expect((await lines.next()).value).toMatchObject({
    type: "ADDED",
    object: { kind: "ConfigMap", apiVersion: "v1" },
  });
  await t.api.post(maps, configMap("all-1", {}, { set: "all" }));
  await t.api.patch(`${maps}/all-1`, "merge-patch", { data: { a: "1" } });
  await t.api.delete(`${maps}/all-1`);
  expect(await take(lines, 3)).toEqual(["ADDED all-1", "MODIFIED all-1", "DELETED all-1"]);
});

test("goes on from the version of a list", async () => {
  const { body } = await t.api.get(maps);
  const version = body.metadata.resourceVersion;
  await t.api.post(maps, configMap("resume"));
  await t.api.patch(`${maps}/resume`, "merge-patch", { data: { a: "1" } });
  const lines = t.api.watch(`${maps}?watch=true&resourceVersion=${version}`);
  expect(await take(lines, 2)).toEqual(["ADDED resume", "MODIFIED resume"]);
});

test("goes on from the version of an event", async () => {
  const { body } = await t.api.post(maps, configMap("later"));
  const path = `${maps}?watch=true&resourceVersion=${body.metadata.resourceVersion}`;
  const lines = t.api.watch(path);
  await t.api.delete(`${maps}/later`);
  expect(await take(lines, 1)).toEqual(["DELETED later"]);
});

test("a deleted object comes as it last was, with the version of its deletion", async () => {
  const { body } = await t.api.post(maps, configMap("last", { a: "1" }));
  const { resourceVersion } = body.metadata;
  const lines = t.api.watch(`${maps}?watch=true&resourceVersion=${resourceVersion}`);
  await t.api.delete(`${maps}/last`);
  const { value } = await lines.next();
  await lines.return(undefined);
  expect(value.object.data).toEqual({ a: "1" });
  expect(Number(value.object.metadata.resourceVersion)).toBeGreaterThan(Number(resourceVersion));
});

test("an object that leaves the selection is told as deleted, one that enters as added", async () => {
  const { body } = await t.api.get(maps);
  const version = body.metadata.resourceVersion;
  const lines = t.api.watch(`${maps}?watch=true&resourceVersion=${version}&labelSelector=in%3Dyes`);
  await t.api.post(maps, configMap("moves"));
  await t.api.patch(`${maps}/moves`, "merge-patch", { metadata: { labels: { in: "yes" } } });
  await t.api.patch(`${maps}/moves`, "merge-patch", { data: { a: "1" } });
  await t.api.patch(`${maps}/moves`, "merge-patch", { metadata: { labels: { in: "no" } } });
  expect(await take(lines, 3)).toEqual(["ADDED moves", "MODIFIED moves", "DELETED moves"]);
});

test("watches one object by name", async () => {
  const { body } = await t.api.get(maps);
  const query = `watch=true&resourceVersion=${body.metadata.resourceVersion}&fieldSelector=metadata.name%3Donly`;
  const lines = t.api.watch(`${maps}?${query}`);
  await t.api.post(maps, configMap("not-this"));
  await t.api.post(maps, configMap("only"));
  expect(await take(lines, 1)).toEqual(["ADDED only"]);
});

test("a version that is forgotten is answered in the stream, and the watch ends", async () => {
  const lines: WatchLine[] = [];
  for await (const line of t.api.watch(`${maps}?watch=true&resourceVersion=1`)) lines.push(line);
  expect(lines).toEqual([
    {
      type: "ERROR",
      object: {
        kind: "Status",
        apiVersion: "v1",
        metadata: {},
        status: "Failure",
        message: expect.stringMatching(/^too old resource version: 1 \(\d+\)$/),
        reason: "Expired",
        code: 410,
      },
    },
  ]);
});

test("sends bookmarks when asked, and ends when its time is up", { timeout: 90_000 }, async () => {
  // A real server sends the first one after a minute.
  const seconds = t.real ? 75 : 3;
  await t.api.post(maps, configMap("bookmark"));
  const { body } = await t.api.get(maps);
  const version = body.metadata.resourceVersion;
  const query = `watch=true&resourceVersion=${version}&allowWatchBookmarks=true&timeoutSeconds=${seconds}`;
  const lines: WatchLine[] = [];
  for await (const line of t.api.watch(`${maps}?${query}`)) lines.push(line);
  expect(lines.length).toBeGreaterThan(0);
  for (const { type, object } of lines) {
    expect(type).toBe("BOOKMARK");
    expect(object).toMatchObject({ kind: "ConfigMap", apiVersion: "v1" });
    expect(Number(object.metadata.resourceVersion)).toBeGreaterThanOrEqual(Number(version));
  }
});

test("ends when its time is up, without bookmarks", async () => {
  const { body } = await t.api.get(maps);
  const query = `watch=true&resourceVersion=${body.metadata.resourceVersion}&timeoutSeconds=1`;
  const lines: WatchLine[] = [];
  for await (const line of t.api.watch(`${maps}?${query}`)) lines.push(line);
  expect(lines).toEqual([]);
});
