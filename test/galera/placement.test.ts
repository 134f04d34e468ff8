import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { valuesOf } from "../../src/actions/change/given-values.ts";
import { renderPackage } from "../../src/actions/render-package.ts";
import { isTrue } from "../../src/expressions/evaluate.ts";
import type { Json, JsonMap } from "../../src/model/json.ts";
import type { KubeObject } from "../../src/model/kube-object.ts";
import { readPackage } from "../../src/package/files/read-package.ts";
import { resolveParams } from "../../src/params/resolve-params.ts";

const GALERA = join(import.meta.dirname, "../../operators/galera");
const CAPABILITIES = { KubeVersion: { Major: 1, Minor: 30 }, APIVersions: ["policy/v1"] };

/** The objects that plan deploy applies with these values, each as it is last applied. */
function deployed(
  values: Readonly<Record<string, Json>>,
  capabilities = CAPABILITIES,
): Promise<readonly KubeObject[]> {
  const key = JSON.stringify([values, capabilities]);
  const before = rendered.get(key) ?? render(values, capabilities);
  rendered.set(key, before);
  return before;
}

const rendered = new Map<string, Promise<readonly KubeObject[]>>();

async function render(
  values: Readonly<Record<string, Json>>,
  capabilities: typeof CAPABILITIES,
): Promise<readonly KubeObject[]> {
  const request = { source: GALERA, values: valuesOf(values), plan: "deploy", capabilities };
  const { tasks } = await renderPackage(request);
  const applied = tasks.filter(({ act }) => act === "apply").flatMap(({ objects }) => objects);
  return [...new Map(applied.map((one) => [`${one.kind}/${one.metadata.name}`, one])).values()];
}

/** Pod specifications of the bootstrap node and of the members. */
async function podSpecs(
  values: Readonly<Record<string, Json>>,
): Promise<readonly (JsonMap & { readonly meta: JsonMap })[]> {
  const objects = await deployed(values);
  return objects
    .filter(({ kind }) => kind === "Deployment" || kind === "StatefulSet")
    .map((object) => {
      const { template } = object.spec as { template: { spec: JsonMap; metadata: JsonMap } };
      return { ...template.spec, meta: template.metadata };
    });
}

async function myCnf(values: Readonly<Record<string, Json>>): Promise<string> {
  const config = (await deployed(values)).find(
    ({ metadata }) => metadata.name === "galera-instance-config",
  );
  const data = config?.data as Record<string, string> | undefined;
  return data?.["my.cnf"] ?? "";
}

describe("what a pod may be told", () => {
  test("nothing that is not asked for", async () => {
    for (const spec of await podSpecs({}))
      for (const field of [
        "priorityClassName",
        "nodeSelector",
        "tolerations",
        "imagePullSecrets",
        "topologySpreadConstraints",
      ])
        expect(spec[field]).toBeUndefined();
  });

  test("all that is, for the bootstrap node and the members", async () => {
    const specs = await podSpecs({
      PRIORITY_CLASS: "high",
      NODE_SELECTOR: { disk: "ssd" },
      TOLERATIONS: [{ key: "db", operator: "Exists" }],
      IMAGE_PULL_SECRETS: ["a", "b"],
      POD_LABELS: { team: "data" },
      POD_ANNOTATIONS: { scrape: "no" },
    });
    expect(specs).toHaveLength(2);
    for (const spec of specs)
      expect(spec).toMatchObject({
        priorityClassName: "high",
        nodeSelector: { disk: "ssd" },
        tolerations: [{ key: "db", operator: "Exists" }],
        imagePullSecrets: [{ name: "a" }, { name: "b" }],
        meta: { labels: { team: "data" }, annotations: { scrape: "no" } },
      });
  });

  test.each(["backup", "verify"])("the pod of plan %s goes where members may go", async (plan) => {
    const values = {
      NODE_SELECTOR: { disk: "ssd" },
      TOLERATIONS: [{ key: "db", operator: "Exists" }],
      IMAGE_PULL_SECRETS: ["a"],
    };
    const request = { source: GALERA, values: valuesOf(values), plan, capabilities: CAPABILITIES };
    const { tasks } = await renderPackage(request);
    const pod = tasks.flatMap(({ objects }) => objects).find(({ kind }) => kind === "Pod");
    expect(pod?.spec).toMatchObject({
      nodeSelector: { disk: "ssd" },
      tolerations: [{ key: "db", operator: "Exists" }],
      imagePullSecrets: [{ name: "a" }],
    });
  });

  test.each([
    ["soft", "ScheduleAnyway"],
    ["hard", "DoNotSchedule"],
  ])("members over zones, %s: %s", async (spread, unsatisfiable) => {
    const [, members] = await podSpecs({ TOPOLOGY_SPREAD: spread, TOPOLOGY_KEY: "rack" });
    expect(members?.topologySpreadConstraints).toMatchObject([
      { maxSkew: 1, topologyKey: "rack", whenUnsatisfiable: unsatisfiable },
    ]);
  });

  test.each([
    ["soft", "preferredDuringSchedulingIgnoredDuringExecution"],
    ["hard", "requiredDuringSchedulingIgnoredDuringExecution"],
  ])("members on nodes of their own, %s: %s", async (rule, field) => {
    const [, members] = await podSpecs({ ANTI_AFFINITY: rule });
    const affinity = members?.affinity as { podAntiAffinity: JsonMap } | undefined;
    expect(Object.keys(affinity?.podAntiAffinity ?? {})).toEqual([field]);
    const [, anywhere] = await podSpecs({ ANTI_AFFINITY: "off" });
    expect(anywhere?.affinity).toBeUndefined();
  });
});

