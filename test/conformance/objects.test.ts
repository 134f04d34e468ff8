import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTarget, type Target } from "../support/api.ts";

let t: Target;
let maps: string;

beforeAll(async () => {
  t = await openTarget();
  maps = `/api/v1/namespaces/${t.namespace}/configmaps`;
});
afterAll(() => t.close());

const configMap = (name: string, data: Record<string, string> = {}, more: object = {}): object => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, ...more },
  data,
});

describe("create", () => {
  test("fills in metadata and answers 201", async () => {
    const { status, body } = await t.api.post(maps, configMap("created", { a: "1" }));
    expect(status).toBe(201);
    expect(body).toMatchObject({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "created", namespace: t.namespace },
      data: { a: "1" },
    });
    expect(body.metadata.uid).toMatch(/^[0-9a-f-]{36}$/);
    expect(body.metadata.resourceVersion).toMatch(/^\d+$/);
    expect(body.metadata.creationTimestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(body.metadata.generation).toBeUndefined();
  });

  test("answers 409 AlreadyExists for a name that is taken", async () => {
    await t.api.post(maps, configMap("taken"));
    const { status, body } = await t.api.post(maps, configMap("taken"));
    expect(status).toBe(409);
    expect(body).toEqual({
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      message: 'configmaps "taken" already exists',
      reason: "AlreadyExists",
      details: { name: "taken", kind: "configmaps" },
      code: 409,
    });
  });

  test("makes a name from generateName", async () => {
    const { status, body } = await t.api.post(maps, {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { generateName: "made-" },
    });
    expect(status).toBe(201);
    expect(body.metadata.name).toMatch(/^made-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  });

  test("needs the namespace", async () => {
    const missing = `${t.namespace}-none`;
    const { status, body } = await t.api.post(
      `/api/v1/namespaces/${missing}/configmaps`,
      configMap("a"),
    );
    expect(status).toBe(404);
    expect(body).toMatchObject({
      message: `namespaces "${missing}" not found`,
      reason: "NotFound",
      details: { name: missing, kind: "namespaces" },
    });
  });

  test("refuses another namespace in the object", async () => {
    const { status, body } = await t.api.post(maps, configMap("a", {}, { namespace: "default" }));
    expect(status).toBe(400);
    expect(body.message).toContain(
      "the namespace of the provided object does not match the namespace sent on the request",
    );
  });

  test("refuses a resourceVersion", async () => {
    const { status, body } = await t.api.post(maps, configMap("b", {}, { resourceVersion: "1" }));
    expect([status, body.message]).toEqual([
      500,
      "resourceVersion should not be set on objects to be created",
    ]);
  });

  test("dry run answers the same and stores nothing", async () => {
    const { status, body } = await t.api.post(`${maps}?dryRun=All`, configMap("dry", { a: "1" }));
    expect(status).toBe(201);
    expect(body).toMatchObject({ metadata: { name: "dry" }, data: { a: "1" } });
    expect(body.metadata.resourceVersion).toBeUndefined();
    expect((await t.api.get(`${maps}/dry`)).status).toBe(404);
  });

  test("drops unknown fields", async () => {
    const { status, body } = await t.api.post(maps, { ...configMap("unknown"), futureField: 1 });
    expect(status).toBe(201);
    expect(body.futureField).toBeUndefined();
  });

  test.each([
    ["not JSON", "{", 400, "BadRequest"],
    [
      "another kind",
      '{"apiVersion":"v1","kind":"Secret","metadata":{"name":"x"}}',
      400,
      "BadRequest",
    ],
    [
      "a wrong type",
      '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x"},"data":{"a":1}}',
      400,
      "BadRequest",
    ],
  ])("refuses %s", async (_, text, code, reason) => {
    const { status, body } = await t.api.send("POST", maps, text, {
      "content-type": "application/json",
    });
    expect([status, body.reason]).toEqual([code, reason]);
  });

  test("answers 415 to an unknown media type", async () => {
    const { status, body } = await t.api.send("POST", maps, "a=b", {
      "content-type": "application/x-www-form-urlencoded",
    });
    expect([status, body.reason]).toEqual([415, "UnsupportedMediaType"]);
  });

  test("reads YAML", async () => {
    const text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: yaml}\ndata: {a: b}\n";
    const { status, body } = await t.api.send("POST", maps, text, {
      "content-type": "application/yaml",
    });
    expect(status).toBe(201);
    expect(body.data).toEqual({ a: "b" });
  });
});

