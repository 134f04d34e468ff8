import { afterEach, expect, test } from "vitest";
import type { Api } from "../../src/cluster/api.ts";
import { getObject, listObjects } from "../../src/cluster/read-objects.ts";
import {
  applyObject,
  createObject,
  deleteObject,
  patchObject,
  replaceObject,
} from "../../src/cluster/write-objects.ts";
import type { ClusterError } from "../../src/model/cluster.ts";
import type { KubeObject } from "../../src/model/kube-object.ts";
import { apiOver, statusBody } from "../support/api-over.ts";
import {
  type FaultServer,
  type Reaction,
  type Received,
  startFaultServer,
} from "../support/fault-server.ts";

const servers: FaultServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serve(react: (request: Received, n: number) => Reaction): Promise<FaultServer> {
  const server = await startFaultServer(react);
  servers.push(server);
  return server;
}

const ref = { apiVersion: "v1", kind: "ConfigMap", name: "c", namespace: "db" };
const object = (data: Record<string, string>, more: object = {}): KubeObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "c", namespace: "db", ...more },
  data,
});
const stored = object({ x: "1" }, { uid: "u1", resourceVersion: "7" });
const ok: Reaction = { status: 200, body: stored };
const conflict: Reaction = {
  status: 409,
  body: statusBody(409, "Conflict", "the object has been modified", {
    name: "c",
    kind: "configmaps",
  }),
};
const exists: Reaction = {
  status: 409,
  body: statusBody(409, "AlreadyExists", 'configmaps "c" already exists', {
    name: "c",
    kind: "configmaps",
  }),
};
const missing: Reaction = {
  status: 404,
  body: statusBody(404, "NotFound", 'configmaps "c" not found', { name: "c", kind: "configmaps" }),
};
const failedWith = (message: string): Reaction => ({
  status: 500,
  body: statusBody(500, "InternalError", message),
});

const READ_FAULTS: Record<string, Reaction> = {
  "a reset": "reset",
  "an answer that breaks off": "cut",
  "429": {
    status: 429,
    body: statusBody(429, "TooManyRequests", "busy"),
    headers: { "retry-after": "0" },
  },
  "503 of the server": { status: 503, body: statusBody(503, "ServiceUnavailable", "starting") },
  "503 of a load balancer": { status: 503, body: "<html>no backend</html>" },
  "502": { status: 502, body: "bad gateway" },
  "etcd between leaders": failedWith("etcdserver: leader changed"),
  "a plain 500": failedWith("something broke"),
};

test.each(Object.entries(READ_FAULTS))("a read survives %s", async (_, fault) => {
  const server = await serve((_request, n) => (n <= 2 ? fault : ok));
  const api = apiOver(server.url);
  expect(await getObject(api, ref)).toEqual(stored);
  expect(server.received.length).toBe(3);
  expect(api.transport.requests()).toBe(3);
  api.transport.close();
});

test("a read of a broken server is not asked for ever", async () => {
  const server = await serve(() => failedWith("something broke"));
  const api = apiOver(server.url);
  await expect(getObject(api, ref)).rejects.toMatchObject({ kind: "other", status: 500 });
  expect(server.received.length).toBe(5);
  api.transport.close();
});

test("a write that cannot be done twice survives a plain 500, whatever became of it", async () => {
  const broke = failedWith("something broke");
  const done = await serve(({ method }, n) => (n === 1 ? broke : method === "POST" ? exists : ok));
  const first = apiOver(done.url);
  expect(await createObject(first, object({ x: "1" }))).toEqual(stored);
  first.transport.close();
  const undone = await serve((_request, n) => (n === 1 ? broke : ok));
  const second = apiOver(undone.url);
  const sent = object({ x: "1" }, { resourceVersion: "6" });
  expect(await applyObject(second, sent, { live: stored })).toEqual(stored);
  second.transport.close();
});