test("pods run as a user, with a read-only root, without capabilities and without a token", async () => {
  for (const spec of await podSpecs({})) {
    expect(spec).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
      containers: [
        {
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ["ALL"] },
          },
        },
      ],
    });
  }
});

test.each<[Readonly<Record<string, Json>>, string]>([
  [{}, "innodb_buffer_pool_size = 536870912"],
  [{ MEMORY_LIMIT: "8Gi" }, "innodb_buffer_pool_size = 4294967296"],
  [{ MEMORY_LIMIT: "8Gi", INNODB_BUFFER_POOL_SIZE: "5G" }, "innodb_buffer_pool_size = 5G"],
])("%j: %s", async (values, line) => {
  expect((await myCnf(values)).split("\n")).toContain(line);
});

test.each([
  ["policy/v1", "policy/v1"],
  ["policy/v1beta1", "policy/v1beta1"],
])("a cluster that serves %s gets a disruption budget of %s", async (served, version) => {
  const objects = await deployed({}, { ...CAPABILITIES, APIVersions: [served] });
  const budget = objects.find(({ kind }) => kind === "PodDisruptionBudget");
  expect(budget).toMatchObject({ apiVersion: version, spec: { maxUnavailable: 1 } });
});

describe("encryption", () => {
  test("off: neither configured nor mounted", async () => {
    expect(await myCnf({})).not.toMatch(/ssl|encrypt/);
    for (const spec of await podSpecs({})) expect(JSON.stringify(spec)).not.toContain("/tls");
  });

  test("given: for clients, members and copies, from the Secret that is named", async () => {
    const values = { TLS_MODE: "given", TLS_SECRET: "mine" };
    const cnf = await myCnf(values);
    expect(cnf).toMatch(/^ssl_cert = \/run\/mysqld\/tls\/tls.crt$/m);
    expect(cnf).toMatch(/^wsrep_provider_options = ".*;socket.ssl=yes;.*"$/m);
    expect(cnf).toMatch(/^\[sst\]\n(.+\n)*encrypt = 4$/m);
    expect(cnf).not.toContain("require_secure_transport");
    expect(await myCnf({ ...values, TLS_REQUIRED: true })).toContain(
      "require_secure_transport = ON",
    );
    for (const spec of await podSpecs(values))
      expect(spec.volumes).toContainEqual({
        name: "tls",
        secret: { secretName: "mine", defaultMode: 0o440 },
      });
  });

  test("generate: the same, by a key in the Secret of the instance", async () => {
    const values = { TLS_MODE: "generate" };
    expect(await myCnf(values)).toMatch(/^ssl_cert = \/run\/mysqld\/tls\/tls.crt$/m);
    for (const spec of await podSpecs(values)) {
      expect(JSON.stringify(spec.volumes)).toContain('"path":"TLS_CA_KEY"');
      expect(JSON.stringify(spec.volumes)).not.toContain('"name":"tls"');
    }
  });

  test("neither a rotated password nor a certificate counts for a restart", async () => {
    const objects = await deployed({ TLS_MODE: "given", TLS_SECRET: "mine" });
    for (const { kind, metadata } of objects.filter(({ spec }) =>
      JSON.stringify(spec)?.includes("/secrets"),
    ))
      expect({ kind, names: metadata.annotations?.["kplan.dev/skip-hash-of"]?.split(",") }).toEqual(
        {
          kind,
          names: expect.arrayContaining(["galera-instance-secrets", "mine"]) as string[],
        },
      );
  });

  test("nor does a record that is made while the bootstrap node runs", async () => {
    const [bootstrap] = (await deployed({})).filter(({ kind }) => kind === "Deployment");
    const skipped = bootstrap?.metadata.annotations?.["kplan.dev/skip-hash-of"]?.split(",");
    const mounted = JSON.stringify(bootstrap?.spec).match(/galera-instance-(founded|handed-over)/g);
    expect(mounted).toHaveLength(2);
    expect(skipped).toEqual(expect.arrayContaining(mounted ?? []));
  });
});

