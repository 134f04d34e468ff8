import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually, openTarget, type Target } from "../support/api.ts";

let t: Target;
let base: string;

beforeAll(async () => {
  t = await openTarget();
  base = `/api/v1/namespaces/${t.namespace}`;
});
afterAll(() => t.close());

const configMap = (name: string, labels: object = {}): object => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, labels },
});
const pod = (name: string): object => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name },
  // Nobody schedules it, so that it stays as it is.
  spec: { containers: [{ name: "c", image: "busybox:1.28" }], schedulerName: "nobody" },
});

describe("a quota", () => {
  beforeAll(async () => {
    await eventually(
      () => t.api.get(`${base}/serviceaccounts/default`),
      ({ status }) => status === 200,
    );
    const hard = { pods: "1", "count/services": "0" };
    const quota = {
      apiVersion: "v1",
      kind: "ResourceQuota",
      metadata: { name: "q" },
      spec: { hard },
    };
    expect((await t.api.post(`${base}/resourcequotas`, quota)).status).toBe(201);
    await eventually(
      () => t.api.get(`${base}/resourcequotas/q`),
      ({ body }) => body.status?.used?.pods === "0",
    );
  });

  test("counts, and refuses what goes beyond it", async () => {
    expect((await t.api.post(`${base}/pods`, pod("one"))).status).toBe(201);
    const { status, body } = await t.api.post(`${base}/pods`, pod("two"));
    expect(status).toBe(403);
    expect(body).toMatchObject({
      reason: "Forbidden",
      message:
        'pods "two" is forbidden: exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1',
      details: { name: "two", kind: "pods" },
    });
    await eventually(
      () => t.api.get(`${base}/resourcequotas/q`),
      ({ body: { status: now } }) => now.used.pods === "1" && now.hard.pods === "1",
    );
  });

  test("refuses a dry run too, and lets changes be", async () => {
    const dry = await t.api.post(`${base}/pods?dryRun=All`, pod("three"));
    expect([dry.status, dry.body.reason]).toEqual([403, "Forbidden"]);
    const labelled = await t.api.patch(`${base}/pods/one`, "merge-patch", {
      metadata: { labels: { a: "b" } },
    });
    expect(labelled.status).toBe(200);
  });

  test("has room again when something has gone", async () => {
    await t.api.delete(`${base}/pods/one`, { gracePeriodSeconds: 0 });
    await eventually(
      () => t.api.post(`${base}/pods`, pod("two")),
      ({ status }) => status === 201,
    );
    await t.api.delete(`${base}/pods/two`, { gracePeriodSeconds: 0 });
  });
});

describe("an admission webhook that cannot be reached", () => {
  const configurations = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations";
  const name = (): string => `down-${t.namespace}`;

  async function configure(failurePolicy: string | undefined): Promise<void> {
    const { status, body } = await t.api.post(configurations, {
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: "ValidatingWebhookConfiguration",
      metadata: { name: name() },
      webhooks: [
        {
          name: "maps.down.example.com",
          clientConfig: { service: { namespace: t.namespace, name: "hook", path: "/check" } },
          rules: [
            {
              apiGroups: [""],
              apiVersions: ["v1"],
              operations: ["CREATE", "UPDATE", "DELETE"],
              resources: ["configmaps"],
            },
          ],
          // Only what this test makes: others use the cluster too.
          objectSelector: { matchLabels: { test: t.namespace } },
          admissionReviewVersions: ["v1"],
          sideEffects: "None",
          timeoutSeconds: 2,
          ...(failurePolicy !== undefined && { failurePolicy }),
        },
      ],
    });
    expect(status).toBe(201);
    expect(body.webhooks[0]).toMatchObject({
      failurePolicy: failurePolicy ?? "Fail",
      clientConfig: { service: { port: 443 } },
      rules: [{ scope: "*" }],
    });
  }

  test("with Fail, the default, what it is asked about is refused with a 500, and nothing else is", async () => {
    const maps = `${base}/configmaps`;
    const ours = { test: t.namespace };
    await t.api.post(maps, configMap("before", ours));
    await configure(undefined);
    const refused = await eventually(
      () => t.api.post(`${maps}?dryRun=All`, configMap("new", ours)),
      ({ status }) => status === 500,
    );
    expect(refused.body.reason).toBe("InternalError");
    expect(refused.body.message).toMatch(
      /^Internal error occurred: failed calling webhook "maps\.down\.example\.com": (failed to call webhook: )?Post "https:\/\/hook\..+\.svc:443\/check\?timeout=2s": service "hook" not found$/,
    );
    const patched = await t.api.patch(`${maps}/before`, "merge-patch", { data: { a: "b" } });
    expect(patched.status).toBe(500);
    expect((await t.api.delete(`${maps}/before`)).status).toBe(500);
    expect((await t.api.post(maps, configMap("other"))).status).toBe(201);
    expect((await t.api.delete(`${configurations}/${name()}`)).status).toBe(200);
    await eventually(
      () => t.api.post(maps, configMap("new", ours)),
      ({ status }) => status === 201,
    );
  });

  test("with Ignore everything goes through", async () => {
    await configure("Ignore");
    const answer = await t.api.post(
      `${base}/configmaps`,
      configMap("ignored", { test: t.namespace }),
    );
    expect(answer.status).toBe(201);
    await t.api.delete(`${configurations}/${name()}`);
  });
});

describe("a namespace that is going", () => {
  test("takes no new object, and lets those that are there be changed", async () => {
    const going = `${t.namespace}-going`;
    const maps = `/api/v1/namespaces/${going}/configmaps`;
    await t.api.post("/api/v1/namespaces", {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: going },
    });
    const held = { ...configMap("held"), metadata: { name: "held", finalizers: ["x.org/held"] } };
    expect((await t.api.post(maps, held)).status).toBe(201);
    await t.api.delete(`/api/v1/namespaces/${going}`);
    const { status, body } = await t.api.post(maps, configMap("late"));
    expect(status).toBe(403);
    expect(body).toMatchObject({
      reason: "Forbidden",
      message: `configmaps "late" is forbidden: unable to create new content in namespace ${going} because it is being terminated`,
      details: {
        causes: [{ reason: "NamespaceTerminating", field: "metadata.namespace" }],
      },
    });
    const changed = await t.api.patch(`${maps}/held`, "merge-patch", { data: { a: "b" } });
    expect(changed.status).toBe(200);
    await t.api.patch(`${maps}/held`, "merge-patch", { metadata: { finalizers: null } });
    await eventually(
      () => t.api.get(`/api/v1/namespaces/${going}`),
      (answer) => answer.status === 404,
    );
  });
});

describe("what the server allocates", () => {
  test("a Job's selector and labels are nobody's fields, so that the Job can be applied again", async () => {
    const path = `/apis/batch/v1/namespaces/${t.namespace}/jobs`;
    const job = {
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: { name: "again" },
      spec: {
        template: {
          spec: {
            restartPolicy: "Never",
            schedulerName: "nobody",
            containers: [{ name: "c", image: "busybox:1.28" }],
          },
        },
      },
    };
    const { body } = await t.api.post(path, job);
    const [entry] = body.metadata.managedFields;
    expect(entry.fieldsV1["f:spec"]["f:selector"]).toBeUndefined();
    expect(entry.fieldsV1["f:spec"]["f:template"]["f:metadata"]).toBeUndefined();
    expect((await t.api.delete(`${path}/again`)).status).toBe(200);
  });
});
