import { expect, test } from "vitest";
import { expectCluster, expectRowEverywhere } from "./expect-cluster.ts";
import { bootstrapPods, INSTANCE, member, memberPods, memberState } from "./galera.ts";
import { GALERA, startKplan, succeed } from "./kplan.ts";
import { kubectl, object } from "./kubectl.ts";
import { until } from "./until.ts";
import { useNamespace } from "./use-namespace.ts";

const namespace = useNamespace("kp-galera-interrupted");

test("an install that is killed again and again ends as one cluster, founded once", async () => {
  // Before there is a bootstrap server.
  await killInstallWhen("the bootstrap pod is made", async () => {
    const [pod] = await bootstrapPods(namespace);
    return pod !== undefined;
  });

  // Right after the bootstrap pod is ready, and that pod with it.
  await killInstallWhen("the bootstrap pod is ready", bootstrapIsReady);
  const [bootstrap] = await bootstrapPods(namespace);
  expect(bootstrap).toBeDefined();
  const founded = (await memberState(namespace, bootstrap?.metadata.name ?? "")).uuid;
  expect(founded).toMatch(/^[0-9a-f-]{36}$/);
  await kubectl(namespace, [
    "delete",
    "pod",
    bootstrap?.metadata.name ?? "",
    "--grace-period=0",
    "--force",
  ]);

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

async function bootstrapIsReady(): Promise<boolean> {
  const [pod] = await bootstrapPods(namespace);
  return pod?.status?.containerStatuses?.some(({ ready }) => ready) ?? false;
}
