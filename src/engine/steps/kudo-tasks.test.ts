import { expect, test } from "vitest";
import { ClusterError } from "../../model/cluster.ts";
import type { KplanError } from "../../model/kplan-error.ts";
import { refOf } from "../../model/kube-object.ts";
import { pathText } from "../../model/run.ts";
import { executeRun } from "../execute-run.ts";
import type { MemoryOptions } from "../testing/memory-cluster.ts";
import { configMap, errorText, eventLines, type Scenario, scenario } from "../testing/scenario.ts";

/** Statuses that were told last, by place. */
function statuses({ events }: Scenario): Record<string, string> {
  return Object.fromEntries(
    events.flatMap((event) =>
      event.type === "status" ? [[pathText(event.path), event.status] as const] : [],
    ),
  );
}

function kudo(text: string, options: Parameters<typeof scenario>[1] = {}): Scenario {
  return scenario(text, { dialect: "kudo", ...options });
}

/** Pods are ready as soon as the ConfigMap `key` is there. */
const LOCKED: MemoryOptions = {
  controllers: {
    Pod: (pod, cluster) => open(pod.metadata.name, cluster),
    ConfigMap: (_, cluster) => {
      for (const { kind, metadata } of cluster.objects())
        if (kind === "Pod") open(metadata.name, cluster);
    },
  },
};

function open(name: string, cluster: Scenario["cluster"]): void {
  const isOpen = cluster.objects().some(({ metadata }) => metadata.name === "key");
  const status = isOpen ? "True" : "False";
  cluster.setStatus(
    { apiVersion: "v1", kind: "Pod", name, namespace: "db" },
    { phase: "Running", conditions: [{ type: "Ready", status }] },
  );
}

const POD = (name: string): string =>
  `{apiVersion: v1, kind: Pod, metadata: {name: ${name}}, spec: {containers: [{name: c, image: i}]}}`;

test("tasks of a step are applied in listed order without waiting, then waited for together", async () => {
  const run = kudo(
    `
tasks:
  pod: { kind: Apply, resources: [pod.yaml] }
  key: { kind: Apply, resources: [key.yaml] }
templates:
  pod.yaml: '${POD("door")}'
  key.yaml: '${configMap("key")}'
plans:
  deploy: { phases: { main: { steps: { only: { strategy: parallel, tasks: [pod, key] } } } } }
`,
    LOCKED,
  );
  expect(await executeRun(run.inputs, run.deps)).toEqual({ result: "complete" });
  const lines = eventLines(run.events);
  expect(lines.filter((line) => /begins$|^created/.test(line))).toEqual([
    "pod begins",
    "created Pod door",
    "key begins",
    "created ConfigMap key",
  ]);
});

test("more parallel steps than run at a time in a native package still begin in listed order, for the last may be what the first waits for", async () => {
  const names = Array.from({ length: 12 }, (_, index) => `door${index}`);
  const run = kudo(
    `
tasks:
${names.map((name) => `  ${name}: { kind: Apply, resources: [${name}.yaml] }`).join("\n")}
  key: { kind: Apply, resources: [key.yaml] }
templates:
${names.map((name) => `  ${name}.yaml: '${POD(name)}'`).join("\n")}
  key.yaml: '${configMap("key")}'
plans:
  deploy:
    strategy: parallel
    phases:
      first: { strategy: parallel, steps: { ${names.map((name) => `${name}: [${name}]`).join(", ")} } }
      second: { steps: { key: [key] } }
`,
    LOCKED,
  );
  expect(await executeRun(run.inputs, run.deps)).toEqual({ result: "complete" });
  const posts = run.cluster.log.filter((line) => !line.includes("dry run"));
  expect(posts.filter((line) => line.startsWith("POST"))).toEqual([
    ...names.map((name) => `POST Pod ${name}`),
    "POST ConfigMap key",
  ]);
});

