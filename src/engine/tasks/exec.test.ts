import { expect, test } from "vitest";
import type { ExecOptions, ExecResult } from "../../model/cluster.ts";
import { canonicalJson } from "../../model/json.ts";
import type { KubeObject } from "../../model/kube-object.ts";
import { executeRun } from "../execute-run.ts";
import type { MemoryOptions } from "../testing/memory-cluster.ts";
import { eventLines, type Scenario, scenario } from "../testing/scenario.ts";

/** A package whose one task is `task` (YAML of one line), and a second step that uses what it found. */
function packageWith(task: string, after = "[use]"): string {
  return `
tasks:
  look: { kind: Exec, ${task} }
  use: { kind: Apply, resources: [use.yaml] }
  none: { kind: Dummy }
templates:
  use.yaml: '{apiVersion: v1, kind: ConfigMap, metadata: {name: use}, data: { key: {{toJson (toJson Facts.look)}} } }'
plans:
  deploy: { phases: { main: { steps: { look: { tasks: [look], timeout: 60000 }, use: ${after} } } } }
`;
}

interface PodShape {
  readonly ready?: boolean;
  readonly state?: object;
  readonly phase?: string;
  readonly leaving?: boolean;
  readonly owner?: string;
}

function pod(name: string, shape: PodShape = {}): KubeObject {
  const { ready = true, state = { running: {} }, phase = "Running", owner = "StatefulSet" } = shape;
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name,
      namespace: "db",
      labels: { app: "db" },
      ownerReferences: [
        { apiVersion: "apps/v1", kind: owner, name: "db", uid: "u", controller: true },
      ],
      ...(shape.leaving && { deletionTimestamp: "2026-01-01T00:00:00Z" }),
    },
    spec: { containers: [{ name: "main" }, { name: "side" }] },
    status: {
      phase,
      conditions: [{ type: "Ready", status: ready ? "True" : "False" }],
      containerStatuses: [
        { name: "main", ready, state },
        { name: "side", ready: true, state: { running: {} } },
      ],
    },
  };
}

type Answer = (pod: string, how: ExecOptions, call: number) => Partial<ExecResult> | undefined;

/** Runs the package with these pods, and lists what each command was. */
async function run(
  text: string,
  pods: readonly KubeObject[],
  answer: Answer,
  options: MemoryOptions & { readonly simulated?: boolean } = {},
): Promise<{ readonly world: Scenario; readonly outcome: unknown; readonly asked: string[] }> {
  const asked: string[] = [];
  const world = scenario(text, {
    simulated: false,
    ...options,
    exec: (ref, how) => {
      asked.push(
        `${ref.name}/${how.container}: ${how.command.join(" ")}${how.stdin ? ` < ${how.stdin}` : ""}`,
      );
      const given = answer(ref.name, how, asked.length);
      return given && { exitCode: 0, stdout: "", stderr: "", ...given };
    },
  });
  for (const one of pods) world.cluster.put(one);
  return { world, outcome: await executeRun(world.inputs, world.deps), asked };
}

const three = [pod("db-10"), pod("db-0"), pod("db-2", { ready: false })];

/** Task, what its command prints, the fact that is left. */
const FACTS: readonly (readonly [string, string, string, unknown])[] = [
  ["the last line counts", "pods: app=db, command: [x]", '{"a":1}\n{"a":2}\n', { a: 2 }],
  ["no line", "pods: app=db, command: [x]", "\n", {}],
  ["a named pod", "pod: '{{Name}}-0', command: [x]", '{"a":1}', { a: 1 }],
  [
    "each pod in the order of ordinals, ready or not",
    "pods: app=db, forEach: pod, command: [x]",
    '{"a":1}',
    [
      { a: 1, pod: "db-0", ordinal: 0 },
      { a: 1, pod: "db-2", ordinal: 2 },
      { a: 1, pod: "db-10", ordinal: 10 },
    ],
  ],
  ["no pod at all", "pods: app=nobody, forEach: pod, command: [x]", "", []],
];

