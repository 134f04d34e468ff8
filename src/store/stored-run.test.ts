import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import type { RunRecord } from "../model/run.ts";
import { readRun, runObject } from "./stored-run.ts";

const AT = "2030-01-01T00:00:00.000Z";

/** A record with so many objects, all of them announced by one task, and a message of so many characters. */
function record(objects: number, message = ""): RunRecord {
  const path = { plan: "deploy", phase: "main", step: "one", task: "app" };
  const refs = Array.from({ length: objects }, (_, n) => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    namespace: "db",
    name: `galera-instance-part-${n}`,
  }));
  return {
    format: 1,
    uid: "r1",
    number: 1,
    kind: "install",
    instance: "galera",
    namespace: "db",
    operatorVersion: "galera-1",
    digest: "d",
    plans: ["deploy"],
    cause: { host: "laptop", changes: [] },
    parameters: {},
    constants: { seed: "r1", startedAt: AT },
    status: "IN_PROGRESS",
    startedAt: AT,
    updatedAt: AT,
    planStatus: [{ name: "deploy", status: "ERROR", message, phases: [] }],
    times: {},
    intents: [{ path, objects: refs, act: "apply" }],
    inventory: refs.map((ref) => ({ ref, path })),
  };
}

/** Bytes as the API server counts them: contents decoded. */
function sizeOf({ data, binaryData }: ReturnType<typeof runObject>): number {
  const texts = Object.values((data ?? {}) as Record<string, string>);
  const packed = Object.values((binaryData ?? {}) as Record<string, string>);
  return (
    texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0) +
    packed.reduce((sum, text) => sum + Buffer.from(text, "base64").length, 0)
  );
}

test.each<[number, "text" | "packed"]>([
  [3, "text"],
  [3000, "text"],
  [5000, "packed"],
  [20_000, "packed"],
])("a run of %i objects is kept as %s, with every object", (objects, how) => {
  const run = record(objects);
  const object = runObject(run, "i1", 1);
  expect(object.data === undefined ? "packed" : "text").toBe(how);
  expect(sizeOf(object)).toBeLessThan(1 << 20);
  expect(readRun(object)?.record).toEqual(run);
});

test("messages go where even packed they do not fit; what the instance has made stays", () => {
  const run = record(5000, randomBytes(1 << 20).toString("base64"));
  const object = runObject(run, "i1", 1);
  expect(sizeOf(object)).toBeLessThan(1 << 20);
  const read = readRun(object)?.record;
  expect(read?.planStatus).toEqual([{ name: "deploy", status: "ERROR", phases: [] }]);
  expect(read?.inventory).toEqual(run.inventory);
});

test("what no object can hold is refused, with what takes the room", () => {
  const facts = { dump: randomBytes(1 << 20).toString("base64") };
  expect(() => runObject({ ...record(3), facts }, "i1", 1)).toThrow(
    /with 3 objects, 1 KiB of parameters and 1366 KiB of facts, is more than one object of Kubernetes can hold$/,
  );
});

test("what is broken is no run", () => {
  const object = runObject(record(5000), "i1", 1);
  expect(readRun({ ...object, binaryData: { "run.json.gz": "bm8=" } })).toBeUndefined();
});
