import { afterAll, expect, test } from "vitest";
import { expectCluster, expectRowEverywhere } from "../expect-cluster.ts";
import { INSTANCE, identities } from "../galera.ts";
import { GALERA, kplan, succeed } from "../kplan.ts";
import { kubectl, object, objects } from "../kubectl.ts";
import { printTrials } from "../load/table.ts";
import { endTrials, killTrials, startTrials, type Trials, trial } from "../load/trial.ts";
import { expectNoSecrets } from "../no-secrets.ts";
import { useNamespace } from "../use-namespace.ts";

const namespace = useNamespace("kp-galera-scales");
let uuid = "";
let first: Readonly<Record<string, string>> = {};
let trials: Trials | undefined;

afterAll(() => killTrials(trials));

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

test("five members, under load: nobody restarts, no statement fails, no connection is closed", async () => {
  trials = await startTrials(namespace);
  const up = await trial(trials, "3 to 5", {}, async () => {
    await succeed(namespace, "update", "-p", "NODE_COUNT=5");
  });

  printTrials("scaled under load", [up]);
  const clients = up.report.clients.map(({ failures, closed }) => [...failures, ...closed]);
  expect(clients.flat()).toEqual([]);
  await endTrials(trials);
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

test("no secret is anywhere but in Secrets", async () => {
  await expectNoSecrets(namespace);
});
