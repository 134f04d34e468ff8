import { load, loadAll } from "js-yaml";
import { expect, test } from "vitest";
import type { KubeObject } from "../../model/kube-object.ts";
import { chooseNode } from "./choose-node.ts";

const nodes = loadAll(`
{ kind: Node, metadata: { name: a, labels: { kubernetes.io/hostname: a, zone: x, disk: ssd } } }
--- { kind: Node, metadata: { name: b, labels: { kubernetes.io/hostname: b, zone: x } } }
--- { kind: Node, metadata: { name: c, labels: { kubernetes.io/hostname: c, zone: y } } }`) as KubeObject[];

const pod = (text: string): KubeObject =>
  load(`{ apiVersion: v1, kind: Pod, ${text} }`) as KubeObject;
const on = (node: string, labels = "{ app: db }", spec = ""): KubeObject =>
  pod(
    `metadata: { name: p, namespace: x, labels: ${labels}, ownerReferences: [{ uid: set, controller: true }] }, spec: { nodeName: ${node}, ${spec} }`,
  );
const apart = (key: string): string =>
  `affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: ${key}, labelSelector: { matchLabels: { app: db } } }] } }`;
const next = (spec: string): KubeObject =>
  pod(
    `metadata: { name: next, namespace: x, labels: { app: db }, ownerReferences: [{ uid: set, controller: true }] }, spec: { ${spec} }`,
  );

test.each<[string, KubeObject, KubeObject[], string]>([
  ["the first of equal nodes", next(""), [], "a"],
  ["away from its kin", next(""), [on("a"), on("b")], "c"],
  ["to where a selector sends it", next("nodeSelector: { disk: ssd }"), [on("a")], "a"],
  [
    "nowhere, with a selector that fits no node",
    next("nodeSelector: { disk: tape }"),
    [],
    "0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector.",
  ],
  [
    "to its own node by a node affinity",
    next(
      "affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchFields: [{ key: metadata.name, operator: In, values: [c] }] }] } } }",
    ),
    [],
    "c",
  ],
  [
    "away from those it may not be near",
    next(apart("kubernetes.io/hostname")),
    [on("a"), on("b")],
    "c",
  ],
  ["away from a whole zone", next(apart("zone")), [on("a")], "c"],
  [
    "nowhere when every node has one",
    next(apart("kubernetes.io/hostname")),
    [on("a"), on("b"), on("c")],
    "0/3 nodes are available: 3 node(s) didn't match pod anti-affinity rules.",
  ],
  [
    "away from those that do not want it near",
    next(""),
    [on("a", "{ app: other }", apart("zone"))],
    "c",
  ],
  [
    "as if pods of another namespace were not there",
    next(apart("kubernetes.io/hostname")),
    [on("a"), on("b"), on("c")].map((one) => ({
      ...one,
      metadata: { ...one.metadata, namespace: "y" },
    })),
    "a",
  ],
])("a pod goes %s", (_, given, others, where) => {
  const choice = chooseNode(given, nodes, others);
  expect("node" in choice ? choice.node : choice.refusal).toBe(where);
});
