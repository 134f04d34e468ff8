import { expect, test } from "vitest";
import { expectCluster, expectRowEverywhere } from "../expect-cluster.ts";
import { INSTANCE, identities } from "../galera.ts";
import { GALERA, kplan, succeed } from "../kplan.ts";
import { kubectl, object, objects } from "../kubectl.ts";
import { useNamespace } from "../use-namespace.ts";

const namespace = useNamespace("kp-galera-scales");
let uuid = "";
let first: Readonly<Record<string, string>> = {};

test("install ends with three members of one cluster, and nothing left of the bootstrap", async () => {
  await succeed(namespace, "install", GALERA);

  uuid = await expectCluster(namespace, 3);
  await expectRowEverywhere(namespace, 3, 1);
  first = await identities(namespace);
});

test("the node config tells plan, phase and step, and leaves the bootstrap address out", async () => {
  const config = await object(namespace, "configmap", `${INSTANCE}-nodeconfig`);
  expect(config?.metadata.labels).toMatchObject({
    heritage: "kudo",
    "kudo.dev/operator": "galera",
    "kudo.dev/instance": INSTANCE,
  });
  expect(config?.metadata.annotations).toMatchObject({
    "kudo.dev/plan": "deploy",
    "kudo.dev/phase": "deploy",
    "kudo.dev/step": "cleanup",
  });
  const hosts = [0, 1, 2].map(
    (n) => `${INSTANCE}-galera-${n}.${INSTANCE}-hs.${namespace}.svc.cluster.local`,
  );
  expect(config?.data).toEqual({ address: `gcomm://${hosts.join()}` });

  const described = await kubectl(namespace, ["describe", "configmap", `${INSTANCE}-nodeconfig`]);
  expect(described).toMatch(/heritage=kudo/);
  expect(described).toMatch(/kudo\.dev\/step: cleanup/);
  expect(described).not.toMatch(/bootstrap/);
});

test("five members: nobody restarts", async () => {
  await succeed(namespace, "update", "-p", "NODE_COUNT=5");

  expect(await expectCluster(namespace, 5)).toBe(uuid);
  await expectRowEverywhere(namespace, 5, 2);
  expect(await identities(namespace)).toMatchObject(first);
});

test("three again: nobody restarts, the claims stay", async () => {
  await succeed(namespace, "update", "-p", "NODE_COUNT=3");

  expect(await expectCluster(namespace, 3)).toBe(uuid);
  await expectRowEverywhere(namespace, 3, 3);
  expect(await identities(namespace)).toEqual(first);
  const claims = await objects(namespace, "persistentvolumeclaims");
  expect(claims.map(({ metadata }) => metadata.name).sort()).toEqual(
    [0, 1, 2, 3, 4].map((n) => `data-${INSTANCE}-galera-${n}`),
  );
});

test("the same install again changes nothing, and fewer than one member is refused", async () => {
  const again = await kplan(namespace, "install", GALERA, "-p", "NODE_COUNT=3");
  expect([again.code, again.stderr]).toEqual([0, expect.anything()]);
  const none = await kplan(namespace, "update", "-p", "NODE_COUNT=0");
  expect(none.code).toBe(2);

  expect(await identities(namespace)).toEqual(first);
});

test("no password is in a ConfigMap, a pod's spec or a run", async () => {
  const secret = await object(namespace, "secret", `${INSTANCE}-secrets`);
  const passwords = ["MYSQL_ROOT_PASSWORD", "SST_PASSWORD"].map((key) =>
    Buffer.from(secret?.data?.[key] ?? "", "base64").toString(),
  );
  expect(passwords.every((password) => password.length >= 16)).toBe(true);
  const kinds = "configmaps,pods,statefulsets,events,instances.kudo.dev,operatorversions.kudo.dev";
  const text = await kubectl(namespace, ["get", kinds, "-o", "json"]);
  for (const password of passwords) expect(text.includes(password)).toBe(false);
});