test("what may mend itself in one task keeps no later task and no parallel step back", async () => {
  let failures = 0;
  const text = (strategy: string): string => `
tasks:
  one: { kind: Apply, resources: [one.yaml] }
  beside: { kind: Apply, resources: [beside.yaml] }
  two: { kind: Apply, resources: [two.yaml] }
templates: { one.yaml: '${configMap("one")}', beside.yaml: '${configMap("beside")}', two.yaml: '${configMap("two")}' }
plans:
  deploy: { phases: { main: { strategy: ${strategy}, steps: { one: [one, beside], two: [two] } } } }
`;
  const options: MemoryOptions = {
    fault: ({ verb, ref, dryRun }) => {
      if (ref.name !== "one" || verb !== "create" || dryRun || ++failures > 2) return;
      throw new ClusterError("unavailable", "the server is away", { transient: true });
    },
  };
  const parallel = kudo(text("parallel"), options);
  expect(await executeRun(parallel.inputs, parallel.deps)).toEqual({ result: "complete" });
  const lines = eventLines(parallel.events);
  expect(lines.indexOf("created ConfigMap beside")).toBeLessThan(
    lines.indexOf("created ConfigMap one"),
  );
  expect(lines.indexOf("deploy.main.two COMPLETE")).toBeLessThan(
    lines.indexOf("created ConfigMap one"),
  );
  expect(lines).toContain(
    "deploy.main.one ERROR: A transient error when executing task deploy.main.one.one. Will retry. the server is away",
  );
  failures = 0;
  const serial = kudo(text("serial"), options);
  await executeRun(serial.inputs, serial.deps);
  const order = eventLines(serial.events);
  expect(order.indexOf("created ConfigMap one")).toBeLessThan(
    order.indexOf("created ConfigMap two"),
  );
});

/** The golden vector "Serial step" of the specification's appendix. */
const VECTOR = (strategy: string, one: string): string => `
tasks:
  one: { kind: Dummy, wantErr: true, ${one} }
  two: { kind: Dummy, done: true }
plans:
  deploy: { phases: { main: { strategy: ${strategy}, steps: { one: [one], two: [two] } } } }
`;

test.each([
  ["serial", "fatal: false", { one: "ERROR", two: undefined, plan: "IN_PROGRESS" }],
  ["parallel", "fatal: false", { one: "ERROR", two: "COMPLETE", plan: "IN_PROGRESS" }],
  ["serial", "fatal: true", { one: "FATAL_ERROR", two: undefined, plan: "FATAL_ERROR" }],
  ["parallel", "fatal: true", { one: "FATAL_ERROR", two: undefined, plan: "FATAL_ERROR" }],
])("a %s phase whose first step fails, %s", async (strategy, one, want) => {
  const run = kudo(VECTOR(strategy, one));
  setTimeout(() => run.stop.abort(), 0);
  await executeRun(run.inputs, run.deps);
  const found = statuses(run);
  expect({
    one: found["deploy.main.one"],
    two: found["deploy.main.two"],
    plan: found.deploy,
  }).toEqual(want);
});

test("a fatal error is told in KUDO's words where KUDO told it, and plainly as the run's outcome", async () => {
  const run = kudo(VECTOR("serial", "fatal: true"));
  expect(await executeRun(run.inputs, run.deps)).toMatchObject({
    result: "failed",
    message: "dummy error",
  });
  expect(eventLines(run.events)).toContain(
    "deploy.main.one FATAL_ERROR: Error during execution: fatal error: db/galera failed in deploy.main.one.one: dummy error",
  );
});

test.each([
  ["a plan without phases", "deploy: { phases: {} }"],
  ["a phase without steps", "deploy: { phases: { main: { steps: {} } } }"],
  ["a step without tasks", "deploy: { phases: { main: { steps: { one: [] } } } }"],
])("%s completes", async (_, plan) => {
  const run = kudo(`plans: { ${plan} }`);
  expect(await executeRun(run.inputs, run.deps)).toEqual({ result: "complete" });
});

test("a task that is told never to be done is waited for until the step's time is over", async () => {
  const run = kudo(
    "{tasks: {wait: {kind: Dummy, done: false}}, plans: {deploy: {phases: {main: {steps: {only: [wait]}}}}}}",
  );
  const outcome = await executeRun(run.inputs, run.deps);
  expect(outcome).toMatchObject({ result: "timed-out", path: { step: "only", task: "wait" } });
});

