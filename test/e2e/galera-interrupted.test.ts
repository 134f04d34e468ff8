import { expect, test } from "vitest";
import { expectCluster, expectRowEverywhere } from "./expect-cluster.ts";
import { bootstrapPods, INSTANCE, member, memberPods, memberState } from "./galera.ts";
import { GALERA, startKplan, succeed } from "./kplan.ts";
import { kubectl, object } from "./kubectl.ts";
import { expectNoSecrets } from "./no-secrets.ts";
import { until } from "./until.ts";
import { useNamespace } from "./use-namespace.ts";

const namespace = useNamespace("kp-galera-interrupted");

test("an install that is killed again and again ends as one cluster, founded once", async () => {
  // Before there is a bootstrap server.
  await killInstallWhen("the bootstrap pod is made", async () => {
    const [pod] = await bootstrapPods(namespace);
    return pod !== undefined;
  });

  // While the bootstrap node waits for leave to found, and that pod with it.
  await killInstallWhen("the bootstrap pod is ready", bootstrapIsReady);
  await killBootstrap();

  // When leave is on record, whether it was given or not; and the pod.
  await killInstallWhen("leave to found is on record", async () => {
    const record = await object(namespace, "configmap", `${INSTANCE}-founded`);
    return record !== undefined;
  });
  const token = await foundingToken();
  expect(token).toMatch(/^[0-9a-f-]{36}$/);
  await killBootstrap();

  // Right after the cluster is founded, and the pod.
  let founded = "";
  await killInstallWhen("the cluster is founded", async () => {
    founded = await foundedUuid();
    return founded !== "";
  });
  expect(founded).toMatch(/^[0-9a-f-]{36}$/);
  expect(await foundingToken()).toBe(token);
  await killBootstrap();

  // While the second member joins.
  await killInstallWhen("the second member is made", async () => {
    const names = (await memberPods(namespace)).map(({ metadata }) => metadata.name);
    return names.includes(member(1));
  });
  expect((await memberState(namespace, member(0))).uuid).toBe(founded);

  // While the bootstrap is removed: its server takes some seconds to leave.
  await killInstallWhen("the cleanup begins", async () => {
    const note = await object(namespace, "configmap", `${INSTANCE}-handed-over`);
    return note !== undefined;
  });

  await succeed(namespace, "install", GALERA);
  expect(await expectCluster(namespace, 3)).toBe(founded);
  await expectRowEverywhere(namespace, 3, 1);
});

test("deploy on a living cluster founds nothing and restarts nobody", async () => {
  const before = (await memberPods(namespace)).map(({ metadata }) => metadata.uid);
  const { uuid } = await memberState(namespace, member(0));

  await succeed(namespace, "plan", "trigger", "deploy");

  expect((await memberPods(namespace)).map(({ metadata }) => metadata.uid)).toEqual(before);
  expect(await expectCluster(namespace, 3)).toBe(uuid);
  await expectRowEverywhere(namespace, 3, 2);
  await expectNoSecrets(namespace);
});

/** Runs `kplan install` and SIGKILLs it as soon as something is seen. */
async function killInstallWhen(what: string, seen: () => Promise<boolean>): Promise<void> {
  const { process: install, ended } = startKplan(namespace, ["install", GALERA]);
  try {
    await until(
      what,
      async () => {
        if (install.exitCode !== null || install.signalCode !== null) {
          const { code, stdout, stderr } = await ended;
          return { code, stdout, stderr };
        }
        return (await seen()) ? "seen" : undefined;
      },
      { within: 10 * 60_000, every: 100 },
    ).then((outcome) => expect(outcome).toBe("seen"));
  } finally {
    install.kill("SIGKILL");
  }
  // Killed, not ended by itself.
  expect((await ended).code).toBeNull();
}

/** SIGKILL for the bootstrap node. */
async function killBootstrap(): Promise<void> {
  const [bootstrap] = await bootstrapPods(namespace);
  expect(bootstrap).toBeDefined();
  const name = bootstrap?.metadata.name ?? "";
  await kubectl(namespace, ["delete", "pod", name, "--grace-period=0", "--force"]);
}

/** What the record of the founding says: the same from before it to its end. */
async function foundingToken(): Promise<string> {
  const record = await object(namespace, "configmap", `${INSTANCE}-founded`);
  return record?.data?.token ?? "";
}

/** UUID of the cluster that the bootstrap node serves; empty while it serves none. */
async function foundedUuid(): Promise<string> {
  const [bootstrap] = await bootstrapPods(namespace);
  if (!(await bootstrapIsReady())) return "";
  const { status, uuid } = await memberState(namespace, bootstrap?.metadata.name ?? "");
  return status === "Primary" ? uuid : "";
}

async function bootstrapIsReady(): Promise<boolean> {
  const [pod] = await bootstrapPods(namespace);
  return pod?.status?.containerStatuses?.some(({ ready }) => ready) ?? false;
}
