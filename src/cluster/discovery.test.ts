import { expect, test } from "vitest";
import { type Discovery, makeDiscovery } from "./discovery.ts";

const resource = (kind: string, plural: string, namespaced = true): object => ({
  kind,
  name: plural,
  namespaced,
  verbs: ["get", "list"],
});
const group = (...versions: string[]): object => ({
  versions: versions.map((groupVersion) => ({ groupVersion })),
});
const DOCUMENTS: Record<string, unknown> = {
  "/version": { major: "1", minor: "20+" },
  "/apis": {
    groups: [group("policy/v1beta1"), group("extensions/v1beta1"), group("broken.example/v1")],
  },
  "/apis/policy/v1beta1": {
    resources: [
      resource("PodDisruptionBudget", "poddisruptionbudgets"),
      resource("PodDisruptionBudget", "poddisruptionbudgets/status"),
    ],
  },
  "/apis/extensions/v1beta1": { resources: [resource("Ingress", "ingresses")] },
};

function server(documents = DOCUMENTS): { discovery: Discovery; asked: string[] } {
  const asked: string[] = [];
  const discovery = makeDiscovery((path) => {
    asked.push(path);
    return path.includes("broken")
      ? Promise.reject(new Error("503"))
      : Promise.resolve(documents[path]);
  });
  return { discovery, asked };
}

test("well-known kinds need no request", async () => {
  const { discovery, asked } = server();
  expect(await discovery.resourceOf("apps/v1", "StatefulSet")).toMatchObject({
    plural: "statefulsets",
    namespaced: true,
  });
  expect(asked).toEqual([]);
});

test("others are asked for once, by those who ask at the same time too", async () => {
  const { discovery, asked } = server();
  const ask = (): Promise<unknown> => discovery.resourceOf("policy/v1beta1", "PodDisruptionBudget");
  expect(await Promise.all([ask(), ask()])).toMatchObject([
    { plural: "poddisruptionbudgets" },
    { verbs: ["get", "list"] },
  ]);
  await ask();
  expect(asked).toEqual(["/apis/policy/v1beta1"]);
});

test.each<[string, string, string, string | undefined]>([
  [
    "policy/v1",
    "PodDisruptionBudget",
    "the server does not serve PodDisruptionBudget of policy/v1; it serves PodDisruptionBudget of policy/v1beta1",
    "use apiVersion: policy/v1beta1",
  ],
  [
    "networking.example/v1",
    "Ingress",
    "the server does not serve Ingress of networking.example/v1; it serves Ingress of extensions/v1beta1",
    "use apiVersion: extensions/v1beta1",
  ],
  [
    "policy/v1beta1",
    "PodDisruptionBudgets",
    'the server does not serve PodDisruptionBudgets of policy/v1beta1, did you mean "PodDisruptionBudget"?',
    undefined,
  ],
  [
    "mine.example/v1",
    "Foo",
    "the server does not serve Foo of mine.example/v1",
    "install the CustomResourceDefinition of Foo first",
  ],
])("not served: %s %s", async (apiVersion, kind, message, hint) => {
  const { discovery } = server();
  await expect(discovery.resourceOf(apiVersion, kind)).rejects.toMatchObject({
    kind: "not-served",
    message,
    hint,
  });
});

test("a kind that was installed since is found", async () => {
  const documents: Record<string, unknown> = { ...DOCUMENTS };
  const { discovery } = server(documents);
  await expect(discovery.resourceOf("mine.example/v1", "Foo")).rejects.toMatchObject({
    kind: "not-served",
  });
  documents["/apis/mine.example/v1"] = { resources: [resource("Foo", "foos", false)] };
  expect(await discovery.resourceOf("mine.example/v1", "Foo")).toMatchObject({
    plural: "foos",
    namespaced: false,
  });
});

test("capabilities", async () => {
  const { discovery, asked } = server();
  expect(await discovery.capabilities()).toEqual({
    KubeVersion: { Major: 1, Minor: 20 },
    APIVersions: ["v1", "policy/v1beta1", "extensions/v1beta1", "broken.example/v1"],
  });
  await discovery.capabilities();
  expect(asked).toEqual(["/version", "/apis"]);
});
