import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTarget, type Target } from "../support/api.ts";

let t: Target;

beforeAll(async () => {
  t = await openTarget();
});
afterAll(() => t.close());

const at = (path: string): string =>
  path.startsWith("apps/") || path.includes("/")
    ? `/apis/${path.replace("#", `namespaces/${t.namespace}`)}`
    : `/api/v1/namespaces/${t.namespace}/${path}`;

const workload = (
  kind: string,
  change: (spec: Record<string, unknown>) => object = (spec) => spec,
): object => ({
  apiVersion: "apps/v1",
  kind,
  metadata: { name: "w" },
  spec: change({
    selector: { matchLabels: { a: "b" } },
    template: {
      metadata: { labels: { a: "b" } },
      spec: { containers: [{ name: "c", image: "busybox:1.28" }] },
    },
    ...(kind === "StatefulSet" && { serviceName: "w" }),
  }),
});
const container = (more: object): object =>
  workload("Deployment", (spec) => ({
    ...spec,
    template: {
      metadata: { labels: { a: "b" } },
      spec: { containers: [{ name: "c", image: "i", ...more }] },
    },
  }));
const podSpec = (more: object): object =>
  workload("Deployment", (spec) => ({
    ...spec,
    template: {
      metadata: { labels: { a: "b" } },
      spec: { containers: [{ name: "c", image: "i" }], ...more },
    },
  }));
const named = (name: string, more: object = {}): object => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, ...more },
});
const service = (spec: object): object => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "s" },
  spec,
});
const claim = (spec: object): object => ({
  apiVersion: "v1",
  kind: "PersistentVolumeClaim",
  metadata: { name: "c" },
  spec,
});
const job = (spec: object): object => ({
  apiVersion: "batch/v1",
  kind: "Job",
  metadata: { name: "j" },
  spec,
});

/** What is wrong, where it is posted, the object, and the field and reason of each cause that must be named. */
const REFUSED: readonly (readonly [string, string, object, readonly string[]])[] = [
  ["a name with capitals", "configmaps", named("Upper"), ["metadata.name FieldValueInvalid"]],
  ["no name", "configmaps", named(""), ["metadata.name FieldValueRequired"]],
  ["a long name", "configmaps", named("a".repeat(254)), ["metadata.name FieldValueInvalid"]],
  [
    "a bad label",
    "configmaps",
    named("x", { labels: { "a b": "c" } }),
    ["metadata.labels FieldValueInvalid"],
  ],
  [
    "a bad label value",
    "configmaps",
    named("x", { labels: { a: "b c" } }),
    ["metadata.labels FieldValueInvalid"],
  ],
  [
    "a bad annotation",
    "configmaps",
    named("x", { annotations: { "a b": "c" } }),
    ["metadata.annotations FieldValueInvalid"],
  ],
  [
    "a bad key",
    "configmaps",
    { ...named("x"), data: { "a/b": "c" } },
    ["data[a/b] FieldValueInvalid"],
  ],
  [
    "no selector",
    "apps/v1/#/deployments",
    workload("Deployment", ({ selector: _, ...spec }) => spec),
    ["spec.selector FieldValueRequired"],
  ],
  [
    "a selector that does not match",
    "apps/v1/#/deployments",
    workload("Deployment", (spec) => ({ ...spec, selector: { matchLabels: { a: "c" } } })),
    ["spec.template.metadata.labels FieldValueInvalid"],
  ],
  [
    "a negative count",
    "apps/v1/#/deployments",
    workload("Deployment", (spec) => ({ ...spec, replicas: -1 })),
    ["spec.replicas FieldValueInvalid"],
  ],
  [
    "no image",
    "apps/v1/#/deployments",
    container({ image: "" }),
    ["spec.template.spec.containers[0].image FieldValueRequired"],
  ],
  [
    "no containers",
    "apps/v1/#/deployments",
    podSpec({ containers: [] }),
    ["spec.template.spec.containers FieldValueRequired"],
  ],
  [
    "a bad container name",
    "apps/v1/#/deployments",
    container({ name: "A_b" }),
    ["spec.template.spec.containers[0].name FieldValueInvalid"],
  ],
  [
    "a mount without volume",
    "apps/v1/#/deployments",
    container({ volumeMounts: [{ name: "v", mountPath: "/v" }] }),
    ["spec.template.spec.containers[0].volumeMounts[0].name FieldValueNotFound"],
  ],
  [
    "a port out of range",
    "apps/v1/#/deployments",
    container({ ports: [{ containerPort: 70000 }] }),
    ["spec.template.spec.containers[0].ports[0].containerPort FieldValueInvalid"],
  ],
  [
    "a wrong restart policy",
    "apps/v1/#/deployments",
    podSpec({ restartPolicy: "Never" }),
    ["spec.template.spec.restartPolicy FieldValueNotSupported"],
  ],
  [
    "a wrong pull policy",
    "apps/v1/#/deployments",
    container({ imagePullPolicy: "Perhaps" }),
    ["spec.template.spec.containers[0].imagePullPolicy FieldValueNotSupported"],
  ],
  [
    "two containers of a name",
    "apps/v1/#/deployments",
    podSpec({
      containers: [
        { name: "c", image: "i" },
        { name: "c", image: "i" },
      ],
    }),
    ["spec.template.spec.containers[1].name FieldValueDuplicate"],
  ],
  [
    "a probe without action",
    "apps/v1/#/deployments",
    container({ livenessProbe: {} }),
    ["spec.template.spec.containers[0].livenessProbe FieldValueRequired"],
  ],
  [
    "a request above its limit",
    "apps/v1/#/deployments",
    container({ resources: { requests: { cpu: "2" }, limits: { cpu: "500m" } } }),
    ["spec.template.spec.containers[0].resources.requests FieldValueInvalid"],
  ],
  [
    "a wrong pod management policy",
    "apps/v1/#/statefulsets",
    workload("StatefulSet", (spec) => ({ ...spec, podManagementPolicy: "Some" })),
    ["spec.podManagementPolicy FieldValueInvalid"],
  ],
  [
    "a service without ports",
    "services",
    service({ selector: { a: "b" } }),
    ["spec.ports FieldValueRequired"],
  ],
  [
    "ports without names",
    "services",
    service({ ports: [{ port: 1 }, { port: 2 }] }),
    ["spec.ports[0].name FieldValueRequired", "spec.ports[1].name FieldValueRequired"],
  ],
  [
    "a service port out of range",
    "services",
    service({ ports: [{ port: 0 }] }),
    ["spec.ports[0].port FieldValueInvalid"],
  ],
  [
    "a service of no known type",
    "services",
    service({ type: "Some", ports: [{ port: 1 }] }),
    ["spec.type FieldValueNotSupported"],
  ],
  [
    "a claim without access mode",
    "persistentvolumeclaims",
    claim({ resources: { requests: { storage: "1Gi" } } }),
    ["spec.accessModes FieldValueRequired"],
  ],
  [
    "a claim without size",
    "persistentvolumeclaims",
    claim({ accessModes: ["ReadWriteOnce"] }),
    ["spec.resources[storage] FieldValueRequired"],
  ],
  [
    "a job that restarts always",
    "batch/v1/#/jobs",
    job({ template: { spec: { containers: [{ name: "c", image: "i" }] } } }),
    ["spec.template.spec.restartPolicy FieldValueRequired"],
  ],
];

