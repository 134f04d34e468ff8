import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { KubeObject } from "../../model/kube-object.ts";
import { createStore, type Store } from "../store.ts";
import { openJournal } from "./journal.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kplan-journal-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const object = (name: string, data = ""): KubeObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, namespace: "n" },
  data: { data },
});
const open = (compactBytes?: number): Store =>
  createStore({ journal: openJournal(folder, compactBytes) });
const names = (store: Store): string[] =>
  store.list("/configmaps").map(({ metadata }) => metadata.name);

test("what was written is there again, and versions go on", async () => {
  const store = open();
  store.put("/configmaps", object("a"));
  store.put("/configmaps", object("b"));
  store.remove("/configmaps", "n", "a");
  await store.durable();
  const { version } = store;
  await store.close();
  const again = open();
  expect([names(again), again.version]).toEqual([["b"], version]);
  expect(again.since("/configmaps", version - 1)).toBeUndefined();
  expect(again.since("/configmaps", version)).toEqual([]);
  await again.close();
});

test("writes of one moment are one line", async () => {
  const store = open();
  for (let n = 0; n < 50; n++) store.put("/configmaps", object(`m${n}`));
  await store.durable();
  expect(readFileSync(join(folder, "journal"), "utf8").split("\n")).toHaveLength(2);
  await store.close();
});

test("nothing is told before it is on disk", async () => {
  const store = open();
  const sizes: number[] = [];
  store.subscribe("/configmaps", () => sizes.push(statSync(join(folder, "journal")).size));
  store.put("/configmaps", object("a"));
  expect(sizes).toEqual([]);
  await store.durable();
  expect(sizes).toHaveLength(1);
  expect(sizes[0]).toBeGreaterThan(0);
  await store.close();
});

test.each(["x", "00000000 [", '1234abcd [{"version":9}]\n', "\n"])(
  "a torn last line is cut away: %j",
  async (torn) => {
    const store = open();
    store.put("/configmaps", object("kept"));
    await store.close();
    appendFileSync(join(folder, "journal"), torn);
    const again = open();
    expect(names(again)).toEqual(["kept"]);
    again.put("/configmaps", object("more"));
    await again.close();
    const third = open();
    expect(names(third)).toEqual(["kept", "more"]);
    await third.close();
  },
);

test("damage before the last line is an error that names the line", async () => {
  const store = open();
  store.put("/configmaps", object("a"));
  await store.close();
  appendFileSync(join(folder, "journal"), "damaged\n00000000 []\n");
  expect(() => openJournal(folder)).toThrow(/data is damaged: .*journal, line 2/);
});

test("history is dropped when it is most of the file; versions never go back", async () => {
  const store = open(10_000);
  for (let n = 0; n < 200; n++) {
    store.put("/configmaps", object("one", "x".repeat(500)));
    await store.durable();
  }
  store.put("/configmaps", object("two"));
  store.remove("/configmaps", "n", "two");
  await store.durable();
  const { version } = store;
  await store.close();
  expect(statSync(join(folder, "journal")).size).toBeLessThan(25_000);
  const again = open();
  expect([names(again), again.version]).toEqual([["one"], version]);
  await again.close();
});