test.each<[string, string, number]>([
  ["broken for good", "something broke", 5],
  ["an object that it cannot type", "failed to create typed patch object: errors", 1],
])("a server that is %s is asked so often: %s", async (_, message, requests) => {
  const server = await serve(() => failedWith(message));
  const api = apiOver(server.url);
  const sent = object({ x: "1" }, { resourceVersion: "6" });
  await expect(applyObject(api, sent, { live: stored })).rejects.toMatchObject({ status: 500 });
  expect(server.received.length).toBe(requests);
  api.transport.close();
});

test("what could be done twice is not sent again after a plain 500", async () => {
  const server = await serve(() => failedWith("something broke"));
  const api = apiOver(server.url);
  await expect(deleteObject(api, ref)).rejects.toMatchObject({ kind: "other", uncertain: true });
  expect(server.received.length).toBe(1);
  api.transport.close();
});

test("a silent connection is given up for a new one, and that one too", async () => {
  const server = await serve((_request, n) => (n <= 2 ? "silence" : ok));
  const api = apiOver(server.url, { deadline: 3000 });
  expect(await getObject(api, ref)).toEqual(stored);
  expect(server.received.length).toBe(3);
  api.transport.close();
});

test("Retry-After is waited for", async () => {
  const busy = {
    status: 429,
    headers: { "retry-after": "1" },
    body: statusBody(429, "TooManyRequests", "busy"),
  };
  const server = await serve((_request, n) => (n === 1 ? busy : ok));
  const api = apiOver(server.url);
  const begin = performance.now();
  await getObject(api, ref);
  expect(performance.now() - begin).toBeGreaterThanOrEqual(950);
  api.transport.close();
});

test("a wait longer than the call may take fails at once, as unavailable", async () => {
  const busy = {
    status: 429,
    headers: { "retry-after": "60" },
    body: statusBody(429, "TooManyRequests", "busy"),
  };
  const server = await serve(() => busy);
  const api = apiOver(server.url, { deadline: 30_000 });
  const begin = performance.now();
  await expect(getObject(api, ref)).rejects.toMatchObject({ kind: "unavailable", transient: true });
  expect(performance.now() - begin).toBeLessThan(20_000);
  api.transport.close();
});

test("a server that never answers: timeout at the deadline", async () => {
  const server = await serve(() => "silence");
  const api = apiOver(server.url, { deadline: 300 });
  await expect(getObject(api, ref)).rejects.toMatchObject({
    kind: "timeout",
    transient: true,
    uncertain: false,
  });
  await expect(createObject(api, object({}))).rejects.toMatchObject({
    kind: "timeout",
    uncertain: true,
  });
  api.transport.close();
});

test("an abort ends the call with the signal's reason, and the connection", async () => {
  const server = await serve(() => "silence");
  const api = apiOver(server.url);
  const controller = new AbortController();
  const reading = getObject(api, ref, { signal: controller.signal });
  await expect.poll(() => server.received.length).toBe(1);
  controller.abort(new Error("enough"));
  await expect(reading).rejects.toThrow("enough");
  await expect.poll(() => server.connections()).toBe(0);
  api.transport.close();
});

test("nobody there: unreachable, soon", async () => {
  const server = await serve(() => ok);
  await server.close();
  const api = apiOver(server.url, { deadline: 30_000 });
  const begin = performance.now();
  await expect(getObject(api, ref)).rejects.toMatchObject({
    kind: "unreachable",
    message: expect.stringMatching(/^cannot reach 127\.0\.0\.1:\d+: connection refused$/) as string,
  });
  expect(performance.now() - begin).toBeLessThan(20_000);
  api.transport.close();
});

test("connections are kept, and one that the server closed is no failure", async () => {
  const ports = new Set<unknown>();
  const server = await serve((_request, n) => ({
    status: 200,
    body: stored,
    headers: n === 3 ? { connection: "close" } : {},
  }));
  const api = apiOver(server.url);
  for (let n = 0; n < 6; n++) {
    await getObject(api, ref);
    ports.add(server.connections());
  }
  expect(server.received.length).toBe(6);
  expect(Math.max(...([...ports] as number[]))).toBeLessThanOrEqual(1);
  api.transport.close();
});