test.each(FACTS)("a fact: %s", async (_, task, stdout, fact) => {
  const pods = [
    ...three,
    { ...pod("galera-0"), metadata: { ...pod("galera-0").metadata, labels: {} } },
  ];
  const { world, outcome } = await run(packageWith(task), pods, () => ({ stdout }));
  expect(outcome).toEqual({ result: "complete" });
  expect(world.found.get("look")).toEqual(fact);
  const used = world.cluster.objects().find(({ metadata }) => metadata.name === "use");
  expect(used?.data).toEqual({ key: canonicalJson(fact) });
  expect(eventLines(world.events).filter((line) => line.includes(" found "))).toHaveLength(1);
});

test.each(["pods: '{{AppVersion}}', forEach: pod", "pods: ' '", "pod: '{{AppVersion}}'"])(
  "nobody is asked by %s without letters: a selector of nothing selects every pod",
  async (pods) => {
    const { outcome, asked } = await run(packageWith(`${pods}, command: [x]`), three, () => ({}));
    expect(outcome).toMatchObject({
      result: "failed",
      message: expect.stringContaining("the pods of task look are not named"),
    });
    expect(asked).toEqual([]);
  },
);

test("the first ready pod is asked, its words and its input are templates, the announcement comes before and names no object of the instance", async () => {
  const task =
    "pods: 'app={{Params.APP}}', container: side, command: [echo, '{{Name}}'], stdin: 'in {{Namespace}}'";
  const world = scenario(packageWith(task), { parameters: { APP: "db" } });
  expect(world.inputs.parameters).toEqual({ APP: "db" });
  const pods = [pod("db-0", { ready: false }), pod("db-1"), pod("db-2")];
  const declared = { ...world.inputs.pkg, parameters: [parameter("APP")] };
  const seen: string[] = [];
  for (const one of pods) world.cluster.put(one);
  const deps = {
    ...world.deps,
    cluster: {
      ...world.cluster,
      exec: async (ref: { name: string }, how: ExecOptions) => {
        seen.push(`${ref.name}/${how.container}: ${how.command.join(" ")} < ${how.stdin}`);
        expect(world.intents.map(({ act, objects }) => [act, objects.length])).toEqual([
          ["exec", 1],
        ]);
        return await Promise.resolve({ exitCode: 0, stdout: "{}", stderr: "" });
      },
    },
  };
  const outcome = await executeRun({ ...world.inputs, pkg: declared }, deps);
  expect(outcome).toEqual({ result: "complete" });
  expect(seen).toEqual(["db-1/side: echo galera < in db"]);
});

function parameter(name: string): Scenario["inputs"]["pkg"]["parameters"][number] {
  return {
    name,
    type: "string",
    required: false,
    immutable: false,
    at: { file: "params.yaml", line: 1, col: 1 },
  } as Scenario["inputs"]["pkg"]["parameters"][number];
}

/** Pods, and why nothing can be asked. */
const TROUBLES: readonly (readonly [string, readonly KubeObject[], string])[] = [
  ["pods: app=db", [], "there is no pod to ask: no pods with app=db"],
  [
    "pods: app=db",
    [pod("db-0", { ready: false })],
    "no pod is ready to be asked: db-0 is not ready (container main runs, and is not ready)",
  ],
  ["pods: app=db", [pod("db-0", { leaving: true })], "there is no pod to ask: no pods with app=db"],
  [
    "pods: app=db, forEach: pod",
    [pod("db-0"), pod("db-1", { state: { waiting: { reason: "CrashLoopBackOff" } } })],
    "container main of Pod db-1 does not run: it is waiting: CrashLoopBackOff",
  ],
  ["pod: db-7", [], "Pod db-7 cannot be asked: it does not exist"],
  ["pod: db-0", [pod("db-0", { leaving: true })], "Pod db-0 cannot be asked: it is on its way out"],
];

test.each(TROUBLES)("tried again until the time is over: %s", async (task, pods, why) => {
  const { world, outcome, asked } = await run(
    packageWith(`${task}, command: [x]`),
    pods,
    () => ({}),
  );
  expect(asked).toEqual([]);
  expect(outcome).toMatchObject({ result: "timed-out", path: { step: "look", task: "look" } });
  expect(eventLines(world.events)).toContain(`deploy.main.look ERROR: ${why}`);
  expect((outcome as { message: string }).message).toContain(why);
  expect(world.clock.elapsed()).toBe(60_000);
});

