import { afterAll, beforeAll, expect, test } from "vitest";
import { openTarget, type Target } from "../support/api.ts";

let t: Target;
let deployment: string;

const labels = { app: "patch" };

beforeAll(async () => {
  t = await openTarget();
  const path = `/apis/apps/v1/namespaces/${t.namespace}/deployments`;
  deployment = `${path}/patch`;
  await t.api.post(path, {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "patch", labels: { keep: "me", drop: "me" } },
    spec: {
      replicas: 0,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          containers: [
            { name: "a", image: "busybox:1.28", env: [{ name: "A", value: "1" }], args: ["x"] },
            { name: "b", image: "busybox:1.28" },
          ],
          volumes: [{ name: "v", emptyDir: {} }],
          tolerations: [{ key: "k", operator: "Exists" }],
        },
      },
    },
  });
});
afterAll(() => t.close());

const podSpec = (containers: object): object => ({ spec: { template: { spec: containers } } });
const names = (list: { name: string }[]): string[] => list.map(({ name }) => name);

test("merge patch replaces lists and removes nulls", async () => {
  const { status, body } = await t.api.patch(deployment, "merge-patch", {
    metadata: { labels: { drop: null, more: "x" } },
  });
  expect(status).toBe(200);
  expect(body.metadata.labels).toEqual({ keep: "me", more: "x" });
  const replaced = await t.api.patch(
    `${deployment}?dryRun=All`,
    "merge-patch",
    podSpec({ containers: [{ name: "c", image: "busybox:1.28" }] }),
  );
  expect(names(replaced.body.spec.template.spec.containers)).toEqual(["c"]);
});

test("strategic merge patch merges lists by key", async () => {
  const { status, body } = await t.api.patch(
    `${deployment}?dryRun=All`,
    "strategic-merge-patch",
    podSpec({
      containers: [
        { name: "b", image: "busybox:1.27" },
        { name: "a", env: [{ name: "B", value: "2" }], args: ["y"] },
      ],
      volumes: [{ name: "w", emptyDir: {} }],
      tolerations: [{ key: "other", operator: "Exists" }],
    }),
  );
  expect(status).toBe(200);
  const { containers, volumes, tolerations } = body.spec.template.spec;
  const a = containers.find(({ name }: { name: string }) => name === "a");
  const b = containers.find(({ name }: { name: string }) => name === "b");
  expect(containers).toHaveLength(2);
  expect(b.image).toBe("busybox:1.27");
  expect(new Set(names(a.env))).toEqual(new Set(["A", "B"]));
  expect(a.args).toEqual(["y"]);
  expect(new Set(names(volumes))).toEqual(new Set(["v", "w"]));
  expect(tolerations).toEqual([{ key: "other", operator: "Exists" }]);
});

test("strategic merge patch knows its directives", async () => {
  const gone = await t.api.patch(
    `${deployment}?dryRun=All`,
    "strategic-merge-patch",
    podSpec({ containers: [{ name: "b", $patch: "delete" }] }),
  );
  expect(names(gone.body.spec.template.spec.containers)).toEqual(["a"]);
  const replaced = await t.api.patch(
    `${deployment}?dryRun=All`,
    "strategic-merge-patch",
    podSpec({ containers: [{ $patch: "replace" }, { name: "z", image: "busybox:1.28" }] }),
  );
  expect(names(replaced.body.spec.template.spec.containers)).toEqual(["z"]);
  const ordered = await t.api.patch(
    `${deployment}?dryRun=All`,
    "strategic-merge-patch",
    podSpec({
      "$setElementOrder/containers": [{ name: "b" }, { name: "a" }],
      containers: [{ name: "a", image: "busybox:1.27" }],
    }),
  );
  expect(names(ordered.body.spec.template.spec.containers)).toEqual(["b", "a"]);
  const strategy = await t.api.patch(`${deployment}?dryRun=All`, "strategic-merge-patch", {
    spec: { strategy: { $retainKeys: ["type"], type: "Recreate" } },
  });
  expect(strategy.body.spec.strategy).toEqual({ type: "Recreate" });
});

test("JSON patch adds, replaces, removes and tests", async () => {
  const { status, body } = await t.api.patch(`${deployment}?dryRun=All`, "json-patch", [
    { op: "test", path: "/spec/replicas", value: 0 },
    { op: "replace", path: "/spec/replicas", value: 1 },
    {
      op: "add",
      path: "/spec/template/spec/containers/-",
      value: { name: "c", image: "busybox:1.28" },
    },
    { op: "remove", path: "/spec/template/spec/containers/0" },
  ]);
  expect(status).toBe(200);
  expect(body.spec.replicas).toBe(1);
  expect(names(body.spec.template.spec.containers)).toEqual(["b", "c"]);
});

test("a JSON patch that does not fit is refused", async () => {
  const failed = await t.api.patch(deployment, "json-patch", [
    { op: "test", path: "/spec/replicas", value: 7 },
  ]);
  expect([failed.status, failed.body.reason]).toEqual([422, "Invalid"]);
  const missing = await t.api.patch(deployment, "json-patch", [
    { op: "remove", path: "/spec/nothing" },
  ]);
  expect([missing.status, missing.body.reason]).toEqual([422, "Invalid"]);
});

test("a patch with an old version is refused, with the stored one taken", async () => {
  const { body } = await t.api.get(deployment);
  const { resourceVersion } = body.metadata;
  const patch = { metadata: { resourceVersion, annotations: { a: "1" } } };
  expect((await t.api.patch(deployment, "merge-patch", patch)).status).toBe(200);
  const again = { metadata: { resourceVersion, annotations: { a: "2" } } };
  const { status, body: refused } = await t.api.patch(deployment, "merge-patch", again);
  expect([status, refused.reason]).toEqual([409, "Conflict"]);
});

test("an unknown kind of patch is refused", async () => {
  const { status, body } = await t.api.send("PATCH", deployment, "{}", {
    "content-type": "application/x-patch+json",
  });
  expect([status, body.reason]).toEqual([415, "UnsupportedMediaType"]);
});

test("a patch of nothing is 404", async () => {
  const { status } = await t.api.patch(`${deployment}-not`, "merge-patch", { spec: {} });
  expect(status).toBe(404);
});

test("a patch may not rename", async () => {
  const { status } = await t.api.patch(deployment, "merge-patch", { metadata: { name: "other" } });
  expect([400, 422]).toContain(status);
});

test("managed fields that a patch sends count: fields go over from an update to an apply, and then with it", async () => {
  const maps = `/api/v1/namespaces/${t.namespace}/configmaps`;
  const path = `${maps}/handed-over`;
  const object = (data: object): object => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "handed-over" },
    data,
  });
  const made = await t.api.post(`${maps}?fieldManager=owner`, object({ a: "1", b: "2" }));
  const [entry] = made.body.metadata.managedFields;
  expect(entry.operation).toBe("Update");
  const handed = await t.api.patch(`${path}?fieldManager=owner`, "json-patch", [
    { op: "test", path: "/metadata/resourceVersion", value: made.body.metadata.resourceVersion },
    {
      op: "replace",
      path: "/metadata/managedFields",
      value: [{ ...entry, operation: "Apply" }],
    },
  ]);
  expect(handed.status).toBe(200);
  const operations = handed.body.metadata.managedFields.map(
    ({ operation }: { operation: string }) => operation,
  );
  expect(operations).toEqual(["Apply"]);
  const applied = await t.api.apply(path, object({ a: "3" }), { manager: "owner" });
  expect([applied.status, applied.body.data]).toEqual([200, { a: "3" }]);
});
