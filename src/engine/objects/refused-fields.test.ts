import { expect, test } from "vitest";
import type { KubeObject } from "../../model/kube-object.ts";
import { refusedFields, withoutField } from "./refused-fields.ts";

test.each<[string, string[]]>([
  ["ConfigMap a: .dada: field not declared in schema", [".dada"]],
  ["ConfigMap a: .prestop.sh: field not declared in schema", [".prestop.sh"]],
  [
    'Deployment web: errors:\n  .spec.a: field not declared in schema\n  .spec.template.spec.containers[name="c: d"].b: field not declared in schema',
    [".spec.a", '.spec.template.spec.containers[name="c: d"].b'],
  ],
  [
    'Service s: .spec.ports: duplicate entries for key [port=80,protocol="TCP"]',
    ['.spec.ports: duplicate entries for key [port=80,protocol="TCP"]'],
  ],
  [
    'Deployment web: Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: unknown field "spec.a", unknown field "spec.template.spec.containers[0].b"',
    [".spec.a", ".spec.template.spec.containers[0].b"],
  ],
  ["Service s: spec.ports: Required value", []],
  ['the image "unknown field "x"" is none', []],
])("%s", (message, fields) => {
  expect(refusedFields(message)).toEqual(fields);
});

const object = (spec: object): KubeObject => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "p" },
  spec,
});
const env = (...names: [string, string][]): object => ({
  containers: [{ name: "c", env: names.map(([name, value]) => ({ name, value })) }],
});

test.each<[string, object, object]>([
  [".spec.a", { a: 1, b: 2 }, { b: 2 }],
  [".spec.l[1].a", { l: [{ a: 1 }, { a: 1, b: 2 }] }, { l: [{ a: 1 }, { b: 2 }] }],
  ['.spec.l[name="x.y[z]"].a', { l: [{ name: "x.y[z]", a: 1 }] }, { l: [{ name: "x.y[z]" }] }],
  [".spec.pre.stop.sh", { "pre.stop.sh": "x", pre: 1 }, { pre: 1 }],
  [".spec.a.b.c[0].d.e", { "a.b": { c: [{ "d.e": 1, f: 2 }] } }, { "a.b": { c: [{ f: 2 }] } }],
  [".spec.l[9].a", { l: [] }, { l: [] }],
  [
    '.spec.ports: duplicate entries for key [port=80,protocol="TCP"]',
    { ports: [{ port: 80, name: "a" }, { port: 81 }, { port: 80, protocol: "TCP", name: "b" }] },
    { ports: [{ port: 80, name: "a" }, { port: 81 }] },
  ],
  [
    '.spec.containers[name="c"].env: duplicate entries for key [name="A"]',
    env(["A", "1"], ["B", "2"], ["A", "3"]),
    env(["A", "3"], ["B", "2"]),
  ],
])("without %s", (field, before, after) => {
  const given = object(before);
  expect(withoutField(given, field)).toEqual(object(after));
  expect(given).toEqual(object(before));
});
