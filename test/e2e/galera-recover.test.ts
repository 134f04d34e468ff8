import { afterAll, expect, test } from "vitest";
import { expectCluster } from "./expect-cluster.ts";
import { answeringMembers, INSTANCE, member, memberPods } from "./galera.ts";
import { GALERA, kplan, succeed } from "./kplan.ts";
import { kubectl, object } from "./kubectl.ts";
import type { Acknowledged } from "./load/report.ts";
import { expectAcknowledged, killTrials, startTrials, type Trials } from "./load/trial.ts";
import { expectNoSecrets } from "./no-secrets.ts";
import { bringBack, killInPods, loseNode, testbedNodes } from "./testbed.ts";
import { until } from "./until.ts";
import { useNamespace } from "./use-namespace.ts";

const namespace = useNamespace("kp-galera-recover");
const OTHER = "11111111-2222-3333-4444-555555555555";
let trials: Trials | undefined;
let uuid = "";

afterAll(() => killTrials(trials));

test("three members that do not recover by themselves", async () => {
  await succeed(namespace, "install", GALERA, "-p", "AUTO_RECOVERY=false");
  uuid = await expectCluster(namespace, 3);
});

test.runIf(testbedNodes().length > 0)("all servers killed at once", async () => {
  await lostAllAndRecovered(async () => {
    const pods = await memberPods(namespace);
    const killed = pods.map(({ metadata }) => killInPods("mariadbd", metadata.uid));
    expect(killed).toEqual([1, 1, 1]);
  });
});

test("all pods removed by force at once", async () => {
  await lostAllAndRecovered(async () => {
    const pods = await memberPods(namespace);
    const names = pods.map(({ metadata }) => metadata.name);
    await kubectl(namespace, ["delete", "pod", ...names, "--grace-period=0", "--force"]);
  });
});

test.runIf(testbedNodes().length > 0)("all nodes restarted at once", async () => {
  await lostAllAndRecovered(async () => {
    for (const node of testbedNodes()) await loseNode(node);
    await bringBack();
  });
});

test("a claim of another cluster: refused, the evidence shown, and nothing started", async () => {
  const rows = await writeUntilLost(async () => {
    const pods = await memberPods(namespace);
    // The one whose claim is about to be another's comes back last.
    await kubectl(namespace, ["scale", "statefulset", `${INSTANCE}-galera`, "--replicas=0"]);
    const names = pods.map(({ metadata }) => metadata.name);
    await kubectl(namespace, ["delete", "pod", ...names, "--grace-period=0", "--force"]);
  });
  await until("no pod", async () => ((await memberPods(namespace)).length === 0 ? 1 : undefined), {
    within: 3 * 60_000,
  });
  const before = await rewriteState(1, OTHER);
  await kubectl(namespace, ["scale", "statefulset", `${INSTANCE}-galera`, "--replicas=3"]);
  await until("three pods", async () => ((await running()) === 3 ? 1 : undefined), {
    within: 3 * 60_000,
  });

  const { code, stdout, stderr } = await kplan(
    namespace,
    ...["plan", "trigger", "recover", "--force-conflicts"],
  );

  expect(code).not.toBe(0);
  expect(stdout + stderr).toContain(OTHER);
  expect(stdout + stderr).toContain(uuid);
  const states = await answeringMembers(namespace);
  expect(states.filter(({ status }) => status === "Primary")).toEqual([]);

  // With the right claim back it recovers.
  await kubectl(namespace, ["scale", "statefulset", `${INSTANCE}-galera`, "--replicas=0"]);
  await until("no pod", async () => ((await memberPods(namespace)).length === 0 ? 1 : undefined), {
    within: 3 * 60_000,
  });
  await rewriteState(1, before);
  await kubectl(namespace, ["scale", "statefulset", `${INSTANCE}-galera`, "--replicas=3"]);
  await until("three pods", async () => ((await running()) === 3 ? 1 : undefined), {
    within: 3 * 60_000,
  });
  await succeed(namespace, "plan", "trigger", "recover", "--force-conflicts");
  expect(await expectCluster(namespace, 3)).toBe(uuid);
  await expectAcknowledged(namespace, rows);
  await expectNoSecrets(namespace);
});

/** Loses all members under the load, and recovers: the same cluster, with every row that was acknowledged. */
async function lostAllAndRecovered(lose: () => Promise<void>): Promise<void> {
  // Whole seconds, as Kubernetes tells them. A node that is down still says what ran on it.
  const lost = Math.floor(Date.now() / 1000) * 1000;
  const rows = await writeUntilLost(lose);
  await until("three pods", async () => ((await running(lost)) === 3 ? 1 : undefined), {
    within: 3 * 60_000,
  });

  const said = await succeed(namespace, "plan", "trigger", "recover");

  expect(said).toContain(uuid);
  expect(await expectCluster(namespace, 3)).toBe(uuid);
  await expectAcknowledged(namespace, rows);
}

/** Puts clients to work, loses the cluster under them, and gives what was acknowledged. */
async function writeUntilLost(lose: () => Promise<void>): Promise<readonly Acknowledged[]> {
  trials = await startTrials(namespace);
  await lose();
  trials.endpoints.stop();
  const { rows } = await trials.load.stop();
  expect(rows.every(({ last }) => last > 10)).toBe(true);
  return rows;
}

/** How many members' containers run, their servers or what waits for them, and were started at a time or later. */
async function running(since = 0): Promise<number> {
  const pods = await memberPods(namespace);
  return pods.filter(({ status }) =>
    status?.containerStatuses?.some(
      ({ state }) => Date.parse(state?.running?.startedAt ?? "") >= since,
    ),
  ).length;
}

/** Changes the cluster's UUID on the claim of a member that is down; gives the one that was there. */
async function rewriteState(n: number, to: string): Promise<string> {
  const name = "claim-editor";
  const statefulset = await object(namespace, "statefulset", `${INSTANCE}-galera`);
  const { template } = (statefulset as unknown as Templated).spec;
  const state = "/data/grastate.dat";
  const script = `awk '/^uuid:/ { print $2 }' ${state} | tr -d '\\n' > /dev/termination-log; sed -i 's/^uuid:.*/uuid: ${to}/; s/^seqno:.*/seqno: 5/' ${state}`;
  const pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name },
    spec: {
      restartPolicy: "Never",
      containers: [
        {
          name: "editor",
          image: template.spec.containers[0]?.image,
          command: ["bash", "-c", script],
          volumeMounts: [{ name: "data", mountPath: "/data" }],
        },
      ],
      volumes: [{ name: "data", persistentVolumeClaim: { claimName: `data-${member(n)}` } }],
    },
  };
  await kubectl(namespace, ["apply", "-f", "-"], JSON.stringify(pod));
  const message = await until(
    "the claim is edited",
    async () => {
      const path = "{.status.phase} {.status.containerStatuses[0].state.terminated.message}";
      const text = await kubectl(namespace, ["get", "pod", name, "-o", `jsonpath=${path}`]);
      return text.startsWith("Succeeded ") ? text.slice("Succeeded ".length) : undefined;
    },
    { within: 2 * 60_000 },
  );
  await kubectl(namespace, ["delete", "pod", name]);
  return message;
}

interface Templated {
  readonly spec: {
    readonly template: { readonly spec: { readonly containers: { image: string }[] } };
  };
}
