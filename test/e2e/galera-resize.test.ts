import { afterAll, beforeAll, expect, test } from "vitest";
import { expectCluster, expectRowEverywhere, expectRows } from "./expect-cluster.ts";
import { identities, member, memberPods } from "./galera.ts";
import { GALERA, kplan, startKplan, succeed } from "./kplan.ts";
import { kubectl, object } from "./kubectl.ts";
import { until } from "./until.ts";
import { useNamespace } from "./use-namespace.ts";

const namespace = useNamespace("kp-galera-resize");
const claims = [0, 1, 2].map((n) => `data-${member(n)}`);
const GROWING = `${namespace}-growing`;

/** The testbed's own class cannot grow. This one says that it can; the resizer, which a CSI driver would bring, is played by this test. */
beforeAll(async () => {
  const growing = {
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    metadata: { name: GROWING },
    provisioner: "kubernetes.io/host-path",
    allowVolumeExpansion: true,
  };
  await kubectl("default", ["apply", "-f", "-"], JSON.stringify(growing));
});
afterAll(() => kubectl("default", ["delete", "storageclass", GROWING, "--ignore-not-found"]));

test("a class that cannot grow: refused before anything is applied", async () => {
  await succeed(namespace, "install", GALERA, "-p", "NODE_COUNT=1");

  const { code, stdout, stderr } = await kplan(namespace, "update", "-p", "VOLUME_SIZE=4Gi");

  expect(code).toBe(2);
  expect(stdout + stderr).toMatch(/PersistentVolumeClaim data-\S+-0 cannot grow: its StorageClass/);
  expect(await sizes(1)).toEqual(["2Gi"]);
  // Nothing was taken over: the next update is not held up by it.
  await succeed(namespace, "update", "-p", "BACKUP_KEEP=3");
  await succeed(namespace, "uninstall", "--delete-claims");
});

test("volumes grow while members run, and a kplan that is killed meanwhile goes on", async () => {
  await succeed(namespace, "install", GALERA, "-p", `STORAGE_CLASS=${GROWING}`);
  const uuid = await expectCluster(namespace, 3);
  await expectRowEverywhere(namespace, 3, 1);
  const before = await identities(namespace);

  const first = startKplan(namespace, ["update", "-p", "VOLUME_SIZE=4Gi"]);
  await until(
    "the claims ask for more",
    async () => ((await sizes(3)).every((size) => size === "4Gi") ? true : undefined),
    { within: 60_000 },
  );
  first.process.kill("SIGKILL");
  await first.ended;
  const second = startKplan(namespace, ["update", "-p", "VOLUME_SIZE=4Gi"]);
  for (const claim of claims) await grow(claim, "4Gi");

  const { code, stdout, stderr } = await second.ended;
  expect({ code, said: code === 0 ? "" : stdout + stderr }).toEqual({ code: 0, said: "" });
  expect(await identities(namespace)).toEqual(before);
  expect(await expectCluster(namespace, 3)).toBe(uuid);
  await expectRows(namespace, 3, 1);
});

test("smaller is refused", async () => {
  const { code, stdout, stderr } = await kplan(namespace, "update", "-p", "VOLUME_SIZE=3Gi");
  expect(code).toBe(2);
  expect(stdout + stderr).toMatch(/can not be less than previous value/);
});

test("the next member gets as much", async () => {
  await succeed(namespace, "update", "-p", "NODE_COUNT=5");
  expect(await memberPods(namespace)).toHaveLength(5);
  expect(await sizes(5)).toEqual(["4Gi", "4Gi", "4Gi", "4Gi", "4Gi"]);
});

/** What the claims of the first members ask for. */
async function sizes(count: number): Promise<readonly string[]> {
  const all = Array.from({ length: count }, (_, n) =>
    kubectl(namespace, [
      "get",
      "pvc",
      `data-${member(n)}`,
      "-o",
      "jsonpath={.spec.resources.requests.storage}",
    ]),
  );
  return await Promise.all(all);
}

/** Does what a resizer does: the volume is larger, and the claim says so. */
async function grow(claim: string, storage: string): Promise<void> {
  const found = (await object(namespace, "pvc", claim)) as unknown as {
    readonly spec: { readonly volumeName: string };
  };
  const { volumeName } = found.spec;
  const larger = JSON.stringify({ spec: { capacity: { storage } } });
  await kubectl("default", ["patch", "pv", volumeName, "--type=merge", "-p", larger]);
  // kubectl of this age cannot patch a status; replacing it through the raw path can.
  const path = `/api/v1/namespaces/${namespace}/persistentvolumeclaims/${claim}`;
  const growing = async (): Promise<true | undefined> => {
    const live = JSON.parse(await kubectl("default", ["get", "--raw", path])) as {
      readonly status: object;
    };
    const grown = { ...live, status: { ...live.status, capacity: { storage } } };
    const answer = await kubectl(
      "default",
      ["replace", "--raw", `${path}/status`, "-f", "-"],
      JSON.stringify(grown),
    ).catch(() => undefined);
    return answer === undefined ? undefined : true;
  };
  await until(`${claim} has grown`, growing, { within: 60_000 });
}
