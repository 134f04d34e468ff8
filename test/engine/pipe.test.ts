import { expect, test } from "vitest";
import { tarOf } from "../../src/embedded/exec/tar-of.ts";
import { executeRun } from "../../src/engine/execute-run.ts";
import {
  createMemoryCluster,
  type MemoryCluster,
} from "../../src/engine/testing/memory-cluster.ts";
import { mortal } from "../../src/engine/testing/mortal-cluster.ts";
import { eventLines, type Scenario, scenario } from "../../src/engine/testing/scenario.ts";
import { toldStatuses } from "../../src/engine/testing/told-statuses.ts";
import { createVirtualClock, type VirtualClock } from "../../src/engine/testing/virtual-clock.ts";
import type { ExecResult } from "../../src/model/cluster.ts";
import { isMap } from "../../src/model/json.ts";
import { type KubeObject, refKey, refOf } from "../../src/model/kube-object.ts";
import type { InventoryEntry } from "../../src/model/run.ts";

const POD = `
apiVersion: v1
kind: Pod
spec:
  volumes: [{name: shared, emptyDir: {}}]
  initContainers: [{name: make, image: openssl, volumeMounts: [{name: shared, mountPath: /tmp}]}]
`;

const TEXT = `
tasks:
  gen_files:
    kind: Pipe
    pod: pod.yaml
    pipe:
      - { file: /tmp/key.pem, kind: Secret, key: Key }
      - { file: /tmp/key.pem, kind: ConfigMap, key: plain }
      - { envFile: /tmp/env, kind: Secret, key: env }
  use: { kind: Apply, resources: [use.yaml] }
templates:
  pod.yaml: ${JSON.stringify(POD)}
  use.yaml: '{apiVersion: v1, kind: ConfigMap, metadata: {name: use}, data: {key: "{{ .Pipes.Key }}"}}'
plans:
  deploy: { phases: { first: { steps: { step: [gen_files], use: [use] } } } }
  other: { phases: { first: { steps: { use: [use] } } } }
`;

interface World {
  readonly clock: VirtualClock;
  readonly cluster: MemoryCluster;
}

/** Every pod makes another key. */
function makeWorld(files: Record<string, (pod: string) => string> = FILES): World {
  const clock = createVirtualClock();
  const cluster = createMemoryCluster(clock, {
    deletionTakes: 500,
    controllers: {
      Pod: async (object, on) => {
        await clock.sleep(1000);
        on.setStatus(refOf(object), running(object));
      },
    },
    exec: (ref, { command }) => {
      const uid = cluster.objects().find(({ metadata }) => metadata.name === ref.name)
        ?.metadata.uid;
      const path = command.at(-1) ?? "";
      const text = files[path]?.(uid ?? "");
      return text === undefined ? missing(path) : answer(command[0] === "tar", path, text);
    },
  });
  return { clock, cluster };
}

const FILES = {
  "/tmp/key.pem": (pod: string) => `key of ${pod}`,
  "/tmp/env": () => '\tenemies=aliens\n\tlives=3\n\tallowed="true"\n',
};

function answer(tar: boolean, path: string, text: string): ExecResult {
  const bytes = tar ? tarOf(path, Buffer.from(text)) : Buffer.from(`${Buffer.byteLength(text)}\n`);
  return { exitCode: 0, stdout: "", stderr: "", bytes };
}

function missing(path: string): ExecResult {
  return {
    exitCode: 1,
    stdout: "",
    stderr: `stat: can't stat '${path}': No such file or directory`,
  };
}

function running({ metadata: { uid } }: KubeObject): object {
  const container = { name: "waiter", ready: true, containerID: uid, restartCount: 0 };
  return {
    phase: "Running",
    conditions: [{ type: "Ready", status: "True" }],
    containerStatuses: [{ ...container, state: { running: {} } }],
  };
}

const NAME = "galera.deploy.first.step.genfiles";

