import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTarget, type Target } from "../support/api.ts";

let t: Target;
let maps: string;
let deployments: string;

beforeAll(async () => {
  t = await openTarget();
  maps = `/api/v1/namespaces/${t.namespace}/configmaps`;
  deployments = `/apis/apps/v1/namespaces/${t.namespace}/deployments`;
});
afterAll(() => t.close());

const configMap = (name: string, data?: Record<string, string>, more: object = {}): object => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, ...more },
  ...(data && { data }),
});

const deployment = (name: string, spec: object = {}, container: object = {}): object => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name },
  spec: {
    replicas: 0,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: "c", image: "busybox:1.28", ...container }] },
    },
    ...spec,
  },
});

/** Managed fields without times; newer servers tell the subresource too. */
const managed = (body: { metadata: { managedFields: Record<string, unknown>[] } }): unknown[] =>
  body.metadata.managedFields.map(({ time: _, ...rest }) => rest);

describe("create and merge", () => {
  test("creates what is not there, and says who set what", async () => {
    const { status, body } = await t.api.apply(
      `${maps}/one`,
      configMap("one", { a: "1" }, { labels: { l: "m" } }),
    );
    expect(status).toBe(201);
    expect(managed(body)).toEqual([
      {
        manager: "test",
        operation: "Apply",
        apiVersion: "v1",
        fieldsType: "FieldsV1",
        fieldsV1: { "f:data": { "f:a": {} }, "f:metadata": { "f:labels": { "f:l": {} } } },
      },
    ]);
  });

  test("the same again changes nothing", async () => {
    const first = await t.api.apply(`${maps}/again`, configMap("again", { a: "1" }));
    const second = await t.api.apply(`${maps}/again`, configMap("again", { a: "1" }));
    expect(second.status).toBe(200);
    expect(second.body.metadata.resourceVersion).toBe(first.body.metadata.resourceVersion);
  });

  test("removes a field that it applied before, and keeps those of others", async () => {
    const path = `${maps}/shrink`;
    await t.api.apply(path, configMap("shrink", { a: "1", b: "2" }));
    await t.api.apply(path, configMap("shrink", { c: "3" }), { manager: "other" });
    const { body } = await t.api.apply(path, configMap("shrink", { a: "1" }));
    expect(body.data).toEqual({ a: "1", c: "3" });
  });

  test("removes the whole map when nothing of it is left", async () => {
    const path = `${maps}/empty`;
    await t.api.apply(path, configMap("empty", { a: "1" }));
    const { body } = await t.api.apply(path, configMap("empty"));
    expect(body.data).toBeUndefined();
  });

  test("keeps a field that another one applied too, until the last lets it go", async () => {
    const path = `${maps}/shared`;
    await t.api.apply(path, configMap("shared", { a: "1" }));
    await t.api.apply(path, configMap("shared", { a: "1" }), { manager: "other" });
    const { body } = await t.api.apply(path, configMap("shared"));
    expect(body.data).toEqual({ a: "1" });
    const last = await t.api.apply(path, configMap("shared"), { manager: "other" });
    expect(last.body.data).toBeUndefined();
  });

  test("a create and updates own what they changed", async () => {
    await t.api.post(`${maps}?fieldManager=creator`, configMap("updates", { a: "1", b: "2" }));
    const { body } = await t.api.send(
      "PATCH",
      `${maps}/updates?fieldManager=patcher`,
      '{"data":{"b":"3"}}',
      {
        "content-type": "application/merge-patch+json",
      },
    );
    expect(managed(body)).toEqual([
      {
        manager: "creator",
        operation: "Update",
        apiVersion: "v1",
        fieldsType: "FieldsV1",
        fieldsV1: { "f:data": { ".": {}, "f:a": {} } },
      },
      {
        manager: "patcher",
        operation: "Update",
        apiVersion: "v1",
        fieldsType: "FieldsV1",
        fieldsV1: { "f:data": { "f:b": {} } },
      },
    ]);
  });
});

