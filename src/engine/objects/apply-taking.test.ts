import { expect, test } from "vitest";
import { mayTake } from "./apply-taking.ts";

const SIZE = ".spec.resources.requests.storage";

test.each<[string, string | undefined, readonly string[], boolean]>([
  ["a field that is not taken", undefined, [SIZE], false],
  ["a field that is taken", SIZE, [SIZE], true],
  ["one of several that are taken", `.spec.replicas, ${SIZE}`, [SIZE], true],
  ["a field beside the one that is taken", SIZE, [SIZE, ".spec.replicas"], false],
  ["a field below the one that is taken", ".spec.resources", [SIZE], false],
  ["no conflict over fields", SIZE, [], false],
])("%s", (_, taken, fields, may) => {
  const annotations = taken === undefined ? {} : { "kplan.dev/take-fields": taken };
  const object = {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name: "a", annotations },
  };
  const conflicts = fields.map((field) => ({ manager: "kube-controller-manager", field }));
  expect(mayTake(object, { conflicts })).toBe(may);
});
