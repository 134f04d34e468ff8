import { afterAll, describe, expect, test } from "vitest";
import { expectCluster } from "./expect-cluster.ts";
import { answeringMembers, member, memberPods, memberStates } from "./galera.ts";
import { GALERA, startKplan, succeed } from "./kplan.ts";
import { kubectl } from "./kubectl.ts";
import { endTrials, killTrials, startTrials, type Trials } from "./load/trial.ts";
import { expectNoSecrets } from "./no-secrets.ts";
import { bringBack, cutNode, loseNode, testbedNodes } from "./testbed.ts";
import { until } from "./until.ts";
import { useNamespace } from "./use-namespace.ts";

const namespace = useNamespace("kp-galera-nodes");
let trials: Trials | undefined;
let uuid = "";

afterAll(async () => {
  killTrials(trials);
  if (testbedNodes().length > 0) await bringBack();
});

/** Where nodes can be lost: on a testbed of three, whose node 0 has the control plane and the clients. */
describe.runIf(testbedNodes().length >= 3)("nodes", () => {
  test("three members, one on each node, and clients at work", async () => {
    const own = ["-p", `POD_LABELS={${LABEL}: ${namespace}}`];
    await succeed(namespace, "install", GALERA, "-p", "ANTI_AFFINITY=hard", ...own);
    uuid = await expectCluster(namespace, 3);
    trials = await startTrials(namespace);
  });

  test("a node that is cut off for half a minute: its member comes back, and no row is lost", async () => {
    await cutNode(2);
    await new Promise((resolve) => setTimeout(resolve, 30_000));
    await bringBack();

    await whole();
    await endTrials(trials as Trials);
  });

  test("a drained node: its member leaves as it should, and finds its way back", async () => {
    trials = await startTrials(namespace);
    // A drain takes pods of all namespaces: only ours.
    const args = ["--ignore-daemonsets", "--delete-emptydir-data", "--force", "--timeout=180s"];
    try {
      await kubectl(namespace, ["drain", "node1", ...args, `--pod-selector=${LABEL}=${namespace}`]);
      const serving = await answeringMembers(namespace);
      expect(serving.filter(({ state }) => state === "Synced")).toHaveLength(2);
    } finally {
      await kubectl(namespace, ["uncordon", "node1"]);
    }

    await whole();
    await endTrials(trials);
  });

  test("a node that is lost: kplan waits and says why, and completes when it is back", async () => {
    trials = await startTrials(namespace);
    await loseNode(2);
    await until("the loss is noticed", async () => ((await ready("node2")) ? undefined : 1), {
      within: 3 * 60_000,
    });
    const update = startKplan(namespace, ["update", "-p", "MAX_CONNECTIONS=199"]);
    let said = "";
    update.process.stdout?.on("data", (text: string) => {
      said += text;
    });
    await until("kplan says why", async () => (/node2/.test(said) ? 1 : undefined), {
      within: 4 * 60_000,
    });
    expect(update.process.exitCode).toBeNull();
    await bringBack();

    expect((await update.ended).code).toBe(0);
    await whole();
    await endTrials(trials);
  });

  test("a node that is declared lost is not waited for: its member starts elsewhere", async () => {
    await succeed(namespace, "update", "-p", "ANTI_AFFINITY=soft");
    const pods = await memberPods(namespace);
    const place = new Map(pods.map((pod) => [nodeOf(pod), pod.metadata.name]));
    expect(place.get("node2")).toBeDefined();
    await loseNode(2);
    await until("the loss is noticed", async () => ((await ready("node2")) ? undefined : 1), {
      within: 3 * 60_000,
    });
    await succeed(namespace, "update", "-p", "MAX_CONNECTIONS=188", "--node-lost", "node2");
    await whole();
    await bringBack();
    await whole();
    await expectNoSecrets(namespace);
  });
});

/** What tells these pods from those of other runs. */
const LABEL = "kplan-e2e";

/** Waits until three members are Synced, in the cluster that it was. */
async function whole(): Promise<void> {
  await until(
    "a whole cluster",
    async () => {
      const states = await memberStates(namespace);
      const synced = states.filter(({ state, size }) => state === "Synced" && size === "3");
      return synced.length === 3 ? 1 : undefined;
    },
    { within: 6 * 60_000, every: 1000 },
  );
  expect(await expectCluster(namespace, 3)).toBe(uuid);
  expect((await memberPods(namespace)).map(({ metadata }) => metadata.name)).toContain(member(2));
}

async function ready(node: string): Promise<boolean> {
  const path = '{.status.conditions[?(@.type=="Ready")].status}';
  return (await kubectl("default", ["get", "node", node, "-o", `jsonpath=${path}`])) === "True";
}

function nodeOf(pod: object): string {
  return (pod as { readonly spec?: { readonly nodeName?: string } }).spec?.nodeName ?? "";
}