test("a create whose answer was lost is found again", async () => {
  const server = await serve(({ method }, n) =>
    n === 1 ? "reset" : method === "POST" ? exists : ok,
  );
  const api = apiOver(server.url);
  expect(await createObject(api, object({ x: "1" }))).toEqual(stored);
  expect(server.received.map(({ method }) => method)).toEqual(["POST", "POST", "GET"]);
  api.transport.close();
});

test("a create that somebody else did in the gap is not taken for ours", async () => {
  const server = await serve(({ method }, n) =>
    n === 1 ? "reset" : method === "POST" ? exists : ok,
  );
  const api = apiOver(server.url);
  await expect(createObject(api, object({ x: "2" }))).rejects.toMatchObject({
    kind: "already-exists",
    uncertain: true,
  });
  api.transport.close();
});

test("a create of what exists is refused at once", async () => {
  const server = await serve(() => exists);
  const api = apiOver(server.url);
  await expect(createObject(api, object({ x: "1" }))).rejects.toMatchObject({
    kind: "already-exists",
    uncertain: false,
  });
  expect(server.received.length).toBe(1);
  api.transport.close();
});

test.each<[string, Reaction, number]>([
  [
    "503 of the server",
    { status: 503, body: statusBody(503, "ServiceUnavailable", "starting") },
    2,
  ],
  [
    "a quota that changed meanwhile",
    {
      status: 409,
      body: statusBody(409, "Conflict", "Operation cannot be fulfilled on resourcequotas", {
        name: "q",
        kind: "resourcequotas",
      }),
    },
    2,
  ],
  [
    "a webhook that starts",
    failedWith(
      'Internal error occurred: failed calling webhook "w.x": Post "https://w.x.svc": dial tcp 10.0.0.1:443: connect: connection refused',
    ),
    2,
  ],
])("an unfenced patch survives %s", async (_, fault, requests) => {
  const server = await serve((_request, n) => (n === 1 ? fault : ok));
  const api = apiOver(server.url);
  expect(await patchObject(api, ref, { data: { x: "1" } })).toEqual(stored);
  expect(server.received.length).toBe(requests);
  api.transport.close();
});

test.each<[string, Reaction]>([
  ["a reset", "reset"],
  ["502", { status: 502, body: "bad gateway" }],
  ["an etcd timeout", failedWith("etcdserver: request timed out")],
  ["a plain 500", failedWith("something broke")],
])("after %s what may be repeated is, and only that", async (_, fault) => {
  const server = await serve((_request, n) => (n === 1 ? fault : ok));
  const api = apiOver(server.url);
  // A replace that names no version could undo what others did meanwhile.
  await expect(replaceObject(api, object({ x: "1" }))).rejects.toMatchObject({ uncertain: true });
  expect(server.received.length).toBe(1);
  api.transport.close();

  const fenced = { metadata: { resourceVersion: "6" }, data: { x: "1" } };
  for (const write of [
    (again: Api) => patchObject(again, ref, fenced),
    (again: Api) => patchObject(again, ref, { data: { x: "1" } }),
    (again: Api) => createObject(again, object({ x: "1" })),
    (again: Api) => deleteObject(again, ref, { uid: "u1" }),
    (again: Api) => applyObject(again, object({ x: "1" }), { live: stored, dryRun: true }),
  ]) {
    const failing = await serve((_request, n) => (n === 1 ? fault : ok));
    const again = apiOver(failing.url);
    await write(again);
    expect(failing.received.length).toBe(2);
    again.transport.close();
  }
});

