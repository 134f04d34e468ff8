import { expect, test } from "vitest";
import type { ObjectRef } from "../../model/kube-object.ts";
import { removable } from "./kept-objects.ts";

const object = (kind: string, name: string): ObjectRef => ({
  apiVersion: "v1",
  kind,
  namespace: "db",
  name,
});
const note = object("ConfigMap", "founded");

test.each<[string, readonly ObjectRef[], readonly ObjectRef[], readonly ObjectRef[]]>([
  ["what is not kept goes", [object("Service", "a")], [], [object("Service", "a")]],
  ["a claim stays, though a task made it", [object("PersistentVolumeClaim", "a")], [], []],
  [
    "a note about claims stays",
    [note, object("ConfigMap", "b")],
    [note],
    [object("ConfigMap", "b")],
  ],
  [
    "another kind of the same name goes",
    [object("Secret", "founded")],
    [note],
    [object("Secret", "founded")],
  ],
])("%s", (_, inventory, kept, expected) => {
  const entries = inventory.map((ref) => ({ ref, path: { plan: "deploy" } }));
  expect(removable(entries, kept).map(({ ref }) => ref)).toEqual(expected);
});
