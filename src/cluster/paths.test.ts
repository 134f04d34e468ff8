import { expect, test } from "vitest";
import { collectionPath, objectPath, query } from "./paths.ts";
import { wellKnown } from "./well-known-kinds.ts";

test.each<[string, string, string | undefined, string, string]>([
  ["v1", "ConfigMap", "db", "a", "/api/v1/namespaces/db/configmaps/a"],
  ["apps/v1", "StatefulSet", "db", "a", "/apis/apps/v1/namespaces/db/statefulsets/a"],
  [
    "rbac.authorization.k8s.io/v1",
    "Role",
    "db",
    "MyRole:Admin",
    "/apis/rbac.authorization.k8s.io/v1/namespaces/db/roles/MyRole%3AAdmin",
  ],
  ["v1", "Namespace", undefined, "db", "/api/v1/namespaces/db"],
  ["v1", "Node", "ignored", "n/../x", "/api/v1/nodes/n%2F..%2Fx"],
])("%s %s in %s named %s", (apiVersion, kind, namespace, name, path) => {
  const resource = wellKnown(apiVersion, kind);
  if (resource === undefined) throw new Error("not well known");
  expect(objectPath(resource, { name, ...(namespace !== undefined && { namespace }) })).toBe(path);
});

test("everywhere, a part of an object, and what has no namespace", () => {
  const pods = wellKnown("v1", "Pod");
  if (pods === undefined) throw new Error("not well known");
  expect(collectionPath(pods, undefined)).toBe("/api/v1/pods");
  expect(objectPath(pods, { name: "p", namespace: "db" }, "log")).toBe(
    "/api/v1/namespaces/db/pods/p/log",
  );
  expect(() => objectPath(pods, { name: "p" })).toThrow("Pod p has no namespace");
  expect(() => objectPath(pods, { name: "", namespace: "db" })).toThrow("without a name");
});

test("kinds that are not well known, whatever their name", () => {
  expect(wellKnown("v1", "constructor")).toBeUndefined();
  expect(wellKnown("__proto__", "x")).toBeUndefined();
  expect(wellKnown("policy/v1", "PodDisruptionBudget")).toBeUndefined();
});

test("queries", () => {
  expect(query({ a: undefined, b: "" })).toBe("");
  expect(query({ labelSelector: "a=b,c in (d)", limit: 5 })).toBe(
    "?labelSelector=a%3Db%2Cc+in+%28d%29&limit=5",
  );
});
