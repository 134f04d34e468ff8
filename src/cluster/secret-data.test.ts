import { expect, test } from "vitest";
import type { KubeObject } from "../model/kube-object.ts";
import { withSecretData } from "./secret-data.ts";

const META = { apiVersion: "v1", kind: "Secret", metadata: { name: "s" } };

test.each([
  ["texts", { stringData: { a: "é" } }, { data: { a: "w6k=" } }],
  [
    "both",
    { data: { a: "eA==", b: "eQ==" }, stringData: { b: "z" } },
    { data: { a: "eA==", b: "eg==" } },
  ],
  ["data alone", { data: { a: "eA==" } }, { data: { a: "eA==" } }],
  ["what the server will refuse", { stringData: { a: 1 } }, { stringData: { a: 1 } }],
])("a Secret with %s", (_, given, stored) => {
  expect(withSecretData({ ...META, ...given } as KubeObject)).toEqual({ ...META, ...stored });
});

test("no other kind is touched", () => {
  const map = { ...META, kind: "ConfigMap", stringData: { a: "b" } };
  expect(withSecretData(map)).toBe(map);
});