test("a create that broke the server and was carried out all the same is found again", async () => {
  const server = await serve(({ method }, n) =>
    n === 1 ? failedWith("something broke") : method === "POST" ? exists : ok,
  );
  const api = apiOver(server.url);
  expect(await createObject(api, object({ x: "1" }))).toEqual(stored);
  api.transport.close();
});

test("a server that breaks on a write each time is not asked for ever", async () => {
  const server = await serve(() => failedWith("something broke"));
  const api = apiOver(server.url);
  await expect(createObject(api, object({ x: "1" }))).rejects.toMatchObject({
    kind: "other",
    uncertain: true,
  });
  expect(server.received.length).toBe(5);
  api.transport.close();
});

test("a dry run of a deletion says so in the query too, where an audit log without bodies shows it", async () => {
  const server = await serve(() => ok);
  const api = apiOver(server.url);
  await deleteObject(api, ref, { dryRun: true });
  await deleteObject(api, ref);
  expect(server.received.map(({ query }) => query.get("dryRun"))).toEqual(["All", null]);
  expect(server.received.map(({ body }) => (body as { dryRun?: unknown }).dryRun)).toEqual([
    ["All"],
    undefined,
  ]);
  api.transport.close();
});

test("a conflict over a version that was not named is met by another try, one that was is not", async () => {
  const server = await serve((_request, n) => (n <= 2 ? conflict : ok));
  const api = apiOver(server.url);
  expect(await patchObject(api, ref, { data: { x: "1" } })).toEqual(stored);
  expect(server.received.length).toBe(3);
  api.transport.close();

  const absent = await serve((_request, n) =>
    n === 1 ? conflict : { status: 200, body: object({}) },
  );
  const third = apiOver(absent.url);
  expect(await createObject(third, object({}), { dryRun: true })).toEqual(object({}));
  third.transport.close();

  const other = await serve(() => conflict);
  const second = apiOver(other.url);
  await expect(deleteObject(second, ref, { uid: "u1" })).rejects.toMatchObject({
    kind: "conflict",
  });
  expect(other.received.length).toBe(5);
  const named = { metadata: { resourceVersion: "6" } };
  await expect(patchObject(second, ref, named)).rejects.toMatchObject({ kind: "conflict" });
  expect(other.received.length).toBe(6);
  second.transport.close();
});

test("a fenced patch is repeated, and a conflict with our own first try is a success", async () => {
  const server = await serve(({ method }, n) =>
    n === 1 ? "reset" : method === "PATCH" ? conflict : ok,
  );
  const api = apiOver(server.url);
  const patch = { metadata: { resourceVersion: "6" }, data: { x: "1", y: null } };
  expect(await patchObject(api, ref, patch)).toEqual(stored);
  expect(server.received.map(({ method }) => method)).toEqual(["PATCH", "PATCH", "GET"]);
  api.transport.close();
});

test("a fenced replace that lost against somebody else is a conflict", async () => {
  const server = await serve(({ method }, n) =>
    n === 1 ? "reset" : method === "PUT" ? conflict : ok,
  );
  const api = apiOver(server.url);
  const sent = object({ x: "9" }, { resourceVersion: "6", uid: "u1" });
  await expect(replaceObject(api, sent)).rejects.toMatchObject({
    kind: "conflict",
    uncertain: true,
  });
  api.transport.close();
});

test("a fenced apply is repeated after a lost answer", async () => {
  const server = await serve((_request, n) => (n === 1 ? "reset" : ok));
  const api = apiOver(server.url);
  const sent = object({ x: "1" }, { resourceVersion: "6" });
  expect(await applyObject(api, sent, { live: stored })).toEqual(stored);
  const [, again] = server.received;
  expect(again?.headers["content-type"]).toBe("application/apply-patch+yaml");
  expect(again?.query.toString()).toBe("fieldManager=kplan&fieldValidation=Strict");
  expect(again?.body).toMatchObject({ metadata: { uid: "u1", resourceVersion: "6" } });
  api.transport.close();
});