test("what nobody has tracked so far is, with the first apply, another manager's", async () => {
  const path = `${maps}/untracked`;
  await t.api.post(`${maps}?fieldManager=creator`, configMap("untracked", { a: "1" }));
  await t.api.patch(path, "merge-patch", { metadata: { managedFields: [{}] } });
  expect((await t.api.get(path)).body.metadata.managedFields).toBeUndefined();
  // Even an apply that says nothing tells it, and so does a dry run.
  const { body } = await t.api.apply(path, configMap("untracked"), { query: "dryRun=All" });
  expect(managed(body)).toContainEqual({
    manager: "before-first-apply",
    operation: "Update",
    apiVersion: "v1",
    fieldsType: "FieldsV1",
    fieldsV1: { "f:data": { ".": {}, "f:a": {} } },
  });
  const { status } = await t.api.apply(path, configMap("untracked", { a: "2" }));
  expect(status).toBe(409);
});

describe("conflicts", () => {
  test("name the other manager and the field", async () => {
    const path = `${maps}/conflict`;
    await t.api.apply(path, configMap("conflict", { a: "1" }), { manager: "first" });
    const { status, body } = await t.api.apply(path, configMap("conflict", { a: "2" }), {
      manager: "second",
    });
    expect(status).toBe(409);
    expect(body).toEqual({
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      message: 'Apply failed with 1 conflict: conflict with "first": .data.a',
      reason: "Conflict",
      details: {
        causes: [
          { reason: "FieldManagerConflict", message: 'conflict with "first"', field: ".data.a" },
        ],
      },
      code: 409,
    });
  });

  test("list every field of every manager", async () => {
    const path = `${maps}/conflicts`;
    await t.api.apply(path, configMap("conflicts", { a: "1", b: "1" }), { manager: "first" });
    await t.api.apply(path, configMap("conflicts", { c: "1" }), { manager: "second" });
    const { body } = await t.api.apply(path, configMap("conflicts", { a: "2", b: "2", c: "2" }), {
      manager: "third",
    });
    expect(body.message).toBe(
      'Apply failed with 3 conflicts: conflicts with "first":\n- .data.a\n- .data.b\nconflicts with "second":\n- .data.c',
    );
    const byField = (a: { field: string }, b: { field: string }): number =>
      a.field < b.field ? -1 : 1;
    expect([...body.details.causes].sort(byField)).toEqual([
      { reason: "FieldManagerConflict", message: 'conflict with "first"', field: ".data.a" },
      { reason: "FieldManagerConflict", message: 'conflict with "first"', field: ".data.b" },
      { reason: "FieldManagerConflict", message: 'conflict with "second"', field: ".data.c" },
    ]);
  });

  test("with an update name its version and time", async () => {
    const path = `${deployments}/updated`;
    await t.api.post(`${deployments}?fieldManager=editor`, deployment("updated"));
    const { status, body } = await t.api.apply(path, deployment("updated", { replicas: 3 }));
    expect(status).toBe(409);
    expect(body.details.causes).toHaveLength(1);
    expect(body.details.causes[0].field).toBe(".spec.replicas");
    expect(body.details.causes[0].message).toMatch(
      /^conflict with "editor" using apps\/v1( at \S+Z)?$/,
    );
  });

  test("the same value is no conflict, and both own it", async () => {
    const path = `${maps}/agree`;
    await t.api.apply(path, configMap("agree", { a: "1" }), { manager: "first" });
    const { status, body } = await t.api.apply(path, configMap("agree", { a: "1" }), {
      manager: "second",
    });
    expect(status).toBe(200);
    expect(body.metadata.managedFields).toHaveLength(2);
  });

  test("force takes the field over", async () => {
    const path = `${maps}/force`;
    await t.api.apply(path, configMap("force", { a: "1", b: "1" }), { manager: "first" });
    const { status, body } = await t.api.apply(path, configMap("force", { a: "2" }), {
      manager: "second",
      force: true,
    });
    expect(status).toBe(200);
    expect(body.data).toEqual({ a: "2", b: "1" });
    expect(managed(body)).toEqual([
      expect.objectContaining({ manager: "first", fieldsV1: { "f:data": { "f:b": {} } } }),
      expect.objectContaining({ manager: "second", fieldsV1: { "f:data": { "f:a": {} } } }),
    ]);
  });

  test("an update takes fields without asking", async () => {
    const path = `${maps}/taken`;
    await t.api.apply(path, configMap("taken", { a: "1" }), { manager: "first" });
    await t.api.patch(path, "merge-patch", { data: { a: "2" } });
    const { status } = await t.api.apply(path, configMap("taken", { a: "1" }), {
      manager: "first",
    });
    expect(status).toBe(409);
  });

  test("name list items by their keys", async () => {
    const path = `${deployments}/items`;
    await t.api.apply(path, deployment("items"), { manager: "first" });
    const { body } = await t.api.apply(path, deployment("items", {}, { image: "busybox:1.27" }), {
      manager: "second",
    });
    expect(body.details.causes[0].field).toBe('.spec.template.spec.containers[name="c"].image');
  });
});