/** What a command does, and the sentence that the step fails with. */
const FAILURES: readonly (readonly [string, Partial<ExecResult>, string])[] = [
  [
    "another exit code, with the last lines of standard error",
    { exitCode: 3, stderr: "one\ntwo\n" },
    "the command in Pod db-0 ended with exit code 3:\n  one\n  two",
  ],
  [
    "an exit code, and nothing said",
    { exitCode: 1 },
    "the command in Pod db-0 ended with exit code 1, and wrote nothing to standard error",
  ],
  [
    "a line that is no JSON object",
    { stdout: `{}\n${"z".repeat(500)}` },
    `the command in Pod db-0 printed a line that is no JSON object: ${"z".repeat(200)}…`,
  ],
  [
    "a list",
    { stdout: "[1]" },
    "the command in Pod db-0 printed a line that is no JSON object: [1]",
  ],
  [
    "too much",
    { stdout: JSON.stringify({ a: "x".repeat(70_000) }) },
    "task look found out 69 KiB, and a fact may have 64 KiB",
  ],
];

test.each(FAILURES)("the step fails: %s", async (_, result, message) => {
  const text = packageWith("pods: app=db, command: [x]");
  const { world, outcome } = await run(text, [pod("db-0")], () => result);
  expect(outcome).toMatchObject({ result: "failed", message });
  expect(world.found.size).toBe(0);
});

test("the facts of a run are bounded together: its record holds them all", async () => {
  const text = packageWith("pods: app=db, command: [x]");
  const some = { note: "x".repeat(60_000) };
  const facts = Object.fromEntries(Array.from({ length: 6 }, (_, n) => [`other${n}`, some]));
  const world = scenario(text, {
    simulated: false,
    facts,
    exec: () => ({ exitCode: 0, stdout: JSON.stringify(some), stderr: "" }),
  });
  world.cluster.put(pod("db-0"));
  expect(await executeRun(world.inputs, world.deps)).toMatchObject({
    message:
      "with what task look found out, the facts of this run have 411 KiB, and may have 384 KiB",
  });
});

test("a container that the pod does not have fails at once, naming those that it has", async () => {
  const text = packageWith("pods: app=db, container: no, command: [x]");
  const { outcome } = await run(text, [pod("db-0")], () => ({}));
  expect(outcome).toMatchObject({ message: "Pod db-0 has no container no: it has main, side" });
});

test("of the pods that run each is asked, and the others are left out", async () => {
  const pods = [
    pod("db-0", { state: { waiting: { reason: "CrashLoopBackOff" } } }),
    pod("db-1", { ready: false }),
    pod("db-2"),
  ];
  const text = packageWith("pods: app=db, forEach: running-pod, command: [x]");
  const { world, outcome, asked } = await run(text, pods, () => ({ stdout: "{}" }));
  expect(outcome).toEqual({ result: "complete" });
  expect(asked).toEqual(["db-1/main: x", "db-2/main: x"]);
  expect(world.found.get("look")).toEqual([
    { pod: "db-1", ordinal: 1 },
    { pod: "db-2", ordinal: 2 },
  ]);
});

test("exit code 75 is tried again, every pod anew, and the step is in trouble until then", async () => {
  const text = packageWith("pods: app=db, forEach: pod, command: [x]");
  const { world, outcome, asked } = await run(text, [pod("db-0"), pod("db-1")], (_, __, call) =>
    call === 2 ? { exitCode: 75, stderr: "a transfer is running\n" } : { stdout: "{}" },
  );
  expect(outcome).toEqual({ result: "complete" });
  expect(asked).toEqual(["db-0/main: x", "db-1/main: x", "db-0/main: x", "db-1/main: x"]);
  const lines = eventLines(world.events);
  expect(lines).toContain(
    "deploy.main.look ERROR: the command in Pod db-1 asks to be tried again: a transfer is running",
  );
  expect(lines).toContain("deploy.main.look COMPLETE");
});

test("a command may ask to be tried again for longer than anything else may stand still", async () => {
  const text = packageWith("pods: app=db, command: [x]").replace(
    "timeout: 60000",
    "noActivity: 20000",
  );
  const world = scenario(text, {
    simulated: false,
    exec: () => ({ exitCode: world.clock.elapsed() < 90_000 ? 75 : 0, stdout: "", stderr: "" }),
  });
  world.cluster.put(pod("db-0"));
  expect(await executeRun(world.inputs, world.deps)).toEqual({ result: "complete" });
  expect(world.clock.elapsed()).toBeLessThan(97_000);
});

