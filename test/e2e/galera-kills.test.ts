import { afterAll, expect, test } from "vitest";
import { expectCluster } from "./expect-cluster.ts";
import { answeringMembers, bootstrapPods, member, memberPods, memberState } from "./galera.ts";
import { GALERA, kplan, startKplan, succeed } from "./kplan.ts";
import { kubectl } from "./kubectl.ts";
import { endTrials, killTrials, startTrials, type Trials } from "./load/trial.ts";
import { expectNoSecrets } from "./no-secrets.ts";
import { stepNow } from "./step-now.ts";
import { killInPods, testbedNodes } from "./testbed.ts";
import { until } from "./until.ts";
import { useNamespace } from "./use-namespace.ts";

const namespace = useNamespace("kp-galera-kills");
/** Steps of deploy during which there is a bootstrap pod. */
const STEPS = [
  ...["bootstrap_deploy", "firstboot_config", "cluster_services"],
  ...["node_scripts", "statefulset", "cleanup"],
];
let trials: Trials | undefined;
let uuid = "";

afterAll(() => killTrials(trials));

test("the bootstrap pod killed at each step of deploy: one cluster, founded once", async () => {
  const killed = new Map<string, string>();
  const founded = new Set<string>();
  const install = startKplan(namespace, ["install", GALERA]);
  let done = false;
  void install.ended.finally(() => {
    done = true;
  });
  while (!done) {
    const step = await stepNow(namespace, "deploy");
    const [pod] = await bootstrapPods(namespace);
    if (pod !== undefined && step !== undefined && STEPS.includes(step) && !killed.has(step)) {
      const { name } = pod.metadata;
      const seen = (await memberState(namespace, name).catch(() => undefined))?.uuid;
      if (seen !== undefined && seen !== "" && !seen.startsWith("0000")) founded.add(seen);
      await kubectl(namespace, ["delete", "pod", name, "--grace-period=0", "--force"]);
      killed.set(step, name);
    }
  }

  const { code, stdout, stderr } = await install.ended;
  if (code !== 0) await succeed(namespace, "install", GALERA);
  expect([...killed.keys()]).toEqual(expect.arrayContaining(["bootstrap_deploy", "statefulset"]));
  uuid = await expectCluster(namespace, 3);
  expect([...founded].filter((one) => one !== uuid)).toEqual([]);
  expect(`${stdout}${stderr}`).not.toMatch(/bug in kplan/);
});

test("the joiner killed while it receives, and the donor while it gives: all rows are there", async () => {
  trials = await startTrials(namespace);
  for (const victim of ["joiner", "donor"] as const) {
    const size = (await memberPods(namespace)).length;
    const update = startKplan(namespace, ["update", "-p", `NODE_COUNT=${size + 2}`]);
    await until(
      "a donor",
      async () => {
        const states = await answeringMembers(namespace);
        const donor = states.find(({ state }) => state.startsWith("Donor"))?.pod;
        if (donor === undefined && !(await receives(member(size)))) return undefined;
        const name = victim === "joiner" ? member(size) : donor;
        return name === undefined ? undefined : await kill(name);
      },
      { within: 5 * 60_000, every: 100 },
    );
    const { code } = await update.ended;
    if (code !== 0) await succeed(namespace, "update", "-p", `NODE_COUNT=${size + 2}`);
    expect(await expectCluster(namespace, size + 2)).toBe(uuid);
  }
  await succeed(namespace, "update", "-p", "NODE_COUNT=3");
  await endTrials(trials);
});

test("kplan killed at each step of node_update: given again, the command completes", async () => {
  trials = await startTrials(namespace);
  const moments: readonly [string, () => Promise<boolean>][] = [
    ["check", async () => (await stepNow(namespace, "node_update")) === "check"],
    ["config", async () => (await stepNow(namespace, "node_update")) === "config"],
    ["the first joiner", async () => (await pods()).includes(member(3))],
    ["the second joiner", async () => (await pods()).includes(member(4))],
  ];
  for (const [what, seen] of moments) {
    const update = startKplan(namespace, ["update", "-p", "NODE_COUNT=5"]);
    await until(
      what,
      async () => (update.process.exitCode !== null || (await seen()) ? 1 : undefined),
      {
        within: 5 * 60_000,
        every: 50,
      },
    );
    update.process.kill("SIGKILL");
    await update.ended;
  }
  await succeed(namespace, "update", "-p", "NODE_COUNT=5");
  expect(await expectCluster(namespace, 5)).toBe(uuid);

  const down = startKplan(namespace, ["update", "-p", "NODE_COUNT=3"]);
  await until("one left", async () => ((await pods()).length < 5 ? 1 : undefined), {
    within: 5 * 60_000,
    every: 50,
  });
  down.process.kill("SIGKILL");
  await down.ended;
  // Who was asked to leave leaves; nobody else does without kplan.
  expect((await pods()).length).toBeGreaterThanOrEqual(3);
  await succeed(namespace, "update", "-p", "NODE_COUNT=3");
  expect(await expectCluster(namespace, 3)).toBe(uuid);

  await endTrials(trials);
  await expectNoSecrets(namespace);
});

test("a member below one is refused, and changes nothing", async () => {
  const { code } = await kplan(namespace, "update", "-p", "NODE_COUNT=0");
  expect(code).toBe(2);
});

async function pods(): Promise<readonly string[]> {
  return (await memberPods(namespace)).map(({ metadata }) => metadata.name);
}

/** Whether a member is receiving all data. */
async function receives(pod: string): Promise<boolean> {
  const script = "test -e /var/lib/mysql/sst_in_progress";
  const args = ["exec", pod, "-c", "mariadb", "--", "bash", "-c", script];
  return await kubectl(namespace, args).then(
    () => true,
    () => false,
  );
}

/** SIGKILLs a member's server; where processes cannot be reached, its pod. Gives its name. */
async function kill(name: string): Promise<string> {
  const pod = (await memberPods(namespace)).find(({ metadata }) => metadata.name === name);
  if (testbedNodes().length > 0 && killInPods("mariadbd", pod?.metadata.uid ?? "none") > 0)
    return name;
  await kubectl(namespace, ["delete", "pod", name, "--grace-period=0", "--force"]);
  return name;
}