test("files become Secrets and ConfigMaps by KUDO's names, the pod goes, and templates name them", async () => {
  const world = makeWorld();
  const { run, result } = await drive(world);
  expect(result).toEqual({ result: "complete" });
  expect(endState(world.cluster)).toEqual({
    [`Secret ${NAME}.key`]: { "key.pem": "key of uid-1" },
    [`ConfigMap ${NAME}.plain`]: { "key.pem": "key of uid-1" },
    [`Secret ${NAME}.env`]: { enemies: "aliens", lives: "3", allowed: '"true"' },
    "ConfigMap use": { key: `${NAME}.key` },
  });
  const made = world.cluster.objects().find(({ metadata }) => metadata.name === `${NAME}.key`);
  expect(made).toMatchObject({ type: "Opaque", metadata: { labels: { heritage: "kudo" } } });
  expect(run.intents[0]?.objects.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
    `Pod ${NAME}.pipepod`,
    `Secret ${NAME}.key`,
    `ConfigMap ${NAME}.plain`,
    `Secret ${NAME}.env`,
  ]);
  expect(run.done).toContain(`removed Pod ${NAME}.pipepod`);
  expect(JSON.stringify(run.events)).not.toContain("key of");
});

test("killed before or after any write, the same run ends with artifacts of one pod, each as it was first made", async () => {
  const counter = { writes: 0 };
  await drive(makeWorld(), { n: Number.POSITIVE_INFINITY, when: "before", counter });
  expect(counter.writes).toBe(6);
  for (let n = 1; n <= counter.writes; n++)
    for (const when of ["before", "after"] as const) {
      const world = makeWorld();
      const dead = await drive(world, { n, when });
      expect(dead.result).toBe("killed");
      const before = endState(world.cluster);
      const { result } = await drive(world, undefined, leftBehind(dead.run));
      expect(result).toEqual({ result: "complete" });
      const after = endState(world.cluster);
      expect(after).toMatchObject(before);
      expect(Object.keys(after)).toHaveLength(4);
      expect(after[`Secret ${NAME}.key`]).toEqual(after[`ConfigMap ${NAME}.plain`]);
    }
});

test("another run of the plan makes the artifacts anew; what an earlier run has left of the pod goes first", async () => {
  const world = makeWorld();
  const dead = await drive(world, { n: 1, when: "after" });
  expect(dead.result).toBe("killed");
  await drive(world, undefined, { uid: "run-2" });
  const state = endState(world.cluster);
  expect(state[`Secret ${NAME}.key`]).toEqual({ "key.pem": "key of uid-2" });
  await drive(world, undefined, { uid: "run-3" });
  expect(endState(world.cluster)[`Secret ${NAME}.key`]).not.toEqual(state[`Secret ${NAME}.key`]);
});

test("an artifact that another plan has made can be named (D-04); one that none has made yet names the plan that would", async () => {
  const world = makeWorld();
  const lacking = await drive(world, undefined, { plans: ["other"] });
  expect(lacking.error).toContain(
    "plan deploy makes Pipes.Key, and has not done so for this instance yet",
  );
  const first = await drive(world);
  const { inventory = [] } = leftBehind(first.run);
  const { result } = await drive(world, undefined, { plans: ["other"], uid: "run-2", inventory });
  expect(result).toEqual({ result: "complete" });
});

test.each([
  ["is not there", {}, "No such file or directory"],
  ["is too large", { "/tmp/key.pem": () => "x".repeat(1_048_577) }, "1048577 bytes"],
  [
    "has a line that is none",
    { "/tmp/env": () => "A=secret\nB" },
    "/tmp/env: line 2 is no NAME=value",
  ],
  ["has a name that is none", { "/tmp/env": () => "1A=secret" }, "no name of a variable"],
])("a file that %s fails the plan, and nothing of it is told", async (_, other, message) => {
  const files = { ...(Object.keys(other).length === 0 ? {} : FILES), ...other };
  const { result, run } = await drive(makeWorld(files));
  expect(result).toMatchObject({ result: "failed" });
  expect(result).toHaveProperty("message", expect.stringContaining(message));
  expect(JSON.stringify(run.events)).not.toContain("secret");
});

test("where no container runs and nobody says what the files hold, the task fails and says where to say it", async () => {
  const clock = createVirtualClock();
  const cluster = createMemoryCluster(clock, {
    controllers: { Pod: (pod, on) => on.setStatus(refOf(pod), running(pod)) },
  });
  expect((await drive({ clock, cluster })).result).toMatchObject({
    result: "failed",
    message: expect.stringContaining("simulated: no container runs"),
    hint: "say it under `files` in tests/simulate.yaml",
  });
});

