import fc from "fast-check";
import { expect, test } from "vitest";
import type { KubeObject, ManagedFieldsEntry } from "../model/kube-object.ts";
import { difference, type FieldSet, union, without } from "./field-set.ts";
import { asIfTakenOver, takenOver } from "./ownership.ts";

const names = fc.constantFrom("f:a", "f:b", 'k:{"name":"x"}', 'v:"y"');
const fieldSets: fc.Arbitrary<FieldSet> = fc
  .letrec<{ set: FieldSet; leaf: FieldSet; tree: FieldSet }>((tie) => ({
    leaf: fc.constant({}),
    tree: fc
      .tuple(fc.boolean(), fc.dictionary(names, tie("set"), { minKeys: 1, maxKeys: 3 }))
      .map(([dot, members]) => (dot ? { ".": {}, ...members } : members)),
    set: fc.oneof({ maxDepth: 3, depthSize: "small" }, tie("leaf"), tie("tree")),
  }))
  .tree.map(({ ".": _, ...members }) => members);

test("laws of field sets", () => {
  fc.assert(
    fc.property(fieldSets, fieldSets, (a, b) => {
      expect(difference(a, a)).toEqual({});
      expect(difference(a, {})).toEqual(a);
      expect(union(a, a)).toEqual(a);
      expect(union(a, b)).toEqual(union(b, a));
      expect(union(difference(a, b), b)).toEqual(union(a, b));
      expect(difference(difference(a, b), b)).toEqual(difference(a, b));
    }),
  );
});

test.each<[string, unknown, FieldSet, unknown]>([
  ["a field", { a: 1, b: 2 }, { "f:a": {} }, { b: 2 }],
  ["a field within", { m: { a: 1, b: 2 } }, { "f:m": { "f:a": {} } }, { m: { b: 2 } }],
  ["the last field of a map of ours", { m: { a: 1 } }, { "f:m": { ".": {}, "f:a": {} } }, {}],
  ["the last field of a map of another's", { m: { a: 1 } }, { "f:m": { "f:a": {} } }, { m: {} }],
  [
    "an item by its keys",
    {
      l: [
        { p: 80, q: "TCP" },
        { p: 81, q: "TCP" },
      ],
    },
    { "f:l": { 'k:{"p":81,"q":"TCP"}': { ".": {}, "f:p": {} } } },
    { l: [{ p: 80, q: "TCP" }] },
  ],
  [
    "a field of an item",
    { l: [{ n: "x", e: 1 }] },
    { "f:l": { 'k:{"n":"x"}': { "f:e": {} } } },
    { l: [{ n: "x" }] },
  ],
  ["an item by its value", { l: ["x", "y"] }, { "f:l": { 'v:"x"': {} } }, { l: ["y"] }],
  ["a field that is not there", { a: 1 }, { "f:z": {} }, { a: 1 }],
])("without %s", (_, value, fields, rest) => {
  expect(without(value, fields)).toEqual(rest);
});

const entry = (
  manager: string,
  operation: "Apply" | "Update",
  fieldsV1: FieldSet,
  more: object = {},
): ManagedFieldsEntry => ({
  manager,
  operation,
  apiVersion: "v1",
  fieldsType: "FieldsV1",
  fieldsV1,
  ...more,
});
const live = (...managedFields: ManagedFieldsEntry[]): KubeObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "c", managedFields },
});
const data = (...keys: string[]): FieldSet => ({
  "f:data": Object.fromEntries(keys.map((key) => [`f:${key}`, {}])),
});
const annotations = (...keys: string[]): FieldSet => ({
  "f:metadata": {
    "f:annotations": Object.fromEntries(keys.map((key) => [key === "." ? key : `f:${key}`, {}])),
  },
});

test.each<[string, ManagedFieldsEntry[], ManagedFieldsEntry[] | undefined]>([
  ["nothing of ours", [entry("kubectl", "Update", data("x"))], undefined],
  ["applied already", [entry("kplan", "Apply", data("x"))], undefined],
  [
    "created by us",
    [entry("kplan", "Update", data("x")), entry("kcm", "Update", data("z"))],
    [entry("kplan", "Apply", data("x")), entry("kcm", "Update", data("z"))],
  ],
  [
    "applied, then patched",
    [entry("kplan", "Apply", data("x")), entry("kplan", "Update", data("y"))],
    [entry("kplan", "Apply", data("x", "y"))],
  ],
  [
    "only the token patched",
    [
      entry("kplan", "Apply", data("x")),
      entry("kplan", "Update", annotations(".", "kplan.dev/token")),
    ],
    undefined,
  ],
  [
    "created with annotations, then the token patched",
    [entry("kplan", "Update", annotations(".", "a", "kplan.dev/token"))],
    [
      entry("kplan", "Apply", annotations(".", "a")),
      entry("kplan", "Update", annotations("kplan.dev/token")),
    ],
  ],
  ["a status of ours", [entry("kplan", "Update", { "f:status": { "f:x": {} } })], undefined],
  [
    "a subresource's entry",
    [entry("kplan", "Update", data("x"), { subresource: "status" })],
    undefined,
  ],
  [
    "another version of the kind",
    [entry("kplan", "Apply", data("x")), entry("kplan", "Update", data("y"), { apiVersion: "v2" })],
    undefined,
  ],
])("taking over: %s", (_, entries, expected) => {
  expect(takenOver(live(...entries))).toEqual(expected);
});

test("a dry run shows what would go with the take-over, and leaves what others own", () => {
  const before = live(entry("kplan", "Update", data("x", "y", "z")));
  const answer = {
    ...live(
      entry("kplan", "Apply", data("x")),
      entry("kplan", "Update", data("y", "z")),
      entry("other", "Update", data("z")),
    ),
    data: { x: "5", y: "2", z: "3" },
  };
  expect(asIfTakenOver(before, answer)).toMatchObject({ data: { x: "5", z: "3" } });
  expect(asIfTakenOver(before, answer).data as object).not.toHaveProperty("y");
});

test("a dry run leaves a map whose members were all applied, though creating it made the map itself ours too", () => {
  const created = {
    "f:metadata": { "f:labels": { ".": {}, "f:a": {} } },
    "f:data": { ".": {}, "f:x": {} },
  };
  const applied = { "f:metadata": { "f:labels": { "f:a": {} } }, "f:data": { "f:x": {} } };
  const before = live(entry("kplan", "Update", created));
  const answer = {
    ...live(entry("kplan", "Apply", applied), entry("kplan", "Update", created)),
    data: { x: "1" },
  };
  expect(asIfTakenOver(before, answer)).toEqual(answer);
});