test.each(REFUSED)("refuses %s", async (_, path, object, causes) => {
  const { status, body } = await t.api.post(at(path), object);
  expect([status, body.reason]).toEqual([422, "Invalid"]);
  const found = body.details.causes.map(
    ({ field, reason }: { field: string; reason: string }) => `${field} ${reason}`,
  );
  expect(found).toEqual(expect.arrayContaining([...causes]));
  expect(body.details.name ?? "").toBe((object as { metadata: { name: string } }).metadata.name);
});

describe("the words", () => {
  test("of one problem", async () => {
    const { body } = await t.api.post(at("configmaps"), named("Upper"));
    expect(body.message).toMatch(
      /^ConfigMap "Upper" is invalid: metadata.name: Invalid value: "Upper": a (lowercase RFC 1123|DNS-1123) subdomain must consist of lower case alphanumeric characters/,
    );
  });

  test("of several", async () => {
    const { body } = await t.api.post(
      at("services"),
      service({ ports: [{ port: 1 }, { port: 2 }] }),
    );
    expect(body.message).toBe(
      'Service "s" is invalid: [spec.ports[0].name: Required value, spec.ports[1].name: Required value]',
    );
  });
});

describe("what may not change", () => {
  test("fields of a StatefulSet", async () => {
    const path = at("apps/v1/#/statefulsets");
    const set = {
      ...workload("StatefulSet", (spec) => ({ ...spec, replicas: 0 })),
      metadata: { name: "fixed" },
    };
    expect((await t.api.post(path, set)).status).toBe(201);
    for (const [change, code] of [
      [{ serviceName: "other" }, 422],
      [{ podManagementPolicy: "Parallel" }, 422],
      [{ selector: { matchLabels: { a: "b", c: "d" } } }, 422],
      [{ updateStrategy: { type: "OnDelete", rollingUpdate: null } }, 200],
      [{ template: { spec: { terminationGracePeriodSeconds: 5 } } }, 200],
    ] as const) {
      const { status } = await t.api.patch(`${path}/fixed`, "merge-patch", { spec: change });
      expect([change, status]).toEqual([change, code]);
    }
    const { body } = await t.api.patch(`${path}/fixed`, "merge-patch", {
      spec: { serviceName: "other" },
    });
    expect(body.message).toContain(
      "StatefulSet.apps \"fixed\" is invalid: spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'template',",
    );
  });

  test("the selector of a Deployment", async () => {
    const path = at("apps/v1/#/deployments");
    const made = {
      ...workload("Deployment", (spec) => ({ ...spec, replicas: 0 })),
      metadata: { name: "fixed" },
    };
    expect((await t.api.post(path, made)).status).toBe(201);
    const { status, body } = await t.api.patch(`${path}/fixed`, "merge-patch", {
      spec: {
        selector: { matchLabels: { a: "c" } },
        template: { metadata: { labels: { a: "c" } } },
      },
    });
    expect(status).toBe(422);
    expect(body.details.causes).toEqual([
      expect.objectContaining({ field: "spec.selector", reason: "FieldValueInvalid" }),
    ]);
    expect(body.message).toContain("field is immutable");
  });

  test("an immutable ConfigMap and Secret", async () => {
    for (const [path, kind] of [
      ["configmaps", "ConfigMap"],
      ["secrets", "Secret"],
    ]) {
      const object = {
        apiVersion: "v1",
        kind,
        metadata: { name: "immutable" },
        immutable: true,
        data: { a: "YQ==" },
      };
      expect((await t.api.post(at(path ?? ""), object)).status).toBe(201);
      const changed = await t.api.patch(`${at(path ?? "")}/immutable`, "merge-patch", {
        data: { a: "Yg==" },
      });
      expect(changed.status).toBe(422);
      expect(changed.body.details.causes).toEqual([
        {
          reason: "FieldValueForbidden",
          message: "Forbidden: field is immutable when `immutable` is set",
          field: "data",
        },
      ]);
      const unset = await t.api.patch(`${at(path ?? "")}/immutable`, "merge-patch", {
        immutable: null,
      });
      expect(unset.status).toBe(422);
      const labelled = await t.api.patch(`${at(path ?? "")}/immutable`, "merge-patch", {
        metadata: { labels: { a: "b" } },
      });
      expect(labelled.status).toBe(200);
    }
  });

  test("the address of a Service; it is given one", async () => {
    const path = at("services");
    const { status, body } = await t.api.post(path, {
      ...service({ selector: { a: "b" }, ports: [{ port: 80 }] }),
      metadata: { name: "addressed" },
    });
    expect(status).toBe(201);
    expect(body.spec).toMatchObject({
      type: "ClusterIP",
      sessionAffinity: "None",
      clusterIP: expect.stringMatching(/^10\.\d+\.\d+\.\d+$/),
      ports: [{ port: 80, protocol: "TCP", targetPort: 80 }],
    });
    expect(body.spec.clusterIPs).toEqual([body.spec.clusterIP]);
    const changed = await t.api.patch(`${path}/addressed`, "merge-patch", {
      spec: { clusterIP: "None", clusterIPs: ["None"] },
    });
    expect(changed.status).toBe(422);
  });

  test("a headless Service has none", async () => {
    const { body } = await t.api.post(at("services"), {
      ...service({ clusterIP: "None", selector: { a: "b" } }),
      metadata: { name: "headless" },
    });
    expect([body.spec.clusterIP, body.spec.clusterIPs]).toEqual(["None", ["None"]]);
  });

  test("the spec of a claim, but for its size", async () => {
    const path = at("persistentvolumeclaims");
    const made = await t.api.post(path, {
      ...claim({
        accessModes: ["ReadWriteOnce"],
        storageClassName: "none",
        resources: { requests: { storage: "1Gi" } },
      }),
      metadata: { name: "fixed" },
    });
    expect([made.status, made.body.status, made.body.spec.volumeMode]).toEqual([
      201,
      { phase: "Pending" },
      "Filesystem",
    ]);
    const { status, body } = await t.api.patch(`${path}/fixed`, "merge-patch", {
      spec: { storageClassName: "other" },
    });
    expect(status).toBe(422);
    expect(body.message).toContain("spec: Forbidden:");
  });

  test("a Secret's type; its stringData goes into data", async () => {
    const path = at("secrets");
    const { body } = await t.api.post(path, {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "typed" },
      stringData: { a: "text" },
    });
    expect([body.type, body.data, body.stringData]).toEqual([
      "Opaque",
      { a: "dGV4dA==" },
      undefined,
    ]);
    const { status } = await t.api.patch(`${path}/typed`, "merge-patch", { type: "other" });
    expect(status).toBe(422);
  });
});