describe("lists", () => {
  test("merge by key: containers, env, ports", async () => {
    const path = `${deployments}/lists`;
    await t.api.apply(
      path,
      deployment(
        "lists",
        {},
        { env: [{ name: "A", value: "1" }], ports: [{ containerPort: 80, protocol: "TCP" }] },
      ),
      { manager: "first" },
    );
    const more = {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "lists" },
      spec: {
        template: {
          spec: {
            containers: [
              {
                name: "c",
                env: [{ name: "B", value: "2" }],
                ports: [{ containerPort: 80, protocol: "UDP" }],
              },
              { name: "d", image: "busybox:1.28" },
            ],
          },
        },
      },
    };
    const { status, body } = await t.api.apply(path, more, { manager: "second" });
    expect(status).toBe(200);
    const [c, d] = body.spec.template.spec.containers;
    expect(c.env).toEqual([
      { name: "A", value: "1" },
      { name: "B", value: "2" },
    ]);
    expect(c.ports).toEqual([
      { containerPort: 80, protocol: "TCP" },
      { containerPort: 80, protocol: "UDP" },
    ]);
    expect(d.name).toBe("d");
    const without = { ...more, spec: { template: { spec: { containers: [{ name: "c" }] } } } };
    const after = await t.api.apply(path, without, { manager: "second" });
    expect(after.body.spec.template.spec.containers).toHaveLength(1);
    expect(after.body.spec.template.spec.containers[0].env).toEqual([{ name: "A", value: "1" }]);
  });

  test("say who owns which items", async () => {
    const { body } = await t.api.apply(
      `${deployments}/owned`,
      deployment("owned", {}, { command: ["a", "b"] }),
    );
    expect(managed(body)).toEqual([
      {
        manager: "test",
        operation: "Apply",
        apiVersion: "apps/v1",
        fieldsType: "FieldsV1",
        fieldsV1: {
          "f:spec": {
            "f:replicas": {},
            "f:selector": expect.anything(),
            "f:template": {
              "f:metadata": { "f:labels": { "f:app": {} } },
              "f:spec": {
                "f:containers": {
                  'k:{"name":"c"}': { ".": {}, "f:command": {}, "f:image": {}, "f:name": {} },
                },
              },
            },
          },
        },
      },
    ]);
  });

  test("a create says who owns which items", async () => {
    const { body } = await t.api.post(
      `${deployments}?fieldManager=creator`,
      deployment("posted", {}, { ports: [{ containerPort: 80 }] }),
    );
    expect(managed(body)).toEqual([
      {
        manager: "creator",
        operation: "Update",
        apiVersion: "apps/v1",
        fieldsType: "FieldsV1",
        fieldsV1: {
          "f:spec": {
            "f:progressDeadlineSeconds": {},
            "f:replicas": {},
            "f:revisionHistoryLimit": {},
            "f:selector": expect.anything(),
            "f:strategy": {
              "f:rollingUpdate": { ".": {}, "f:maxSurge": {}, "f:maxUnavailable": {} },
              "f:type": {},
            },
            "f:template": {
              "f:metadata": { "f:labels": { ".": {}, "f:app": {} } },
              "f:spec": {
                "f:containers": {
                  'k:{"name":"c"}': {
                    ".": {},
                    "f:image": {},
                    "f:imagePullPolicy": {},
                    "f:name": {},
                    "f:ports": {
                      ".": {},
                      'k:{"containerPort":80,"protocol":"TCP"}': {
                        ".": {},
                        "f:containerPort": {},
                        "f:protocol": {},
                      },
                    },
                    "f:resources": {},
                    "f:terminationMessagePath": {},
                    "f:terminationMessagePolicy": {},
                  },
                },
                "f:dnsPolicy": {},
                "f:restartPolicy": {},
                "f:schedulerName": {},
                "f:securityContext": {},
                "f:terminationGracePeriodSeconds": {},
              },
            },
          },
        },
      },
    ]);
  });

  test("finalizers are a set that managers share", async () => {
    const path = `${maps}/finalizers`;
    await t.api.apply(path, configMap("finalizers", {}, { finalizers: ["kplan.dev/a"] }), {
      manager: "first",
    });
    const both = await t.api.apply(
      path,
      configMap("finalizers", {}, { finalizers: ["kplan.dev/b"] }),
      { manager: "second" },
    );
    expect(both.body.metadata.finalizers).toEqual(["kplan.dev/a", "kplan.dev/b"]);
    const one = await t.api.apply(path, configMap("finalizers"), { manager: "first" });
    expect(one.body.metadata.finalizers).toEqual(["kplan.dev/b"]);
    await t.api.apply(path, configMap("finalizers"), { manager: "second" });
  });
});