test("an apply reads the object first, and never makes a new one", async () => {
  const server = await serve(() => missing);
  const api = apiOver(server.url);
  await expect(applyObject(api, object({}))).rejects.toMatchObject({ kind: "not-found" });
  expect(server.received.map(({ method }) => method)).toEqual(["GET"]);
  api.transport.close();
});

test("a deletion with preconditions is repeated, and gone is done", async () => {
  const server = await serve((_request, n) => (n === 1 ? "reset" : missing));
  const api = apiOver(server.url);
  expect(await deleteObject(api, ref, { uid: "u1", propagation: "Foreground" })).toBe("gone");
  expect(server.received[1]?.body).toMatchObject({
    preconditions: { uid: "u1" },
    propagationPolicy: "Foreground",
  });
  expect(await deleteObject(api, ref, { uid: "u1" })).toBe(false);
  api.transport.close();
});

test("a deletion by version that met our own first try is done", async () => {
  const dying = object(
    {},
    { uid: "u1", resourceVersion: "8", deletionTimestamp: "2026-01-01T00:00:00Z" },
  );
  const server = await serve(({ method }, n) =>
    n === 1 ? "reset" : method === "DELETE" ? conflict : { status: 200, body: dying },
  );
  const api = apiOver(server.url);
  expect(await deleteObject(api, ref, { uid: "u1", resourceVersion: "7" })).toBe("leaving");
  api.transport.close();
});

test("a deletion of whatever has that name is not repeated", async () => {
  const server = await serve(() => "reset");
  const api = apiOver(server.url);
  await expect(deleteObject(api, ref)).rejects.toMatchObject({
    kind: "unavailable",
    uncertain: true,
  });
  expect(server.received.length).toBe(1);
  api.transport.close();
});

test("a webhook that stays away is named", async () => {
  const server = await serve(() =>
    failedWith(
      'Internal error occurred: failed calling webhook "w.x": Post "https://w.x.svc": context deadline exceeded',
    ),
  );
  const api = apiOver(server.url, { deadline: 400 });
  const error = await createObject(api, object({})).catch((caught: ClusterError) => caught);
  expect(error).toMatchObject({ kind: "webhook", transient: true });
  expect((error as ClusterError).message).toMatch(/the admission webhook w\.x .*cannot be asked/);
  expect(server.received.length).toBeGreaterThan(2);
  api.transport.close();
});

test("a list that takes longer than the server remembers is read anew, at once", async () => {
  const page = (name: string, token: string): Reaction => ({
    status: 200,
    body: { metadata: { resourceVersion: "9", continue: token }, items: [{ metadata: { name } }] },
  });
  const expired: Reaction = {
    status: 410,
    body: statusBody(410, "Expired", "the continue token is too old"),
  };
  const server = await serve(({ query }) => {
    if (query.has("continue")) return expired;
    return query.has("limit") ? page("a", "t") : page("b", "");
  });
  const api = apiOver(server.url);
  const list = await listObjects(api, { apiVersion: "v1", kind: "ConfigMap", namespace: "db" });
  expect(list).toEqual({
    resourceVersion: "9",
    items: [{ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "b" } }],
  });
  api.transport.close();
});

test("close ends what is under way and leaves no timer", async () => {
  const server = await serve(() => "silence");
  const timers = (): number =>
    process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
  const before = timers();
  const api = apiOver(server.url);
  const reading = getObject(api, ref);
  const watched = expect(reading).rejects.toThrow("closed");
  await expect.poll(() => server.received.length).toBe(1);
  api.transport.close();
  await watched;
  await expect.poll(() => server.connections()).toBe(0);
  await expect.poll(timers).toBeLessThanOrEqual(before);
});

const created = object(
  { x: "1", y: "2" },
  {
    uid: "u1",
    resourceVersion: "7",
    managedFields: [
      {
        manager: "kplan",
        operation: "Update",
        apiVersion: "v1",
        fieldsType: "FieldsV1",
        fieldsV1: { "f:data": { "f:x": {}, "f:y": {} } },
      },
    ],
  },
);