test.each([
  ["Apply", "resources: []", "task t has no resources"],
  ["Toggle", "resources: [], parameter: ON", "task t has no resources"],
  ["Toggle", "resources: [a.yaml], parameter: OTHER", "the package has no parameter OTHER"],
  ["Toggle", "resources: [a.yaml], parameter: ON", "parameter ON must be true or false"],
  ["Pipe", "pod: a.yaml, pipe: []", "task t keeps no file"],
  ["Pipe", "pod: a.yaml, pipe: [{kind: Secret, key: a}]", "one of file and envFile is needed"],
  ["Pipe", "pod: a.yaml, pipe: [{file: /a, envFile: /a, kind: Secret, key: a}]", "only one"],
  ["Pipe", "pod: a.yaml, pipe: [{file: /a, kind: Pod, key: a}]", 'not "Pod"'],
  ["Pipe", "pod: a.yaml, pipe: [{file: /a, kind: Secret, key: a.b}]", "letters, digits"],
])(
  "a %s task that cannot be done (%s) is found before the first write",
  async (kind, spec, message) => {
    const run = kudo(
      `{tasks: {t: {kind: ${kind}, ${spec}}}, templates: {a.yaml: '${configMap("a")}'}, plans: {deploy: {phases: {main: {steps: {only: [t]}}}}}}`,
      { declared: ["ON"], parameters: { ON: "perhaps" } },
    );
    const error = await executeRun(run.inputs, run.deps).catch((thrown: unknown) => thrown);
    expect(error).toHaveProperty("kind", "bad-input");
    expect(errorText(error as KplanError)).toContain(message);
    expect(run.cluster.log.filter((line) => !/dry run|^GET/.test(line))).toEqual([]);
  },
);

test("the hash of what pods use is at once about what a later task of the step applies, so that the same again restarts no pod", async () => {
  const set =
    "{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: set}, spec: {replicas: 0, template: {spec: {volumes: [{name: v, configMap: {name: late}}]}}}}";
  const text = `
tasks:
  set: { kind: Apply, resources: [set.yaml] }
  late: { kind: Toggle, resources: [late.yaml], parameter: ON }
templates: { set.yaml: '${set}', late.yaml: '${configMap("late", "{{ .Params.V }}")}' }
plans:
  deploy: { phases: { main: { steps: { only: [set, late] } } } }
`;
  const first = kudo(text, {
    ...WATCHED,
    parameters: { ON: "true", V: "1" },
    declared: ["ON", "V"],
  });
  expect(await executeRun(first.inputs, first.deps)).toEqual({ result: "complete" });
  const hash = hashOf(first);
  expect(hash).toMatch(/^[0-9a-f]{32}$/);
  const { cluster, clock } = first;
  const same = { cluster, clock, declared: ["ON", "V"], uid: "run-2" };
  const again = kudo(text, { ...same, parameters: { ON: "true", V: "1" } });
  await executeRun(again.inputs, again.deps);
  expect(eventLines(again.events)).toContain("unchanged StatefulSet set");
  const changed = kudo(text, { ...same, uid: "run-3", parameters: { ON: "true", V: "2" } });
  await executeRun(changed.inputs, changed.deps);
  expect(hashOf(changed)).not.toBe(hash);
});

const WATCHED: MemoryOptions = {
  controllers: {
    StatefulSet: (object, cluster) =>
      cluster.setStatus(refOf(object), { observedGeneration: object.metadata.generation }),
  },
};

function hashOf({ cluster }: Scenario): unknown {
  const [set] = cluster.objects().filter(({ kind }) => kind === "StatefulSet");
  const spec = set?.spec as { template: { metadata: { annotations: Record<string, string> } } };
  return spec.template.metadata.annotations["kudo.dev/dependencies-hash"];
}

test("a kind that nobody serves is refused before the first write, unless an earlier step may define it", async () => {
  const text = (steps: string): string => `
tasks:
  operator: { kind: Apply, resources: [operator.yaml] }
  widget: { kind: Apply, resources: [widget.yaml] }
templates:
  operator.yaml: '${configMap("operator")}'
  widget.yaml: '{apiVersion: example.com/v1, kind: Widget, metadata: {name: w}}'
plans:
  deploy: { phases: { main: { strategy: serial, steps: ${steps} } } }
`;
  const options = { notServed: ["Widget"] };
  const first = kudo(text("{ only: [operator, widget] }"), options);
  const refused = await executeRun(first.inputs, first.deps).catch((thrown: unknown) => thrown);
  expect(errorText(refused as KplanError)).toContain("Widget");
  expect(first.cluster.objects().map(({ kind }) => kind)).not.toContain("ConfigMap");
  const later = kudo(text("{ one: [operator], two: [widget] }"), options);
  expect(await executeRun(later.inputs, later.deps)).toMatchObject({
    result: "failed",
    path: { step: "two" },
  });
});
