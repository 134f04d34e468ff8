import { expect, test } from "vitest";
import type { KubeObject } from "../model/kube-object.ts";
import { changedWish } from "./changed-wish.ts";

const instance = (parameters: object, more: object = {}, version = "galera-1"): KubeObject => ({
  apiVersion: "kudo.dev/v1beta1",
  kind: "Instance",
  metadata: { name: "galera", namespace: "db", ...more },
  spec: { operatorVersion: { name: version }, parameters },
});
const edited = {
  managedFields: [
    { manager: "kplan", time: "2030-01-01T00:00:09Z", fieldsV1: { "f:spec": {} } },
    { manager: "helm", time: "2030-01-01T00:00:01Z", fieldsV1: { "f:spec": {} } },
    { manager: "kubectl-edit", time: "2030-01-01T00:00:05Z", fieldsV1: { "f:spec": {} } },
    { manager: "status-writer", time: "2030-01-01T00:00:07Z", fieldsV1: { "f:status": {} } },
  ],
};

test.each<[string, KubeObject, string | undefined]>([
  ["nothing", instance({ NODES: "3", NAME: "a" }), undefined],
  ["a label", instance({ NODES: "3", NAME: "a" }, { labels: { x: "y" } }), undefined],
  [
    "a value, by kubectl edit",
    instance({ NODES: "5", NAME: "a" }, edited),
    "kubectl-edit changed parameters NODES of Instance galera while the run goes on; the run keeps the values it began with: once it has ended, `kplan update` carries them out",
  ],
  [
    "one comes, one goes",
    instance({ NODES: "3", TLS: "true" }),
    "somebody changed parameters NAME, TLS of Instance galera while the run goes on; the run keeps the values it began with: once it has ended, `kplan update` carries them out",
  ],
  [
    "the version",
    instance({ NODES: "3", NAME: "a" }, edited, "galera-2"),
    "kubectl-edit changed operatorVersion of Instance galera while the run goes on; the run keeps the values it began with: see `kplan upgrade` once it has ended",
  ],
])("somebody changes %s of what an Instance asks for", (_, now, said) => {
  expect(changedWish(instance({ NODES: "3", NAME: "a" }), now)).toBe(said);
});