test("a pod that gets ready is asked within seconds, however long it took", async () => {
  const world = scenario(packageWith("pods: app=db, command: [x]"), {
    simulated: false,
    exec: () => ({ exitCode: 0, stdout: "", stderr: "" }),
  });
  void world.clock.sleep(50_000).then(() => world.cluster.put(pod("db-0")));
  expect(await executeRun(world.inputs, world.deps)).toEqual({ result: "complete" });
  expect(world.clock.elapsed()).toBeLessThan(53_000);
});

test.each([
  ["the pod is gone", undefined],
  ["another pod has its name", { uid: "another" }],
  ["it is on its way out", { deletionTimestamp: "2026-01-01T00:00:00Z" }],
] as const)("a command that is killed with its container is tried again: %s", async (_, change) => {
  const text = packageWith("pods: app=db, command: [x]");
  const world = scenario(text, { simulated: false });
  const ref = { apiVersion: "v1", kind: "Pod", namespace: "db", name: "db-0" };
  world.cluster.put(pod("db-0"));
  const codes = [137, 0];
  const exec = async (): Promise<ExecResult> => {
    const exitCode = codes.shift() ?? 0;
    if (exitCode !== 0) {
      world.cluster.remove(ref);
      const after = pod("db-0");
      if (change !== undefined)
        world.cluster.put({ ...after, metadata: { ...after.metadata, ...change } });
      void world.clock.sleep(500).then(() => {
        world.cluster.remove(ref);
        world.cluster.put(pod("db-0"));
      });
    }
    return await Promise.resolve({ exitCode, stdout: "", stderr: "" });
  };
  const deps = { ...world.deps, cluster: { ...world.cluster, exec } };
  expect(await executeRun(world.inputs, deps)).toEqual({ result: "complete" });
  expect(eventLines(world.events)).toContain(
    "deploy.main.look ERROR: container main of Pod db-0 ended while the command ran",
  );
});

test("a command that hangs because its pod is gone is broken off and tried again", async () => {
  const world = scenario(packageWith("pods: app=db, command: [x]"), { simulated: false });
  world.cluster.put(pod("db-0"));
  let calls = 0;
  const exec = async (_: unknown, { signal }: ExecOptions): Promise<ExecResult> => {
    if (++calls > 1) return { exitCode: 0, stdout: "", stderr: "" };
    void world.clock.sleep(3000).then(() => {
      world.cluster.remove({ apiVersion: "v1", kind: "Pod", namespace: "db", name: "db-0" });
      world.cluster.put(pod("db-0"));
    });
    return await new Promise((__, reject) =>
      signal?.addEventListener("abort", () => reject(signal.reason)),
    );
  };
  const deps = { ...world.deps, cluster: { ...world.cluster, exec } };
  expect(await executeRun(world.inputs, deps)).toEqual({ result: "complete" });
  expect(calls).toBe(2);
  expect(world.clock.elapsed()).toBeLessThan(12_000);
});

test("a command that is killed in a container that goes on has failed", async () => {
  const text = packageWith("pods: app=db, command: [x]");
  const { outcome } = await run(text, [pod("db-0")], () => ({ exitCode: 137 }));
  expect(outcome).toMatchObject({
    message:
      "the command in Pod db-0 ended with exit code 137, and wrote nothing to standard error",
  });
});

test("a long command counts as activity, shows how long it runs, and is ended by the step's time", async () => {
  const text = packageWith("pods: app=db, command: [x]").replace(
    "timeout: 60000",
    "noActivity: 15000",
  );
  const deadlines: unknown[] = [];
  const world = scenario(text, { simulated: false });
  world.cluster.put(pod("db-0"));
  const slow = async (_: unknown, how: ExecOptions): Promise<ExecResult> => {
    deadlines.push(how.deadline);
    await world.clock.sleep(45_000);
    return { exitCode: 0, stdout: "{}", stderr: "" };
  };
  const deps = { ...world.deps, cluster: { ...world.cluster, exec: slow } };
  expect(await executeRun(world.inputs, deps)).toEqual({ result: "complete" });
  const told = world.events.flatMap((event) =>
    event.type === "object-health" && event.health.message ? [event.health.message] : [],
  );
  expect(told).toEqual([10, 20, 30, 40].map((s) => `running a command for ${s} s`));
  expect(deadlines).toEqual([1_800_000]);
});

