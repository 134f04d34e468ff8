import { expect, test } from "vitest";
import { type KubeObject, refKey, refOf } from "../model/kube-object.ts";
import type { InventoryEntry } from "../model/run.ts";
import type { PlanStatus } from "../model/status.ts";
import { executeRun } from "./execute-run.ts";
import { createMemoryCluster, type MemoryCluster } from "./testing/memory-cluster.ts";
import { mortal } from "./testing/mortal-cluster.ts";
import { configMap, type Scenario, scenario } from "./testing/scenario.ts";
import { toldStatuses } from "./testing/told-statuses.ts";
import { createVirtualClock, type VirtualClock } from "./testing/virtual-clock.ts";

const DEPLOYMENT =
  "{apiVersion: apps/v1, kind: Deployment, metadata: {name: boot}, spec: {replicas: 1, selector: {matchLabels: {app: boot}}, template: {metadata: {labels: {app: boot}}}}}";

/** The shape of the Galera package: a bootstrap that is removed again, and a configuration that is applied twice. */
const TEXT = `
tasks:
  boot: { kind: Apply, resources: [boot-config.yaml, boot.yaml] }
  config: { kind: Apply, resources: [config.yaml] }
  services: { kind: Apply, resources: [a.yaml, b.yaml] }
  unboot: { kind: Delete, resources: [boot.yaml, boot-config.yaml] }
templates:
  boot-config.yaml: '${configMap("boot")}'
  boot.yaml: '${DEPLOYMENT}'
  config.yaml: '${configMap("config", "{{StepName}}")}'
  a.yaml: '${configMap("a")}'
  b.yaml: '${configMap("b")}'
plans:
  deploy:
    phases:
      one: { steps: { boot: [boot], config: [config] } }
      two: { strategy: parallel, steps: { services: { strategy: parallel, tasks: [services] }, cleanup: [unboot, config] } }
`;

/** All writes of an undisturbed run. */
const WRITES = 8;

test("an undisturbed run writes as often as this test believes", async () => {
  const world = makeWorld();
  const { counter } = await drive(world, Number.POSITIVE_INFINITY, "before");
  expect(counter.writes).toBe(WRITES);
  expect(endState(world.cluster)).toEqual(END);
});

const moments = Array.from({ length: WRITES }, (_, n) =>
  (["before", "after"] as const).map((when) => ({ n: n + 1, when })),
).flat();

test.each(moments)(
  "killed $when write $n, the same command ends in the same state",
  async ({ n, when }) => {
    const world = makeWorld();
    const dead = await drive(world, n, when);
    expect(dead.result).toBe("killed");
    const [statuses, inventory] = leftBehind(dead.run);
    const resumed = await drive(world, Number.POSITIVE_INFINITY, "before", { statuses, inventory });
    expect(resumed.result).toEqual({ result: "complete" });
    expect(endState(world.cluster)).toEqual(END);
    const announced = new Set(
      [...dead.run.intents, ...resumed.run.intents].flatMap(({ objects }) => objects.map(refKey)),
    );
    for (const object of world.cluster.objects())
      expect(announced).toContain(refKey(refOf(object)));
  },
);

const END = [
  ["ConfigMap", "a", { key: "x" }],
  ["ConfigMap", "b", { key: "x" }],
  ["ConfigMap", "config", { key: "cleanup" }],
];

interface World {
  readonly clock: VirtualClock;
  readonly cluster: MemoryCluster;
}

function makeWorld(): World {
  const clock = createVirtualClock();
  const cluster = createMemoryCluster(clock, {
    deletionTakes: 500,
    controllers: {
      Deployment: async (object, on) => {
        await clock.sleep(2000);
        on.setStatus(refOf(object), available(object));
      },
    },
  });
  return { clock, cluster };
}

function available({ metadata: { generation } }: KubeObject): object {
  const count = 1;
  return {
    observedGeneration: generation,
    replicas: count,
    updatedReplicas: count,
    availableReplicas: count,
  };
}

/** Runs until the process dies around its n-th write. */
async function drive(
  world: World,
  n: number,
  when: "before" | "after",
  before: { statuses?: readonly PlanStatus[]; inventory?: readonly InventoryEntry[] } = {},
): Promise<{ run: Scenario; result: unknown; counter: { writes: number } }> {
  const run = scenario(TEXT, { ...world, ...before });
  const counter = { writes: 0 };
  const deps = { ...run.deps, cluster: mortal(world.cluster, n, when, counter) };
  try {
    return { run, result: await executeRun(run.inputs, deps), counter };
  } catch (error) {
    if (!(error instanceof Error) || error.message !== "killed") throw error;
    return { run, result: "killed", counter };
  }
}

/** What the store has kept of a run whose driver died: statuses as told, and the announced objects. */
function leftBehind(run: Scenario): [PlanStatus[], InventoryEntry[]] {
  const inventory = run.intents.flatMap(({ objects, path }) =>
    objects.map((ref) => ({ ref, path })),
  );
  return [toldStatuses(run), inventory];
}

function endState(cluster: MemoryCluster): unknown[] {
  return cluster
    .objects()
    .map(({ kind, metadata, data }) => [kind, metadata.name, data])
    .sort((a, b) => String(a[1]).localeCompare(String(b[1])));
}