test("an init container that fails ends the plan with its last words (D-27)", async () => {
  const clock = createVirtualClock();
  const crashed = {
    phase: "Pending",
    initContainerStatuses: [
      {
        name: "make",
        restartCount: 6,
        state: { waiting: { reason: "CrashLoopBackOff" } },
        lastState: { terminated: { exitCode: 3, reason: "Error" } },
      },
    ],
  };
  const cluster = createMemoryCluster(clock, {
    simulated: false,
    controllers: { Pod: (pod, on) => on.setStatus(refOf(pod), crashed) },
  });
  const { result } = await drive({ clock, cluster });
  expect(result).toMatchObject({ result: "failed", health: { state: "failed" } });
  expect(JSON.stringify(result)).toContain("last words of");
});

test("a waiter's image is KUDO's, unless another is given", async () => {
  const images: unknown[] = [];
  for (const image of [undefined, "mirror/busybox:1.28"]) {
    const world = makeWorld();
    const { run } = await drive(world, { n: 1, when: "after" }, image ? { image } : {});
    expect(run.events.length).toBeGreaterThan(0);
    const [pod] = world.cluster.objects().filter(({ kind }) => kind === "Pod");
    const spec = isMap(pod?.spec) ? pod.spec : {};
    images.push((spec.containers as { image: string }[])[0]?.image);
  }
  expect(images).toEqual(["busybox", "mirror/busybox:1.28"]);
});

interface Left {
  readonly statuses?: Scenario["inputs"]["statuses"];
  readonly inventory?: readonly InventoryEntry[];
  readonly uid?: string;
  readonly plans?: readonly string[];
  readonly image?: string;
}

async function drive(
  world: World,
  death?: {
    readonly n: number;
    readonly when: "before" | "after";
    readonly counter?: { writes: number };
  },
  { image, ...left }: Left = {},
): Promise<{ readonly run: Scenario; readonly result?: unknown; readonly error?: string }> {
  const { clock } = world;
  const cluster = death ? mortal(world.cluster, death.n, death.when, death.counter) : world.cluster;
  const options = { clock, cluster, dialect: "kudo", plans: ["deploy"], ...left } as const;
  const run = scenario(TEXT, options);
  const inputs = image === undefined ? run.inputs : { ...run.inputs, pipeImage: image };
  try {
    return { run, result: await executeRun(inputs, run.deps) };
  } catch (error) {
    const { message } = error as Error;
    if (message === "killed") return { run, result: "killed" };
    if (!left.plans) throw error;
    return { run, error: JSON.stringify([message, (error as { issues?: unknown }).issues]) };
  }
}

/** What the store would know after the driver's death. */
function leftBehind(run: Scenario): Left {
  const inventory = run.intents.flatMap(({ objects, path }) =>
    objects.map((ref) => ({ ref, path })),
  );
  const known = new Map(inventory.map((entry) => [refKey(entry.ref), entry]));
  return { statuses: toldStatuses(run), inventory: [...known.values()] };
}

/** What all objects hold, read as text; pods that are on their way out are gone. */
function endState(cluster: MemoryCluster): Record<string, unknown> {
  return Object.fromEntries(
    cluster
      .objects()
      .filter(({ kind }) => kind !== "Pod")
      .map((object) => [`${object.kind} ${object.metadata.name}`, contentOf(object)]),
  );
}

function contentOf({ kind, data, binaryData }: KubeObject): Record<string, string> {
  const coded = Object.entries({
    ...(kind === "Secret" && isMap(data) ? data : {}),
    ...(isMap(binaryData) ? binaryData : {}),
  }).map(([key, text]) => [key, Buffer.from(String(text), "base64").toString()]);
  const plain = kind === "ConfigMap" && isMap(data) ? data : {};
  return { ...(plain as Record<string, string>), ...Object.fromEntries(coded) };
}

test("what is told of a Pipe task names its pod and its artifacts", async () => {
  const { run } = await drive(makeWorld());
  expect(eventLines(run.events).filter((line) => /^(created|deleted)/.test(line))).toEqual([
    `created Pod ${NAME}.pipepod`,
    `created Secret ${NAME}.key`,
    `created ConfigMap ${NAME}.plain`,
    `created Secret ${NAME}.env`,
    `deleted Pod ${NAME}.pipepod`,
    "created ConfigMap use",
  ]);
});