test("told to stop while a command runs, the run does not wait for it, and the step is run again", async () => {
  const world = scenario(packageWith("pods: app=db, command: [x]"), { simulated: false });
  world.cluster.put(pod("db-0"));
  const endless = async (_: unknown, { signal }: ExecOptions): Promise<ExecResult> => {
    world.stop.abort();
    signal?.throwIfAborted();
    return await new Promise((__, reject) => signal?.addEventListener("abort", reject));
  };
  const deps = { ...world.deps, cluster: { ...world.cluster, exec: endless } };
  expect(await executeRun(world.inputs, deps)).toMatchObject({ result: "interrupted" });
  expect(eventLines(world.events)).not.toContain("deploy.main.look COMPLETE");
});

test("where no container runs and no answer is known, nothing is pretended", async () => {
  const text = packageWith(
    "pods: app=db, command: [x]",
    "{ tasks: [use], when: Facts.look.a == 1 }",
  );
  const { world, outcome } = await run(text, [pod("db-0")], () => undefined, { simulated: true });
  expect(outcome).toEqual({ result: "complete" });
  expect(world.found.get("look")).toBe(null);
  const warnings = world.events.flatMap((event) =>
    event.type === "warning" ? [event.message] : [],
  );
  expect(warnings).toEqual([
    "task look: not evaluated (simulated)",
    "when of use: not evaluated (simulated)",
  ]);
  expect(eventLines(world.events)).toContain(
    "deploy.main.use COMPLETE: skipped: Facts.look.a == 1 is false",
  );
});

test("values of Secrets reach the command and nothing else", async () => {
  const task =
    "pods: app=db, command: [x], stdinFrom: [{ secret: '{{Name}}-secrets', key: PASSWORD }]";
  const base64 = Buffer.from("swordfish").toString("base64");
  const secret = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "galera-secrets", namespace: "db" },
    data: { PASSWORD: base64 },
  };
  const { world, outcome, asked } = await run(packageWith(task), [pod("db-0"), secret], () => ({
    exitCode: 1,
    stderr: "cannot log in with swordfish",
  }));
  expect(asked).toEqual([`db-0/main: x < ${base64}\n`]);
  expect(outcome).toMatchObject({
    message: "the command in Pod db-0 ended with exit code 1: cannot log in with ***",
  });
  expect(JSON.stringify([world.events, world.intents])).not.toMatch(/swordfish|c3dvcmRmaXNo/);
});

/** Keys of a Secret, and what a command prints of them. */
test.each([
  ["within JSON", { A: 'sword"fish\\1' }, (given: string[]) => JSON.stringify({ a: given[0] })],
  [
    "of several lines within JSON",
    { A: "KEY\nline one\nline two\n" },
    ([a]: string[]) => `{"a":${JSON.stringify(a)}}`,
  ],
  [
    "one line of several",
    { A: "KEY\nsecret one\nsecret two\n" },
    ([a = ""]: string[]) => `{"a":"${a.split("\n")[1]}"}`,
  ],
  [
    "the one that another begins with",
    { A: "swordfish", B: "swordfish-tail" },
    ([, b]: string[]) => `{"a":"${b}"}`,
  ],
])("a secret value is not shown: %s", async (_, data, printed) => {
  const keys = Object.keys(data).map((key) => `{ secret: galera-secrets, key: ${key} }`);
  const task = `pods: app=db, command: [x], stdinFrom: [${keys.join(", ")}]`;
  const base64 = (text: string): string => Buffer.from(text).toString("base64");
  const secret = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "galera-secrets", namespace: "db" },
    data: Object.fromEntries(Object.entries(data).map(([key, text]) => [key, base64(text)])),
  };
  const { outcome, world } = await run(packageWith(task), [pod("db-0"), secret], () => ({
    stdout: printed(Object.values(data)),
  }));
  expect(outcome).toEqual({ result: "complete" });
  expect(JSON.stringify(world.found.get("look"))).toMatch(/^\{"a":"[*\\n]+"\}$/);
});