describe("preconditions", () => {
  test("a uid of an object that is gone", async () => {
    const uid = "00000000-0000-0000-0000-000000000000";
    const { status, body } = await t.api.apply(`${maps}/gone`, configMap("gone", {}, { uid }));
    expect([status, body.reason]).toEqual([409, "Conflict"]);
    expect(body.message).toContain("uid mismatch: the provided object specified uid");
  });

  test("another uid", async () => {
    const uid = "00000000-0000-0000-0000-000000000000";
    await t.api.apply(`${maps}/uid`, configMap("uid"));
    const { status, body } = await t.api.apply(
      `${maps}/uid`,
      configMap("uid", { a: "1" }, { uid }),
    );
    expect([status, body.details.causes.slice(0, 1)]).toEqual([
      422,
      [
        {
          reason: "FieldValueInvalid",
          message: `Invalid value: "${uid}": field is immutable`,
          field: "metadata.uid",
        },
      ],
    ]);
  });

  test("an old resourceVersion", async () => {
    const { body } = await t.api.apply(`${maps}/version`, configMap("version", { a: "1" }));
    const { resourceVersion } = body.metadata;
    const now = await t.api.apply(
      `${maps}/version`,
      configMap("version", { a: "2" }, { resourceVersion }),
    );
    expect(now.status).toBe(200);
    const late = await t.api.apply(
      `${maps}/version`,
      configMap("version", { a: "3" }, { resourceVersion }),
    );
    expect([late.status, late.body.reason]).toEqual([409, "Conflict"]);
    expect(late.body.message).toContain("the object has been modified");
  });

  test("dry run stores nothing and still finds conflicts", async () => {
    const path = `${maps}/dry`;
    await t.api.apply(path, configMap("dry", { a: "1" }), { manager: "first" });
    const fine = await t.api.apply(path, configMap("dry", { b: "1" }), {
      manager: "second",
      query: "dryRun=All",
    });
    expect([fine.status, fine.body.data]).toEqual([200, { a: "1", b: "1" }]);
    const wrong = await t.api.apply(path, configMap("dry", { a: "2" }), {
      manager: "second",
      query: "dryRun=All",
    });
    expect(wrong.status).toBe(409);
    expect((await t.api.get(path)).body.data).toEqual({ a: "1" });
    const created = await t.api.apply(`${maps}/dry2`, configMap("dry2"), { query: "dryRun=All" });
    expect(created.status).toBe(201);
    expect((await t.api.get(`${maps}/dry2`)).status).toBe(404);
  });
});

