import { describe, expect, test } from "vitest";
import type { KubeObject, ManagedFieldsEntry } from "../model/kube-object.ts";
import type { FieldSet } from "./field-set.ts";
import { intersection, kudosHand } from "./kudo-ownership.ts";
import { ownManagers, takenOver } from "./ownership.ts";

const NOTE = "kudo.dev/last-applied-configuration";

test.each<[string, FieldSet, unknown, FieldSet]>([
  ["a field", { "f:a": {}, "f:b": {} }, { a: 1 }, { "f:a": {} }],
  [
    "a field within",
    { "f:m": { ".": {}, "f:a": {}, "f:b": {} } },
    { m: { a: 1 } },
    { "f:m": { ".": {}, "f:a": {} } },
  ],
  [
    "a field that is there and empty",
    { "f:m": { ".": {}, "f:a": {} } },
    { m: {} },
    { "f:m": { ".": {} } },
  ],
  [
    "an item, its keys said or left to the server",
    { "f:l": { 'k:{"port":80,"protocol":"TCP"}': { ".": {}, "f:port": {}, "f:x": {} } } },
    { l: [{ port: 80 }] },
    { "f:l": { 'k:{"port":80,"protocol":"TCP"}': { ".": {}, "f:port": {} } } },
  ],
  [
    "no item of another key",
    { "f:l": { 'k:{"port":80,"protocol":"UDP"}': { ".": {} } } },
    { l: [{ port: 80, protocol: "TCP" }] },
    {},
  ],
  ["a value", { "f:l": { 'v:"a"': {}, 'v:"b"': {} } }, { l: ["a"] }, { "f:l": { 'v:"a"': {} } }],
  ["nothing", { "f:a": {} }, {}, {}],
])("what a value has of a field set: %s", (_, fields, value, common) => {
  expect(intersection(fields, value)).toEqual(common);
});

const entry = (
  manager: string,
  fieldsV1: FieldSet,
  more: Partial<ManagedFieldsEntry> = {},
): ManagedFieldsEntry => ({
  manager,
  operation: "Update",
  apiVersion: "v1",
  fieldsType: "FieldsV1",
  fieldsV1,
  ...more,
});

const noted = (fields: FieldSet = {}): FieldSet => ({
  ...fields,
  "f:metadata": { "f:annotations": { [`f:${NOTE}`]: {} } },
});

function live(applied: object | string, ...managedFields: ManagedFieldsEntry[]): KubeObject {
  const text = typeof applied === "string" ? applied : JSON.stringify(applied);
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "c", annotations: { [NOTE]: text }, managedFields },
    data: { a: "1", b: "2" },
  };
}

const data = (...keys: string[]): FieldSet => ({
  "f:data": Object.fromEntries(keys.map((key) => [`f:${key}`, {}])),
});

describe("what KUDO applied", () => {
  test("is ours; what its manager's name wrote besides is nobody's; others keep theirs", () => {
    const other = entry("kubectl-edit", data("c"));
    const object = live({ data: { a: "1" } }, entry("manager", noted(data("a", "b"))), other);
    expect(ownManagers(object)).toEqual(["kplan", "manager"]);
    expect(takenOver(object)).toEqual([
      entry("kplan", noted(data("a")), { operation: "Apply" }),
      other,
    ]);
  });

  test("goes beside what we applied before, under one entry", () => {
    const ours = entry("kplan", data("z"), { operation: "Apply" });
    const object = live({ data: { a: "1" } }, ours, entry("manager", noted(data("a"))));
    expect(takenOver(object)).toEqual([
      entry("kplan", noted(data("a", "z")), { operation: "Apply" }),
    ]);
  });

  test("of a kind with defaults is all of its spec; the status stays", () => {
    const fields = {
      ...noted(),
      "f:spec": { "f:replicas": {}, "f:strategy": { "f:type": {} } },
      "f:status": { "f:x": {} },
    };
    const object = {
      ...live({ spec: { replicas: 1 } }, entry("manager", fields, { apiVersion: "apps/v1beta1" })),
      apiVersion: "apps/v1",
      kind: "Deployment",
      spec: {},
    };
    const { "f:status": status, ...rest } = fields;
    // Under the version that it was read by: the server may not have the older one for long.
    expect(takenOver(object)).toEqual([
      entry("kplan", rest, { operation: "Apply", apiVersion: "apps/v1" }),
      entry("manager", { "f:status": status }, { apiVersion: "apps/v1beta1" }),
    ]);
  });

  test("on the pods of a Job is left to the Job", () => {
    const annotations = {
      ".": {},
      "f:kudo.dev/operator-version": {},
      "f:kudo.dev/dependencies-hash": {},
    };
    const template = (all: object): FieldSet => ({
      ...noted(),
      "f:spec": { "f:template": { "f:metadata": { "f:labels": { "f:a": {} }, ...all } } },
    });
    const object = {
      ...live({}, entry("manager", template({ "f:annotations": annotations }))),
      apiVersion: "batch/v1",
      kind: "Job",
      spec: {},
    };
    expect(takenOver(object)).toEqual([
      entry("kplan", template({}), { operation: "Apply", apiVersion: "batch/v1" }),
    ]);
  });

  test.each([
    ["with a note that nobody can read", "{", noted()],
    ["with a note that is no object", "7", noted()],
  ])("%s is its note alone", (_, text, fields) => {
    expect(takenOver(live(text, entry("manager", noted(data("a")))))).toEqual([
      entry("kplan", fields, { operation: "Apply" }),
    ]);
  });

  test("is known by who wrote the note, and by nothing else", () => {
    expect(kudosHand(live({}, entry("manager", data("a"))))).toBeUndefined();
    expect(kudosHand({ ...live({}), metadata: { name: "c" } })).toBeUndefined();
    expect(takenOver(live({}, entry("manager", data("a"))))).toBeUndefined();
    expect(kudosHand(live({}, entry("main", noted())))?.manager).toBe("main");
  });
});
