import { expect, test } from "vitest";
import { kudoPackage } from "../kudo/story.ts";
import { succeed } from "./kplan.ts";
import { type Found, kubectl, object, objects } from "./kubectl.ts";
import { until } from "./until.ts";
import { useNamespace } from "./use-namespace.ts";

// KUDO's tutorial operator for Galera, unmodified: Go templates, its StepName trick, its defects. It installs and scales as it did under KUDO.

const namespace = useNamespace("kp-kudo-galera");
const INSTANCE = "galera-instance";

test("install ends with three members, which found each other through the bootstrap pod, and without it", async () => {
  const said = await succeed(
    namespace,
    "install",
    kudoPackage("galera-tutorial"),
    "-p",
    "IMAGE=mariadb:10.11",
  );

  expect(said).toMatch(/COMPLETE/);
  await expectMembers(3);
  expect(await names("deployments,services,configmaps")).toEqual([
    "galera-instance-cs",
    "galera-instance-hs",
    "galera-instance-nodeconfig",
    "galera-instance-nodescripts",
  ]);
  expect(await address()).toBe(`gcomm://${hosts(3)}`);
  expect(await annotations("galera-instance-nodeconfig")).toMatchObject({
    "kudo.dev/plan": "deploy",
    "kudo.dev/phase": "deploy",
    "kudo.dev/step": "cleanup",
  });
});

test("NODE_COUNT=5 runs node_update, and ends with five members", async () => {
  await succeed(namespace, "update", "--instance", INSTANCE, "-p", "NODE_COUNT=5");

  await expectMembers(5);
  expect(await address()).toBe(`gcomm://${hosts(5)}`);
  expect(await annotations("galera-instance-nodeconfig")).toMatchObject({
    "kudo.dev/plan": "node_update",
  });
  const status = await succeed(namespace, "plan", "status", "--instance", INSTANCE);
  // The misspelled `stratege` says nothing, which is parallel, as for KUDO.
  expect(status).toMatch(/Plan node_update \(parallel strategy\) \[COMPLETE\]/);
});

test("uninstall leaves nothing but the claims", async () => {
  await succeed(namespace, "uninstall", "--instance", INSTANCE);

  expect(await names("statefulsets,deployments,services,configmaps,pods")).toEqual([]);
  expect((await names("persistentvolumeclaims")).length).toBe(5);
});

/** Expects so many ready members, each of which says so. */
async function expectMembers(count: number): Promise<void> {
  const pods = Array.from({ length: count }, (_, n) => `galera-instance-galera-${n}`);
  expect(await names("pods")).toEqual(pods);
  // Under KUDO's rules a step is done when pods are ready, which `SELECT 1` is before the cluster has met.
  await until(
    `${count} synced members`,
    async () => {
      const all = await Promise.all(pods.map(wsrep));
      return all.every((one) => one === `${count} Primary Synced`) || undefined;
    },
    { within: 120_000 },
  );
}

async function wsrep(pod: string): Promise<string> {
  const mysql = ["exec", pod, "-c", "mysql", "--", "mysql", "-padmin", "-BNe"];
  const text = await kubectl(namespace, [...mysql, "SHOW STATUS LIKE 'wsrep%'"]);
  const value = (name: string) => new RegExp(`^${name}\\t(.*)$`, "m").exec(text)?.[1];
  const names = ["wsrep_cluster_size", "wsrep_cluster_status", "wsrep_local_state_comment"];
  return names.map(value).join(" ");
}

async function address(): Promise<string | undefined> {
  const config = await object(namespace, "configmap", "galera-instance-nodeconfig");
  return /wsrep_cluster_address = (.*)/.exec(config?.data?.["galera.cnf"] ?? "")?.[1];
}

function hosts(count: number): string {
  return Array.from(
    { length: count },
    (_, n) => `galera-instance-galera-${n}.galera-instance-hs`,
  ).join();
}

async function annotations(name: string): Promise<Found["metadata"]["annotations"]> {
  return (await object(namespace, "configmap", name))?.metadata.annotations;
}

/** Of the package's objects, not of what Kubernetes or kplan keep. */
async function names(kinds: string): Promise<readonly string[]> {
  const found = await objects(namespace, kinds, `kudo.dev/instance=${INSTANCE},!kplan.dev/role`);
  return found.map(({ metadata }) => metadata.name).sort();
}