describe("the network policy", () => {
  test("is there when it is asked for, and lets in whom it is told", async () => {
    const clients = [{ podSelector: { matchLabels: { app: "shop" } } }];
    const values = { NETWORK_POLICY: true, NETWORK_POLICY_CLIENTS: clients };
    const policies = (await deployed(values)).filter(({ kind }) => kind === "NetworkPolicy");
    expect(policies).toMatchObject([
      {
        spec: {
          policyTypes: ["Ingress"],
          ingress: [
            { from: [{ podSelector: {} }] },
            { ports: [{ port: 3306, protocol: "TCP" }], from: clients },
          ],
        },
      },
    ]);
  });
});

const read = readPackage(GALERA);

/** Ids of the requirements of plan deploy that values do not meet. */
async function unmet(values: Readonly<Record<string, Json>>): Promise<readonly string[]> {
  const { pkg } = await read;
  if (pkg === undefined) throw new Error("the package cannot be read");
  const { values: Params } = resolveParams(pkg.parameters, values, "galera-instance");
  const plan = pkg.operator.plans.find(({ name }) => name === "deploy");
  return (plan?.require ?? [])
    .filter(({ expression }) => !isTrue(expression, { Params, Facts: {}, Capabilities: {} }))
    .map(({ id }) => id);
}

test.each<[Readonly<Record<string, Json>>, string | undefined]>([
  [{}, undefined],
  [{ NODE_COUNT: 4 }, "even-size"],
  [{ MEMORY_LIMIT: "lots" }, "size-form"],
  [{ MEMORY_LIMIT: "1.5Gi" }, undefined],
  [{ VOLUME_SIZE: "10GB" }, "size-form"],
  [{ GCACHE_SIZE: "" }, "size-form"],
  [{ INNODB_BUFFER_POOL_SIZE: "256M\nskip_grant_tables" }, "size-form"],
  [{ CPU_LIMIT: "2.5" }, undefined],
  [{ CPU_REQUEST: "" }, "cpu-form"],
  [{ SST_USER: "root" }, "name-form"],
  [{ SST_USER: "o'neill" }, "name-form"],
  [{ IMAGE: "" }, "name-form"],
  [{ PROVIDER_OPTIONS: 'a=1"\nuser=root' }, "name-form"],
  [{ PRIORITY_CLASS: "High!" }, "name-form"],
  [{ TERMINATION_GRACE_SECONDS: 20 }, "number-range"],
  [{ LEAVE_DELAY_SECONDS: -1 }, "number-range"],
  [{ RUN_AS_USER: 0 }, "number-range"],
  [{ MYSQL_PORT: 99_999 }, "port-range"],
  [{ MYSQL_PORT: 4567 }, "port-range"],
  [{ POD_LABELS: { a: 1 } }, "list-form"],
  [{ POD_LABELS: { "app.kubernetes.io/instance": "other" } }, "list-form"],
  [{ IMAGE_PULL_SECRETS: [{ name: "a" }] }, "list-form"],
  [{ TOLERATIONS: ["db"] }, "list-form"],
  [{ TLS_MODE: "given" }, "tls-form"],
  [{ TLS_MODE: "generate", TLS_SECRET: "mine" }, "tls-form"],
  [{ TLS_MODE: "generate", TLS_REQUIRED: true }, undefined],
  [{ TLS_SECRET: "mine" }, "tls-form"],
  [{ TLS_REQUIRED: true }, "tls-form"],
  [{ BACKUP_KEEP: 0 }, "backup-form"],
  [{ BACKUP_KEEP: -1 }, "backup-form"],
  [{ BACKUP_VOLUME_SIZE: "much" }, "backup-form"],
  [{ RESTORE_FROM: "../other" }, "backup-form"],
  [{ RESTORE_FROM: "latest", BACKUP_NAME: "20260102T030405Z" }, undefined],
])("%j is refused before the first write: %s", async (values, id) => {
  expect(await unmet(values)).toEqual(id === undefined ? [] : [id]);
});

test("the top folder of a volume is no database, so that copies do not fail at it", async () => {
  expect((await myCnf({})).split("\n")).toContain("ignore_db_dirs = lost+found");
});