describe("refusals", () => {
  test.each([
    ["an unknown field", { imaeg: "x" }, "field not declared in schema"],
    ["a wrong type", { image: 7 }, "expected string"],
    ["a doubled key", { env: [{ name: "A" }, { name: "A" }] }, "duplicate entries for key"],
  ])("of %s, as servers before 1.28", async (_, container, words) => {
    const { status, body } = await t.api.apply(
      `${deployments}/trap`,
      deployment("trap", {}, container),
    );
    expect([status, body.message]).toEqual([
      500,
      expect.stringContaining("failed to create typed patch object"),
    ]);
    expect(body.message).toContain(words);
    expect((await t.api.get(`${deployments}/trap`)).status).toBe(404);
  });

  test("of a service port without protocol, as servers before 1.28", async () => {
    const path = `/api/v1/namespaces/${t.namespace}/services/trap`;
    const service = (port: object): object => ({
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "trap" },
      spec: { ports: [port] },
    });
    const { status, body } = await t.api.apply(path, service({ port: 80 }));
    expect(status).toBe(500);
    expect(body).toEqual({
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      message:
        'failed to create typed patch object: .spec.ports: element 0: associative list with keys has an element that omits key field "protocol" (and doesn\'t have default value)',
      code: 500,
    });
    expect((await t.api.apply(path, service({ port: 80, protocol: "TCP" }))).status).toBe(201);
  });

  test("not of a container port without protocol", async () => {
    const ports = [{ containerPort: 80 }];
    const { status, body } = await t.api.apply(
      `${deployments}/port`,
      deployment("port", {}, { ports }),
    );
    expect(status).toBe(201);
    expect(body.spec.template.spec.containers[0].ports).toEqual([
      { containerPort: 80, protocol: "TCP" },
    ]);
  });

  test("of managed fields", async () => {
    const managedFields = [
      { manager: "x", operation: "Apply", apiVersion: "v1", fieldsType: "FieldsV1", fieldsV1: {} },
    ];
    const { status, body } = await t.api.apply(`${maps}/m`, configMap("m", {}, { managedFields }));
    expect([status, body.message]).toEqual([400, "metadata.managedFields must be nil"]);
  });

  test("without a field manager", async () => {
    const { status, body } = await t.api.send(
      "PATCH",
      `${maps}/m`,
      JSON.stringify(configMap("m")),
      {
        "content-type": "application/apply-patch+yaml",
      },
    );
    expect(status).toBe(422);
    expect(body.message).toContain("fieldManager: Required value: is required for apply patch");
  });

  test("of another kind", async () => {
    const { status, body } = await t.api.apply(`${maps}/m`, { ...configMap("m"), kind: "Secret" });
    expect([status, body.message]).toEqual([
      500,
      expect.stringContaining("failed to merge config: expected objects of the same type"),
    ]);
  });

  test("of what is not valid", async () => {
    const { status, body } = await t.api.apply(`${deployments}/bad`, {
      ...deployment("bad"),
      spec: { template: { spec: { containers: [{ name: "c" }] } } },
    });
    expect([status, body.reason]).toEqual([422, "Invalid"]);
  });
});