test("before the first apply onto what was created, that counts as applied; the version moves on", async () => {
  const owned = { ...created, metadata: { ...created.metadata, resourceVersion: "8" } };
  const server = await serve((_request, n) => (n === 1 ? { status: 200, body: owned } : ok));
  const api = apiOver(server.url);
  await applyObject(api, object({ x: "5" }, { resourceVersion: "7" }), { live: created });
  const [takeOver, apply] = server.received;
  expect(takeOver?.headers["content-type"]).toBe("application/json-patch+json");
  expect(takeOver?.body).toEqual([
    { op: "test", path: "/metadata/uid", value: "u1" },
    {
      op: "add",
      path: "/metadata/managedFields",
      value: [{ ...created.metadata.managedFields?.[0], operation: "Apply" }],
    },
    { op: "replace", path: "/metadata/resourceVersion", value: "7" },
  ]);
  expect(apply?.body).toMatchObject({
    metadata: { uid: "u1", resourceVersion: "8" },
    data: { x: "5" },
  });
  api.transport.close();
});

test("a take-over that somebody came before begins again, unless a version must hold", async () => {
  const server = await serve(({ method, headers }, n) => {
    if (n === 1) return conflict;
    if (method === "GET") return { status: 200, body: created };
    return headers["content-type"] === "application/json-patch+json"
      ? { status: 200, body: created }
      : ok;
  });
  const api = apiOver(server.url);
  expect(await applyObject(api, object({ x: "5" }), { live: created })).toEqual(stored);
  expect(server.received.map(({ method }) => method)).toEqual(["PATCH", "GET", "PATCH", "PATCH"]);
  api.transport.close();

  const other = await serve(() => conflict);
  const second = apiOver(other.url);
  const fenced = applyObject(second, object({ x: "5" }, { resourceVersion: "7" }), {
    live: created,
  });
  await expect(fenced).rejects.toMatchObject({ kind: "conflict", conflicts: [] });
  expect(other.received.length).toBe(1);
  second.transport.close();
});

test("a dry run writes nothing, forces only what is ours, and tells the conflicts with others", async () => {
  const cause = (manager: string, field: string): object => ({
    reason: "FieldManagerConflict",
    message: `conflict with "${manager}" using v1`,
    field,
  });
  const fields = (...causes: object[]): Reaction => ({
    status: 409,
    body: statusBody(409, "Conflict", "Apply failed", { causes }),
  });
  const server = await serve((_request, n) =>
    n === 1 ? fields(cause("kplan", ".data.x")) : { status: 200, body: created },
  );
  const api = apiOver(server.url);
  await applyObject(api, object({ x: "5" }), { live: created, dryRun: true });
  // The third asks what the server makes of the object without what only the forced answer has.
  expect(
    server.received.map(({ method, query }) => [method, query.get("dryRun"), query.get("force")]),
  ).toEqual([
    ["PATCH", "All", null],
    ["PATCH", "All", "true"],
    ["PUT", "All", null],
  ]);
  api.transport.close();

  const mixed = await serve(() => fields(cause("kplan", ".data.x"), cause("helm", ".data.y")));
  const second = apiOver(mixed.url);
  await expect(
    applyObject(second, object({ x: "5" }), { live: created, dryRun: true }),
  ).rejects.toMatchObject({
    message: "helm owns .data.y of ConfigMap c",
    conflicts: [{ manager: "helm", field: ".data.y" }],
  });
  expect(mixed.received.length).toBe(1);
  second.transport.close();
});

test("close ends the connections that wait for work", async () => {
  const server = await serve(() => ok);
  const api = apiOver(server.url);
  await getObject(api, ref);
  expect(server.connections()).toBe(1);
  api.transport.close();
  await expect.poll(() => server.connections()).toBe(0);
});
