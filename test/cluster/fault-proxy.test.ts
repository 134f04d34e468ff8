import { afterAll, beforeAll, expect, test } from "vitest";
import type { EmbeddedServer } from "../../src/embedded/start-server.ts";
import { startServer } from "../../src/embedded/start-server.ts";
import { type Api, openApi } from "../support/api.ts";
import { asksFor } from "../support/fault-proxy/api-request.ts";
import { type Fault, seededFaults } from "../support/fault-proxy/choose-fault.ts";
import { type FaultProxy, startFaultProxy } from "../support/fault-proxy/fault-proxy.ts";

// The proxy that the suites on real clusters put before an API server: that it is true to life is what they rest on.

const CONFIGMAPS = "/api/v1/namespaces/default/configmaps";
let server: EmbeddedServer;
let proxy: FaultProxy;
let api: Api;
let next: Fault | undefined;

beforeAll(async () => {
  server = await startServer({ controllers: false });
  proxy = await startFaultProxy(server.kubeconfig(), {
    choose: () => {
      const fault = next;
      next = undefined;
      return fault;
    },
    delay: 20,
  });
  api = openApi(proxy.kubeconfig);
});
afterAll(async () => {
  api.close();
  await proxy.close();
  await server.close();
});

test.each([
  ["GET", "/api/v1/namespaces/a/pods?limit=500", { verb: "list", resource: "pods" }],
  ["GET", "/api/v1/namespaces/a", { verb: "get", resource: "namespaces", name: "a" }],
  ["GET", "/apis/apps/v1/statefulsets?watch=true", { verb: "watch", group: "apps" }],
  ["GET", "/api/v1/pods?limit=1&continue=x", { verb: "list", continues: true }],
  [
    "PATCH",
    "/apis/kudo.dev/v1beta1/namespaces/a/instances/b/status?x=y",
    { verb: "patch", namespace: "a", name: "b", subresource: "status", group: "kudo.dev" },
  ],
  ["POST", "/api/v1/namespaces/a/pods/b/exec?command=x", { subresource: "exec" }],
  ["GET", "/apis/apps/v1", { verb: "other", resource: "" }],
  ["GET", "/version", { verb: "other" }],
] as const)("%s %s is understood", (method, url, asks) => {
  expect(asksFor(method, url)).toMatchObject(asks);
});

test("a deletion at a version is told from one that takes whatever is there", () => {
  const body = (preconditions: object): string => JSON.stringify({ preconditions });
  const atVersion = (text: string): boolean => asksFor("DELETE", "/api/v1/pods/x", text).atVersion;
  expect(atVersion(body({ uid: "a", resourceVersion: "7" }))).toBe(true);
  expect(atVersion(body({ uid: "a" }))).toBe(false);
  expect(asksFor("PUT", "/api/v1/pods/x", body({ resourceVersion: "7" })).atVersion).toBe(false);
});

test("what meets no fault is passed on as it is, under the user of the kubeconfig", async () => {
  const made = await api.post(CONFIGMAPS, configMap("one"));
  expect(made).toMatchObject({ status: 201, body: { metadata: { name: "one" } } });
  expect(server.store).toBeDefined();
  const direct = openApi(server.kubeconfig());
  expect((await direct.get(`${CONFIGMAPS}/one`)).status).toBe(200);
  direct.close();
  expect(proxy.verbs()).toMatchObject({ "create configmaps": 1 });
});

test("nobody passes without the proxy's own token", async () => {
  const before = proxy.requests();
  const answer = await api.send("GET", CONFIGMAPS, undefined, { authorization: "Bearer other" });
  expect(answer.status).toBe(401);
  expect(proxy.requests()).toBe(before);
});

test.each([
  ["conflict", 409, /^Operation cannot be fulfilled on configmaps "one": the object has been mod/],
  ["busy", 429, /^Too many requests/],
  ["internal", 500, /./],
  ["unavailable", 503, /./],
  ["expired", 410, /^too old resource version/],
] as const)(
  "%s is answered in place of the server, which does not hear of it",
  async (fault, status, message) => {
    next = fault;
    const before = server.requests();
    const answer = await api.patch(`${CONFIGMAPS}/one`, "merge-patch", { data: { a: "b" } });
    expect(answer.status).toBe(status);
    expect(answer.body.message ?? answer.body).toMatch(message);
    expect(answer.headers["retry-after"]).toBe(fault === "busy" ? "1" : undefined);
    expect(server.requests()).toBe(before);
  },
);

test("a conflict over a new object is one over its quota", async () => {
  next = "conflict";
  const { body } = await api.post(CONFIGMAPS, configMap("two"));
  expect(body).toMatchObject({ reason: "Conflict", details: { kind: "resourcequotas" } });
});

test("a connection breaks before the server has heard, or when it has done what was asked", async () => {
  next = "reset-before";
  await expect(api.post(CONFIGMAPS, configMap("before"))).rejects.toThrow(/ECONNRESET|hang up/);
  expect((await api.get(`${CONFIGMAPS}/before`)).status).toBe(404);

  next = "reset-after";
  await expect(api.post(CONFIGMAPS, configMap("after"))).rejects.toThrow(/ECONNRESET|hang up/);
  expect((await api.get(`${CONFIGMAPS}/after`)).status).toBe(200);
});

test("a delayed request is carried out late, a half-open connection never answers", async () => {
  next = "delay";
  expect((await api.post(CONFIGMAPS, configMap("late"))).status).toBe(201);

  next = "half-open";
  const answers = { half: false };
  api.get(`${CONFIGMAPS}/late`).then(
    () => {
      answers.half = true;
    },
    () => {},
  );
  // Others are served meanwhile.
  for (let n = 0; n < 5; n++) expect((await api.get(`${CONFIGMAPS}/late`)).status).toBe(200);
  expect(answers.half).toBe(false);
});

test("watches are passed on as they come; a stale one is told so in its stream", async () => {
  const { body } = await api.get(CONFIGMAPS);
  const from = `${CONFIGMAPS}?watch=true&resourceVersion=${body.metadata.resourceVersion}`;
  const seen: string[] = [];
  const watching = (async () => {
    for await (const { type, object } of api.watch(from)) {
      seen.push(`${type} ${object.metadata.name}`);
      if (seen.length === 2) return;
    }
  })();
  await api.post(CONFIGMAPS, configMap("three"));
  await api.delete(`${CONFIGMAPS}/three`);
  await watching;
  expect(seen).toEqual(["ADDED three", "DELETED three"]);

  next = "stale";
  for await (const { type, object } of api.watch(from))
    expect({ type, object }).toMatchObject({ type: "ERROR", object: { code: 410 } });
});

test("the same seed meets the same requests with the same faults, about as many as asked for", () => {
  const asks = asksFor("PATCH", `${CONFIGMAPS}/one`);
  const drawn = (seed: number): readonly (Fault | undefined)[] => {
    const choose = seededFaults(seed, 0.2);
    return Array.from({ length: 5000 }, () => choose(asks));
  };
  expect(drawn(7)).toEqual(drawn(7));
  expect(drawn(7)).not.toEqual(drawn(8));
  const met = drawn(7).filter((fault) => fault !== undefined);
  expect(met.length).toBeGreaterThan(900);
  expect(met.length).toBeLessThan(1100);
  expect(new Set(met).size).toBe(8);
  expect(met).not.toContain("stale");
});

function configMap(name: string): object {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name } };
}
