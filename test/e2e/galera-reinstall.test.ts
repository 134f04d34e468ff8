import { expect, test } from "vitest";
import { expectCluster, expectRowEverywhere, expectRows } from "./expect-cluster.ts";
import { INSTANCE, memberPods } from "./galera.ts";
import { GALERA, kplan, succeed } from "./kplan.ts";
import { object, objects } from "./kubectl.ts";
import { expectNoSecrets } from "./no-secrets.ts";
import { useNamespace } from "./use-namespace.ts";

const namespace = useNamespace("kp-galera-reinstall");
const claims = [0, 1, 2].map((n) => `data-${INSTANCE}-galera-${n}`);
let uuid = "";

test("uninstall takes everything but the claims, the notes about them and the passwords", async () => {
  await succeed(namespace, "install", GALERA);
  uuid = await expectCluster(namespace, 3);
  await expectRowEverywhere(namespace, 3, 1);

  await succeed(namespace, "uninstall");

  expect(await memberPods(namespace)).toEqual([]);
  expect(await names("persistentvolumeclaims")).toEqual(claims);
  expect(await names("statefulsets,deployments,services,poddisruptionbudgets")).toEqual([]);
  expect(await names("instances.kudo.dev")).toEqual([]);
  expect(await names("configmaps")).toEqual([`${INSTANCE}-founded`, `${INSTANCE}-handed-over`]);
  expect(await object(namespace, "secret", `${INSTANCE}-secrets`)).toBeDefined();
});

test("an install over the claims must say so", async () => {
  const { code, stderr } = await kplan(namespace, "install", GALERA);

  expect(code).toBe(2);
  expect(stderr).toMatch(/--reuse-claims/);
  expect(await names("statefulsets,deployments")).toEqual([]);
});

test("with --reuse-claims it is the same cluster, with its rows", async () => {
  await succeed(namespace, "install", GALERA, "--reuse-claims");

  expect(await expectCluster(namespace, 3)).toBe(uuid);
  await expectRows(namespace, 3, 1);
  await expectRowEverywhere(namespace, 3, 2);
});

test("uninstall --delete-claims takes the data, and the next install founds a new cluster", async () => {
  await succeed(namespace, "uninstall", "--delete-claims");

  expect(await names("persistentvolumeclaims,configmaps,secrets")).toEqual([]);

  await succeed(namespace, "install", GALERA, "-p", "NODE_COUNT=1");
  const fresh = await expectCluster(namespace, 1);
  expect(fresh).not.toBe(uuid);
  await expectRowEverywhere(namespace, 1, 1);
  await expectNoSecrets(namespace);
});

/** Names of the objects of some kinds, without what Kubernetes itself puts into every namespace, in order. */
async function names(kinds: string): Promise<readonly string[]> {
  const found = await objects(namespace, kinds);
  return found
    .map(({ metadata }) => metadata.name)
    .filter((name) => name !== "kube-root-ca.crt" && !name.startsWith("default-token-"))
    .sort();
}