describe("get", () => {
  test("answers 404 with what was not found", async () => {
    const { status, body } = await t.api.get(`${maps}/nobody`);
    expect(status).toBe(404);
    expect(body).toEqual({
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      message: 'configmaps "nobody" not found',
      reason: "NotFound",
      details: { name: "nobody", kind: "configmaps" },
      code: 404,
    });
  });

  test("names the group of what was not found", async () => {
    const { body } = await t.api.get(`/apis/apps/v1/namespaces/${t.namespace}/statefulsets/x`);
    expect(body).toMatchObject({
      message: 'statefulsets.apps "x" not found',
      details: { name: "x", group: "apps", kind: "statefulsets" },
    });
  });

  test("answers 404 for a kind that is not served", async () => {
    const { status, body } = await t.api.get("/apis/apps/v1/foos");
    expect(status).toBe(404);
    expect(body).toMatchObject({
      message: "the server could not find the requested resource",
      reason: "NotFound",
    });
  });

  test("answers a text for a group that is not served", async () => {
    const { status, body } = await t.api.get("/apis/nobody.example.com/v1/foos");
    expect([status, body]).toEqual([404, "404 page not found\n"]);
  });
});

describe("list", () => {
  beforeAll(async () => {
    for (const [name, labels] of [
      ["list-a", { set: "list", tier: "one" }],
      ["list-b", { set: "list", tier: "two" }],
      ["list-c", { set: "list" }],
    ] as const)
      await t.api.post(maps, configMap(name, {}, { labels }));
  });

  const names = async (query: string): Promise<string[]> => {
    const { body } = await t.api.get(`${maps}?${query}`);
    return body.items.map((item: { metadata: { name: string } }) => item.metadata.name);
  };

  test.each([
    ["labelSelector=set%3Dlist", ["list-a", "list-b", "list-c"]],
    ["labelSelector=set%3Dlist,tier", ["list-a", "list-b"]],
    ["labelSelector=set%3Dlist,!tier", ["list-c"]],
    ["labelSelector=set%3Dlist,tier!%3Done", ["list-b", "list-c"]],
    ["labelSelector=tier%20in%20(one,two),set%3D%3Dlist", ["list-a", "list-b"]],
    ["labelSelector=set%3Dlist,tier%20notin%20(one)", ["list-b", "list-c"]],
    ["fieldSelector=metadata.name%3Dlist-b", ["list-b"]],
    ["labelSelector=set%3Dlist&fieldSelector=metadata.name!%3Dlist-b", ["list-a", "list-c"]],
  ])("by %s", async (query, expected) => {
    expect(await names(query)).toEqual(expected);
  });

  test("refuses a field that cannot be selected by", async () => {
    const { status, body } = await t.api.get(`${maps}?fieldSelector=data.a%3D1`);
    expect(status).toBe(400);
    expect(body.message).toBe(
      '"data.a" is not a known field selector: only "metadata.name", "metadata.namespace"',
    );
  });

  test("hands out pages", async () => {
    const first = await t.api.get(`${maps}?labelSelector=set%3Dlist&limit=2`);
    expect(first.body.items).toHaveLength(2);
    expect(first.body.kind).toBe("ConfigMapList");
    expect(first.body.metadata.continue).not.toBe("");
    const token = encodeURIComponent(first.body.metadata.continue);
    const second = await t.api.get(`${maps}?labelSelector=set%3Dlist&limit=2&continue=${token}`);
    expect(
      second.body.items.map((each: { metadata: { name: string } }) => each.metadata.name),
    ).toEqual(["list-c"]);
    expect(second.body.metadata.continue ?? "").toBe("");
    expect(second.body.metadata.resourceVersion).toBe(first.body.metadata.resourceVersion);
  });

  test("answers 410 for a version that is forgotten", async () => {
    const { status, body } = await t.api.get(
      `${maps}?resourceVersion=1&resourceVersionMatch=Exact&limit=1`,
    );
    expect([status, body.reason]).toEqual([410, "Expired"]);
  });

  test("leaves kind and apiVersion out of items", async () => {
    const { body } = await t.api.get(`${maps}?limit=1`);
    expect(body.items[0].kind).toBeUndefined();
  });

  test("is empty in a namespace that does not exist", async () => {
    const { status, body } = await t.api.get("/api/v1/namespaces/kp-embed-nowhere/configmaps");
    expect([status, body.items]).toEqual([200, []]);
  });
});

