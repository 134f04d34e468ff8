import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually, openTarget, type Target } from "../support/api.ts";

let t: Target;

beforeAll(async () => {
  t = await openTarget();
});
afterAll(() => t.close());

const NAMESPACES = "/api/v1/namespaces";
const namespace = (name: string): object => ({
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name },
});

describe("a namespace", () => {
  test("is active, and has a service account", async () => {
    const { body } = await t.api.get(`${NAMESPACES}/${t.namespace}`);
    expect([body.spec, body.status]).toEqual([{ finalizers: ["kubernetes"] }, { phase: "Active" }]);
    await eventually(
      () => t.api.get(`${NAMESPACES}/${t.namespace}/serviceaccounts/default`),
      ({ status }) => status === 200,
    );
  });

  test("that is being deleted takes nothing new, is emptied, and goes", {
    timeout: 30_000,
  }, async () => {
    const name = `kp-embed-${randomBytes(4).toString("hex")}`;
    expect((await t.api.post(NAMESPACES, namespace(name))).status).toBe(201);
    const maps = `${NAMESPACES}/${name}/configmaps`;
    const map = (of: string, more: object = {}): object => ({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: of, ...more },
    });
    await t.api.post(maps, map("plain"));
    await t.api.post(maps, map("held", { finalizers: ["kplan.dev/a"] }));
    const { status, body } = await t.api.delete(`${NAMESPACES}/${name}`);
    expect([status, body.kind, body.status.phase]).toEqual([200, "Namespace", "Terminating"]);
    expect(body.metadata.deletionTimestamp).toBeDefined();
    const refused = await t.api.post(maps, map("late"));
    expect(refused.status).toBe(403);
    expect(refused.body).toMatchObject({
      message: `configmaps "late" is forbidden: unable to create new content in namespace ${name} because it is being terminated`,
      reason: "Forbidden",
      details: {
        name: "late",
        kind: "configmaps",
        causes: [
          {
            reason: "NamespaceTerminating",
            message: `namespace ${name} is being terminated`,
            field: "metadata.namespace",
          },
        ],
      },
    });
    await eventually(
      () => t.api.get(`${maps}/plain`),
      (answer) => answer.status === 404,
    );
    expect((await t.api.get(`${NAMESPACES}/${name}`)).status).toBe(200);
    await t.api.patch(`${maps}/held`, "merge-patch", { metadata: { finalizers: null } });
    await eventually(
      () => t.api.get(`${NAMESPACES}/${name}`),
      (answer) => answer.status === 404,
    );
  });
});

describe("discovery", () => {
  test("lists versions, groups and resources", async () => {
    expect((await t.api.get("/api")).body).toMatchObject({ kind: "APIVersions", versions: ["v1"] });
    const { body } = await t.api.get("/apis");
    expect(body.kind).toBe("APIGroupList");
    const apps = body.groups.find(({ name }: { name: string }) => name === "apps");
    expect(apps.preferredVersion).toEqual({ groupVersion: "apps/v1", version: "v1" });
    const resources = (await t.api.get("/apis/apps/v1")).body.resources;
    const find = (name: string): unknown =>
      resources.find((each: { name: string }) => each.name === name);
    expect(find("statefulsets")).toMatchObject({
      kind: "StatefulSet",
      namespaced: true,
      shortNames: ["sts"],
      verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
    });
    expect(find("statefulsets/status")).toMatchObject({
      kind: "StatefulSet",
      verbs: ["get", "patch", "update"],
    });
    expect(find("statefulsets/scale")).toMatchObject({
      group: "autoscaling",
      version: "v1",
      kind: "Scale",
    });
  });

  test("tells the version and its health", async () => {
    const { body } = await t.api.get("/version");
    expect(body.gitVersion).toMatch(/^v1\.\d+\./);
    expect((await t.api.get("/readyz")).body).toBe("ok");
  });
});

describe("tables", () => {
  const asTable = { accept: "application/json;as=Table;v=v1;g=meta.k8s.io,application/json" };

  test("of a list", async () => {
    const maps = `${NAMESPACES}/${t.namespace}/configmaps`;
    await t.api.post(maps, {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "table" },
      data: { a: "1", b: "2" },
    });
    const { body } = await t.api.get(`${maps}?fieldSelector=metadata.name%3Dtable`, asTable);
    expect([body.kind, body.apiVersion]).toEqual(["Table", "meta.k8s.io/v1"]);
    expect(body.columnDefinitions.map(({ name }: { name: string }) => name)).toEqual([
      "Name",
      "Data",
      "Age",
    ]);
    expect(body.rows[0].cells.slice(0, 2)).toEqual(["table", 2]);
    expect(body.rows[0].object).toMatchObject({
      kind: "PartialObjectMetadata",
      metadata: { name: "table" },
    });
  });

  test.each([
    ["pods", ["Name", "Ready", "Status", "Restarts", "Age"]],
    ["services", ["Name", "Type", "Cluster-IP", "External-IP", "Port(s)", "Age"]],
    ["secrets", ["Name", "Type", "Data", "Age"]],
  ])("of %s", async (plural, columns) => {
    const { body } = await t.api.get(`${NAMESPACES}/${t.namespace}/${plural}`, asTable);
    const shown = body.columnDefinitions.filter(
      ({ priority }: { priority: number }) => priority === 0,
    );
    expect(shown.map(({ name }: { name: string }) => name)).toEqual(columns);
  });
});

test("who may ask may do everything", async () => {
  const { status, body } = await t.api.post(
    "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
    {
      apiVersion: "authorization.k8s.io/v1",
      kind: "SelfSubjectAccessReview",
      spec: { resourceAttributes: { verb: "delete", resource: "pods", namespace: t.namespace } },
    },
  );
  expect([status, body.status.allowed]).toEqual([201, true]);
});

test("events are stored and selected by what they are about", async () => {
  const events = `${NAMESPACES}/${t.namespace}/events`;
  const { status } = await t.api.post(events, {
    apiVersion: "v1",
    kind: "Event",
    metadata: { name: "e" },
    involvedObject: { kind: "Pod", name: "p", namespace: t.namespace },
    reason: "Tried",
    type: "Normal",
    message: "it was tried",
  });
  expect(status).toBe(201);
  const { body } = await t.api.get(
    `${events}?fieldSelector=involvedObject.name%3Dp,reason%3DTried`,
  );
  expect(body.items).toHaveLength(1);
});