describe("replace", () => {
  test("needs the stored version when one is named", async () => {
    const { body } = await t.api.post(maps, configMap("put", { a: "1" }));
    const second = await t.api.put(`${maps}/put`, { ...body, data: { a: "2" } });
    expect(second.status).toBe(200);
    const third = await t.api.put(`${maps}/put`, { ...body, data: { a: "3" } });
    expect(third.status).toBe(409);
    expect(third.body).toMatchObject({
      reason: "Conflict",
      message:
        'Operation cannot be fulfilled on configmaps "put": the object has been modified; please apply your changes to the latest version and try again',
      details: { name: "put", kind: "configmaps" },
    });
  });

  test("takes a ConfigMap without a version, and a Lease only with one", async () => {
    await t.api.post(maps, configMap("free"));
    expect((await t.api.put(`${maps}/free`, configMap("free", { b: "2" }))).status).toBe(200);
    const leases = `/apis/coordination.k8s.io/v1/namespaces/${t.namespace}/leases`;
    const lease = {
      apiVersion: "coordination.k8s.io/v1",
      kind: "Lease",
      metadata: { name: "held" },
      spec: { holderIdentity: "me" },
    };
    expect((await t.api.post(leases, lease)).status).toBe(201);
    const { status, body } = await t.api.put(`${leases}/held`, lease);
    expect([status, body.reason]).toEqual([422, "Invalid"]);
    expect(body.message).toContain("metadata.resourceVersion: Invalid value");
    expect(body.message).toContain("must be specified for an update");
  });

  test("changes nothing when nothing changed", async () => {
    const { body } = await t.api.post(maps, configMap("same", { a: "1" }));
    const again = await t.api.put(`${maps}/same`, body);
    expect(again.body.metadata.resourceVersion).toBe(body.metadata.resourceVersion);
  });

  test("refuses another uid or name", async () => {
    const { body } = await t.api.post(maps, configMap("mine"));
    const uid = "00000000-0000-0000-0000-000000000000";
    const other = await t.api.put(`${maps}/mine`, { ...body, metadata: { ...body.metadata, uid } });
    expect([other.status, other.body.reason]).toEqual([409, "Conflict"]);
    const renamed = await t.api.put(`${maps}/mine`, configMap("yours"));
    expect([renamed.status, renamed.body.reason]).toEqual([400, "BadRequest"]);
    expect(renamed.body.message).toContain(
      "the name of the object (yours) does not match the name on the URL (mine)",
    );
  });

  test("answers 404 where there is nothing", async () => {
    const { status } = await t.api.put(`${maps}/absent`, configMap("absent"));
    expect(status).toBe(404);
  });
});

describe("generation", () => {
  const deployments = (): string => `/apis/apps/v1/namespaces/${t.namespace}/deployments`;
  const deployment = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "generation" },
    spec: {
      replicas: 0,
      paused: true,
      selector: { matchLabels: { app: "generation" } },
      template: {
        metadata: { labels: { app: "generation" } },
        spec: { containers: [{ name: "c", image: "busybox:1.28" }] },
      },
    },
    status: { replicas: 7 },
  };

  test("counts changes of the spec only; the status has its own endpoint", async () => {
    const created = await t.api.post(deployments(), deployment);
    expect(created.status).toBe(201);
    expect(created.body.metadata.generation).toBe(1);
    expect(created.body.status.replicas).toBeUndefined();
    const path = `${deployments()}/generation`;
    const labelled = await t.api.patch(path, "merge-patch", { metadata: { labels: { a: "b" } } });
    expect(labelled.body.metadata.generation).toBe(1);
    const scaled = await t.api.patch(path, "merge-patch", {
      spec: { minReadySeconds: 3 },
      status: { replicas: 9 },
    });
    expect(scaled.body.metadata.generation).toBe(2);
    expect(scaled.body.status.replicas ?? 0).toBe(0);
    const status = await t.api.patch(`${path}/status`, "merge-patch", {
      spec: { minReadySeconds: 9 },
      status: { collisionCount: 4 },
    });
    expect(status.status).toBe(200);
    expect(status.body.metadata.generation).toBe(2);
    expect(status.body.spec.minReadySeconds).toBe(3);
    expect(status.body.status.collisionCount).toBe(4);
  });

  test("fills in defaults", async () => {
    const { body } = await t.api.get(`${deployments()}/generation`);
    expect(body.spec).toMatchObject({
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      strategy: {
        type: "RollingUpdate",
        rollingUpdate: { maxSurge: "25%", maxUnavailable: "25%" },
      },
      template: {
        spec: {
          restartPolicy: "Always",
          terminationGracePeriodSeconds: 30,
          dnsPolicy: "ClusterFirst",
          securityContext: {},
          schedulerName: "default-scheduler",
          containers: [
            {
              imagePullPolicy: "IfNotPresent",
              resources: {},
              terminationMessagePath: "/dev/termination-log",
              terminationMessagePolicy: "File",
            },
          ],
        },
      },
    });
  });

  test("scales through the scale subresource", async () => {
    const path = `${deployments()}/generation/scale`;
    const { body } = await t.api.get(path);
    expect(body).toMatchObject({
      apiVersion: "autoscaling/v1",
      kind: "Scale",
      metadata: { name: "generation", namespace: t.namespace },
      spec: {},
      status: { replicas: 0, selector: "app=generation" },
    });
    const scaled = await t.api.patch(path, "merge-patch", { spec: { replicas: 2 } });
    expect(scaled.body.spec.replicas).toBe(2);
    expect(
      (
        await t.api.put(path, {
          ...body,
          metadata: { name: "generation", namespace: t.namespace },
          spec: { replicas: 1 },
        })
      ).status,
    ).toBe(200);
    const after = await t.api.get(`${deployments()}/generation`);
    expect(after.body.spec.replicas).toBe(1);
  });
});
