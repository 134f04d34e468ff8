import { afterEach, beforeAll, expect, test } from "vitest";
import type { ActionResult } from "../../src/actions/action-result.ts";
import { install } from "../../src/actions/change/install.ts";
import { installVersion } from "../../src/actions/change/install-version.ts";
import { triggerPlan } from "../../src/actions/change/trigger-plan.ts";
import { update } from "../../src/actions/change/update.ts";
import { upgrade } from "../../src/actions/change/upgrade.ts";
import type { ActionContext } from "../../src/actions/context.ts";
import { rollback } from "../../src/actions/control/rollback.ts";
import { cancelRun, pauseRun } from "../../src/actions/control/stop-run.ts";
import { planStatus } from "../../src/actions/instance/plan-status.ts";
import { uninstall } from "../../src/actions/removal/uninstall.ts";
import type { RunEvent } from "../../src/model/event.ts";
import { KplanError } from "../../src/model/kplan-error.ts";
import type { KubeObject } from "../../src/model/kube-object.ts";
import type { Preview } from "../../src/model/run.ts";
import { contextOf } from "../../src/package-test/context-of.ts";
import { objectsOf } from "../../src/package-test/faults/run-scenario.ts";
import {
  type Driver,
  type Ending,
  startWorld,
  type World,
  type WorldSnapshot,
} from "../../src/package-test/world.ts";
import { readRun } from "../../src/store/stored-run.ts";
import { values } from "../drivers/drivers.ts";
import { deadly } from "../support/deadly.ts";
import { packageFolder } from "../support/package-folder.ts";

// A KUDO package that needs another one, which needs a third: `top` makes an instance of `mid`, that one of `low` (compat section 5.2).

const CONFIG = (name: string, data: string): string => `apiVersion: v1
kind: ConfigMap
metadata: {name: "{{ .Name }}-${name}"}
data: {${data}}
`;
const PARAMS = (...names: readonly string[]): string =>
  `parameters:\n${names.map((name) => `  - ${name}`).join("\n")}\n`;

const LOW = {
  "operator.yaml": `apiVersion: kudo.dev/v1beta1
name: low
appVersion: "7"
operatorVersion: 0.1.0
tasks:
  - {name: config, kind: Apply, spec: {resources: [config.yaml]}}
  - {name: bye, kind: Apply, spec: {resources: [bye.yaml]}}
  - {name: pod, kind: Apply, spec: {resources: [pod.yaml]}}
plans:
  deploy:
    strategy: serial
    phases:
      - name: main
        strategy: serial
        steps: [{name: config, tasks: [config]}, {name: pod, tasks: [pod]}]
  cleanup:
    phases: [{name: main, steps: [{name: bye, tasks: [bye]}]}]
`,
  "params.yaml": PARAMS(
    "{name: COLOR, default: none}",
    "{name: POD, default: fine}",
    "{name: PORTS, type: array, default: [1]}",
  ),
  "templates/config.yaml": CONFIG(
    "low",
    'color: "{{ .Params.COLOR }}", ports: "{{ len .Params.PORTS }}"',
  ),
  "templates/bye.yaml": `apiVersion: v1
kind: ConfigMap
metadata: {name: "{{ .Name }}-bye"}
`,
  // Nobody has the image of a pod that is broken.
  "templates/pod.yaml": `apiVersion: v1
kind: Pod
metadata: {name: "{{ .Name }}-{{ .Params.POD }}"}
spec: {containers: [{name: main, image: "app:1"}]}
`,
};

const MID = {
  "operator.yaml": `apiVersion: kudo.dev/v1beta1
name: mid
operatorVersion: 0.1.0
tasks:
  - {name: before, kind: Apply, spec: {resources: [before.yaml]}}
  - {name: low, kind: KudoOperator, spec: {package: ./low, parameterFile: low-params.yaml}}
  - {name: after, kind: Apply, spec: {resources: [after.yaml]}}
plans:
  deploy:
    strategy: serial
    phases:
      - name: main
        strategy: serial
        steps: [{name: before, tasks: [before]}, {name: low, tasks: [low]}, {name: after, tasks: [after]}]
`,
  "params.yaml": PARAMS("{name: COLOR, required: true}", "{name: POD, default: fine}"),
  "templates/before.yaml": CONFIG("before", "a: b"),
  "templates/after.yaml": CONFIG("after", "a: b"),
  "templates/low-params.yaml": `COLOR: "{{ .Params.COLOR }}-{{ .OperatorName }}"
POD: "{{ .Params.POD }}"
PORTS: [80, 443]
`,
};

const TOP = {
  "operator.yaml": `apiVersion: kudo.dev/v1beta1
name: top
operatorVersion: 0.1.0
tasks:
  - {name: mid, kind: KudoOperator, spec: {package: ./mid, parameterFile: mid-params.yaml}}
  - {name: done, kind: Apply, spec: {resources: [done.yaml]}}
plans:
  deploy:
    strategy: serial
    phases:
      - name: main
        strategy: serial
        steps: [{name: mid, tasks: [mid]}, {name: done, tasks: [done]}]
  touch:
    phases: [{name: main, steps: [{name: done, tasks: [done]}]}]
`,
  "params.yaml": PARAMS("{name: COLOR, default: red}", "{name: POD, default: fine}"),
  "templates/mid-params.yaml": `COLOR: {{ .Params.COLOR }}\nPOD: {{ .Params.POD }}\n`,
  "templates/done.yaml": CONFIG("done", 'color: "{{ .Params.COLOR }}"'),
};

type Files = Readonly<Record<string, string>>;

/** A folder of the package with others in folders of it. */
function folderOf(own: Files, below: Readonly<Record<string, Files>> = {}): string {
  const nested = Object.entries(below).flatMap(([folder, files]) =>
    Object.entries(files).map(([path, text]) => [`${folder}/${path}`, text] as const),
  );
  return packageFolder({ "templates/config.yaml": null, ...own, ...Object.fromEntries(nested) });
}

const source = folderOf(TOP, { mid: MID, "mid/low": LOW });
const NAMES = { top: "top-instance", mid: "top-instance-mid", low: "top-instance-mid-low" };

const WORLD = {
  seed: "dependencies",
  speed: 1000,
  pods: [
    { pods: "*-broken", imageMissing: true },
    { pods: "*-slow", ready: 30_000_000 },
  ],
};
let empty: WorldSnapshot;
let installed: WorldSnapshot;
let world: World;
let events: RunEvent[] = [];

beforeAll(async () => {
  const first = await startWorld({ ...WORLD });
  empty = await first.snapshot();
  world = first;
  expect(await outcome((ctx) => install(ctx, { source }))).toEqual({ result: "complete" });
  installed = await first.snapshot();
  await first.close();
});
afterEach(() => world.close());

const begin = async (from: WorldSnapshot): Promise<void> => {
  world = await startWorld({ ...WORLD, from });
};

/** A command of a process of its own. */
async function give(
  act: (ctx: ActionContext) => Promise<ActionResult>,
  through?: Parameters<World["driver"]>[0],
): Promise<Ending<ActionResult>> {
  events = [];
  const driver: Driver = await world.driver(through);
  const ctx = contextOf(driver, { command: ["kplan"], onEvent: (event) => events.push(event) });
  const ending = await world.run(driver, () => act(ctx));
  driver.end();
  return ending;
}

/** What came of a command that was no error: how its run ended, or else what it said. */
async function outcome(act: (ctx: ActionContext) => Promise<ActionResult>): Promise<unknown> {
  const ending = await give(act);
  if (ending.kind === "threw") throw ending.error;
  if (ending.kind !== "done") return ending;
  return ending.value.kind === "ran" ? ending.value.outcome : ending.value;
}

/** The problems for which a command was refused. */
async function refusal(act: (ctx: ActionContext) => Promise<ActionResult>): Promise<string> {
  const ending = await give(act);
  if (ending.kind !== "threw" || !(ending.error instanceof KplanError))
    throw new Error(JSON.stringify(ending));
  const { kind, message, issues } = ending.error;
  return [`${kind}: ${message}`, ...issues.map((issue) => issue.message)].join("\n");
}

const all = (kind: string): KubeObject[] => objectsOf(world).filter((one) => one.kind === kind);
const named = (kind: string, name: string): KubeObject | undefined =>
  all(kind).find(({ metadata }) => metadata.name === name);
const dataOf = (name: string): unknown => named("ConfigMap", name)?.data;
const instances = (): string[] =>
  all("Instance")
    .map(({ metadata }) => metadata.name)
    .sort();

test("three deep: all are installed, each a part of the one that needs it, with its own parameters", async () => {
  await begin(installed);
  expect(instances()).toEqual(Object.values(NAMES).sort());
  expect(
    all("OperatorVersion")
      .map(({ metadata }) => metadata.name)
      .sort(),
  ).toEqual(["low-7-0.1.0", "mid-0.1.0", "top-0.1.0"]);
  expect(named("OperatorVersion", "mid-0.1.0")).toMatchObject({
    spec: {
      tasks: [
        {},
        {
          name: "low",
          kind: "KudoOperator",
          spec: {
            package: "low",
            appVersion: "7",
            operatorVersion: "0.1.0",
            parameterFile: "low-params.yaml",
          },
        },
        {},
      ],
    },
  });
  const [top, mid, low] = Object.values(NAMES).map((name) => named("Instance", name));
  expect(low).toMatchObject({
    metadata: {
      labels: { "kudo.dev/operator": "low" },
      ownerReferences: [
        {
          apiVersion: "kudo.dev/v1beta1",
          kind: "Instance",
          name: NAMES.mid,
          uid: mid?.metadata.uid,
        },
      ],
    },
    spec: {
      operatorVersion: { name: "low-7-0.1.0" },
      parameters: { COLOR: "red-mid", POD: "fine", PORTS: "- 80\n- 443\n" },
    },
    status: { planStatus: { deploy: { status: "COMPLETE" } } },
  });
  expect(mid?.metadata.ownerReferences?.[0]).toMatchObject({ uid: top?.metadata.uid });
  expect(mid?.metadata.ownerReferences?.[0]).not.toHaveProperty("controller");
  expect(dataOf(`${NAMES.low}-low`)).toEqual({ color: "red-mid", ports: "2" });
});

test("what a run tells of its children stands below their tasks", async () => {
  await begin(empty);
  await outcome((ctx) => install(ctx, { source }));
  const told = events.flatMap((event) =>
    event.type === "child" && event.event.type === "run-started"
      ? [`${event.path.task}: ${event.event.run.instance}`]
      : event.type === "child" &&
          event.event.type === "child" &&
          event.event.event.type === "run-started"
        ? [`${event.path.task}: ${event.event.path.task}: ${event.event.event.run.instance}`]
        : [],
  );
  expect(told).toEqual([`mid: ${NAMES.mid}`, `mid: low: ${NAMES.low}`]);
});

test("a dry run names the children, their plans and parameters, and writes nothing", async () => {
  await begin(empty);
  const result = await outcome((ctx) => install(ctx, { source, dryRun: true }));
  expect(result).toMatchObject({
    kind: "preview",
    changes: true,
    preview: {
      problems: [],
      objects: [
        {
          path: { task: "mid" },
          ref: { kind: "Instance", name: NAMES.mid },
          change: "create",
          why: "of mid-0.1.0, runs deploy with COLOR=red, POD=fine",
        },
        { path: { task: "mid" }, ref: { kind: "Instance", name: NAMES.low }, change: "create" },
        { path: { task: "done" }, change: "create" },
      ],
    },
  });
  expect([instances(), all("OperatorVersion")]).toEqual([[], []]);
});

test("an update of the parent goes on to its children, and no further than parameters do", async () => {
  await begin(installed);
  expect(
    await outcome((ctx) =>
      update(ctx, { instance: NAMES.top, values: values("COLOR=blue"), dryRun: true }),
    ),
  ).toMatchObject({
    preview: {
      objects: [
        {
          ref: { name: NAMES.mid },
          change: "configure",
          diff: expect.stringMatching(/-.*COLOR: red\n\+.*COLOR: blue/),
        },
        {
          ref: { name: NAMES.low },
          change: "configure",
          diff: expect.stringMatching(/-.*red-mid\n\+.*blue-mid/),
        },
        { change: "configure" },
      ],
    },
  });
  expect(
    await outcome((ctx) => update(ctx, { instance: NAMES.top, values: values("COLOR=blue") })),
  ).toEqual({ result: "complete" });
  expect(dataOf(`${NAMES.low}-low`)).toMatchObject({ color: "blue-mid" });
  expect(runsOf(NAMES.low)).toBe(2);
  // Nothing of it is theirs.
  expect(await outcome((ctx) => triggerPlan(ctx, { instance: NAMES.top, plan: "touch" }))).toEqual({
    result: "complete",
  });
  expect(await outcome((ctx) => triggerPlan(ctx, { instance: NAMES.top, plan: "deploy" }))).toEqual(
    { result: "complete" },
  );
  expect([runsOf(NAMES.top), runsOf(NAMES.mid), runsOf(NAMES.low)]).toEqual([4, 2, 2]);
});

test("what a person set on a child stays, unless the parent says otherwise", async () => {
  await begin(installed);
  await outcome((ctx) => update(ctx, { instance: NAMES.low, values: values("PORTS=[1,2,3]") }));
  await outcome((ctx) => update(ctx, { instance: NAMES.top, values: values("COLOR=blue") }));
  expect(named("Instance", NAMES.low)).toMatchObject({
    spec: { parameters: { PORTS: "- 80\n- 443\n" } },
  });
});

test("a child that fails fails its parents with its cause, and the same command goes on once it can", async () => {
  await begin(empty);
  const failed = await outcome((ctx) => install(ctx, { source, values: values("POD=broken") }));
  expect(failed).toMatchObject({
    result: "failed",
    path: { plan: "deploy", phase: "main", step: "mid", task: "mid" },
    message: expect.stringMatching(
      /^Instance top-instance-mid: deploy\.main\.low\.low: Instance top-instance-mid-low: deploy\.main\.pod\.pod: .*image/,
    ),
  });
  const statuses = Object.values(NAMES).map((name) => named("Instance", name)?.status);
  for (const status of statuses)
    expect(status).toMatchObject({ planStatus: { deploy: { status: "FATAL_ERROR" } } });
  expect(dataOf(`${NAMES.top}-done`)).toBeUndefined();
  expect(
    await outcome((ctx) => update(ctx, { instance: NAMES.top, values: values("POD=fine") })),
  ).toEqual({ result: "complete" });
  expect(dataOf(`${NAMES.top}-done`)).toEqual({ color: "red" });
});

test.each([
  {
    title: "a package that is not there",
    files: folderOf(TOP),
    says: /what top needs.*\n.*mid/,
  },
  {
    title: "a circle",
    files: folderOf(TOP, {
      mid: { ...MID, "operator.yaml": MID["operator.yaml"].replace("./low", "../") },
    }),
    says: /in a circle: mid-0\.1\.0 -> top-0\.1\.0/,
  },
  {
    title: "a required parameter of a child",
    files: folderOf(
      { ...TOP, "templates/mid-params.yaml": "POD: fine" },
      { mid: MID, "mid/low": LOW },
    ),
    says: /COLOR.* is required/,
  },
  {
    title: "a parameter of a grandchild that is of the wrong type",
    files: folderOf(TOP, {
      mid: { ...MID, "templates/low-params.yaml": "PORTS: a text" },
      "mid/low": LOW,
    }),
    says: /PORTS/,
  },
  {
    title: "a null",
    files: folderOf(
      { ...TOP, "templates/mid-params.yaml": "COLOR: ~" },
      { mid: MID, "mid/low": LOW },
    ),
    says: /COLOR has no value/,
  },
  {
    title: "a plan's name in a file of parameters",
    files: folderOf(
      { ...TOP, "templates/mid-params.yaml": "COLOR: {{ .PlanName }}" },
      { mid: MID, "mid/low": LOW },
    ),
    says: /PlanName/,
  },
])("$title is found before anything is written", async ({ files, says }) => {
  await begin(empty);
  const text = await refusal((ctx) => install(ctx, { source: files }));
  expect(text).toMatch(/^bad-input/);
  expect(text).toMatch(says);
  expect([instances(), all("OperatorVersion"), all("Secret")]).toEqual([[], [], []]);
});

test("a namespace is made as the parent's manifest says, and only when nothing is wrong with what is to be in it", async () => {
  await begin(empty);
  const manifest = {
    "operator.yaml": `${TOP["operator.yaml"]}namespaceManifest: namespace.yaml\n`,
    "templates/namespace.yaml":
      "kind: Namespace\napiVersion: v1\nmetadata: {labels: {color: '{{ .Params.COLOR }}'}}\n",
  };
  const good = folderOf({ ...TOP, ...manifest }, { mid: MID, "mid/low": LOW });
  const bad = folderOf(
    { ...TOP, ...manifest, "templates/mid-params.yaml": "POD: fine" },
    { mid: MID, "mid/low": LOW },
  );
  const team = (ctx: ActionContext): ActionContext => ({ ...ctx, namespace: "team" });
  const text = await refusal((ctx) => install(team(ctx), { source: bad, createNamespace: true }));
  expect(text).toMatch(/COLOR is required/);
  expect([named("Namespace", "team"), all("CustomResourceDefinition")]).toEqual([undefined, []]);
  await outcome((ctx) => install(team(ctx), { source: good, createNamespace: true }));
  expect(named("Namespace", "team")).toMatchObject({
    metadata: { labels: { color: "red" }, annotations: { "created-by": "kudo-cli" } },
  });
  expect(all("Instance").map(({ metadata }) => metadata.namespace)).toEqual([
    "team",
    "team",
    "team",
  ]);
});

test("an instance that somebody else made is not taken", async () => {
  await begin(installed);
  await outcome((ctx) => install(ctx, { source: folderOf(LOW), instance: "other-mid" }));
  const text = await refusal((ctx) => install(ctx, { source, instance: "other" }));
  expect(text).toMatch(/Instance other-mid \(low-7-0\.1\.0\) is there and is nobody's part/);
});

test("an upgrade brings another dependency, and moves a child to another version", async () => {
  await begin(installed);
  const next = folderOf(
    {
      ...TOP,
      "operator.yaml": TOP["operator.yaml"]
        .replace("0.1.0", "0.2.0")
        .replace(
          "tasks:",
          "tasks:\n  - {name: extra, kind: KudoOperator, spec: {package: ./extra, instanceName: extra}}",
        )
        .replace("{name: mid, tasks: [mid]}", "{name: mid, tasks: [mid, extra]}"),
    },
    {
      mid: { ...MID, "operator.yaml": MID["operator.yaml"].replace("0.1.0", "0.3.0") },
      "mid/low": LOW,
      extra: { ...LOW, "operator.yaml": LOW["operator.yaml"].replace("name: low", "name: extra") },
    },
  );
  expect(await outcome((ctx) => upgrade(ctx, { source: next }))).toMatchObject({
    result: "complete",
  });
  expect(instances()).toEqual(["extra", ...Object.values(NAMES)].sort());
  expect(named("Instance", NAMES.mid)).toMatchObject({
    spec: { operatorVersion: { name: "mid-0.3.0" } },
  });
  expect(runsOf(NAMES.low)).toBe(1);
  expect(await outcome((ctx) => rollback(ctx, { instance: NAMES.top }))).toEqual({
    result: "complete",
  });
  expect(named("Instance", NAMES.mid)).toMatchObject({
    spec: { operatorVersion: { name: "mid-0.1.0" } },
  });
  // What only the version between needed goes with the rest.
  expect(await outcome((ctx) => uninstall(ctx, { instance: NAMES.top }))).toEqual({
    result: "complete",
  });
  expect(leftovers()).toEqual([]);
});

test("the dry run of an uninstall names what goes with the children, in the order in which it goes", async () => {
  await begin(installed);
  const result = await outcome((ctx) => uninstall(ctx, { instance: NAMES.top, dryRun: true }));
  const { preview } = result as Extract<ActionResult, { kind: "preview" }>;
  expect(preview.objects.map(({ ref, change }) => `${change} ${ref.kind} ${ref.name}`)).toEqual([
    "delete ConfigMap top-instance-done",
    "delete ConfigMap top-instance-mid-after",
    "create ConfigMap top-instance-mid-low-bye",
    "delete Pod top-instance-mid-low-fine",
    "delete ConfigMap top-instance-mid-low-low",
    "delete Instance top-instance-mid-low",
    "delete ConfigMap top-instance-mid-before",
    "delete Instance top-instance-mid",
    "delete Instance top-instance",
  ]);
  expect(instances()).toHaveLength(3);
});

test("an uninstall runs the cleanup plans of all and leaves nothing", async () => {
  await begin(installed);
  expect(await outcome((ctx) => uninstall(ctx, { instance: NAMES.top }))).toEqual({
    result: "complete",
  });
  const byes = events.flatMap(
    (event) => JSON.stringify(event).match(/"name":"[a-z-]*-bye"/g) ?? [],
  );
  expect(byes).not.toEqual([]);
  expect(leftovers()).toEqual([]);
});

test("a child alone leaves its version to the parent that needs it", async () => {
  await begin(installed);
  await outcome((ctx) => uninstall(ctx, { instance: NAMES.low }));
  expect(instances()).toEqual([NAMES.mid, NAMES.top].sort().reverse().sort());
  expect(named("OperatorVersion", "low-7-0.1.0")).toBeDefined();
  expect(await outcome((ctx) => triggerPlan(ctx, { instance: NAMES.mid, plan: "deploy" }))).toEqual(
    { result: "complete" },
  );
  expect(instances()).toContain(NAMES.low);
});

test("Ctrl-C of the parent leaves all of them interrupted, and the same command goes on with all", async () => {
  await begin(empty);
  const act = (ctx: ActionContext) => install(ctx, { source, values: values("POD=slow") });
  const stop = new AbortController();
  const driver = await world.driver();
  const ctx = contextOf(driver, {
    command: ["install"],
    stop: stop.signal,
    onEvent: (event) => {
      if (JSON.stringify(event).includes("-slow") && event.type === "child") stop.abort();
    },
  });
  const ending = await world.run(driver, () => act(ctx));
  driver.end();
  expect(ending).toMatchObject({ kind: "done", value: { outcome: { result: "interrupted" } } });
  expect(Object.values(NAMES).map(reasonOf)).toEqual(["Interrupted", "Interrupted", "Interrupted"]);
  expect(await outcome(act)).toEqual({ result: "complete" });
  expect(Object.values(NAMES).map(runsOf)).toEqual([1, 1, 1]);
});

test.each([
  { act: "cancel", reasons: ["Cancelled", "Interrupted", "Interrupted"] },
  { act: "pause", reasons: ["Paused", "Interrupted", "Interrupted"] },
])("$act of the parent from another terminal reaches its children", async ({ act, reasons }) => {
  await begin(empty);
  const other = contextOf(await world.driver(), { command: [act] });
  let asked: Promise<unknown> | undefined;
  const driver = await world.driver();
  const ctx = contextOf(driver, {
    command: ["install"],
    onEvent: (event) => {
      if (event.type !== "child" || !JSON.stringify(event).includes("-slow")) return;
      asked ??= (act === "cancel" ? cancelRun : pauseRun)(other, { instance: NAMES.top });
    },
  });
  const ending = await world.run(driver, () =>
    install(ctx, { source, values: values("POD=slow") }),
  );
  expect(ending).toMatchObject({ kind: "done" });
  await world.pass(10_000);
  await asked;
  expect(Object.values(NAMES).map(reasonOf)).toEqual(reasons);
  expect(
    await outcome((again) => update(again, { instance: NAMES.top, values: values("POD=fine") })),
  ).toEqual({ result: "complete" });
});

test("children of one step are driven at the same time", async () => {
  await begin(empty);
  const pair = folderOf(
    {
      "operator.yaml": `name: pair
operatorVersion: 0.1.0
tasks:
  - {name: one, kind: KudoOperator, spec: {package: ./low, instanceName: one, parameterFile: slow.yaml}}
  - {name: two, kind: KudoOperator, spec: {package: ./low, instanceName: two, parameterFile: slow.yaml}}
plans: {deploy: {strategy: serial, phases: [{name: main, strategy: serial, steps: [{name: all, tasks: [one, two]}]}]}}
`,
      "params.yaml": "",
      "templates/slow.yaml": "POD: slow",
    },
    { low: LOW },
  );
  expect(await outcome((ctx) => install(ctx, { source: pair }))).toEqual({ result: "complete" });
  const order = events.flatMap((event) =>
    event.type !== "child"
      ? []
      : event.event.type === "run-started"
        ? [`${event.instance} begins`]
        : event.event.type === "run-finished"
          ? [`${event.instance} ends`]
          : [],
  );
  expect(order.slice(0, 2)).toEqual(["one begins", "two begins"]);
  expect(order.slice(2).sort()).toEqual(["one ends", "two ends"]);
});

test("from another machine a run of a driver that is gone is taken up with its children", async () => {
  await begin(empty);
  const driver = await world.driver({ host: "other" });
  const ctx = contextOf(driver, {
    command: ["install"],
    onEvent: (event) => {
      if (event.type === "child" && JSON.stringify(event).includes("-slow")) driver.kill();
    },
  });
  const act = (one: ActionContext) => install(one, { source, values: values("POD=slow") });
  expect(await world.run(driver, () => act(ctx))).toEqual({ kind: "killed" });
  await world.pass(20_000);
  expect(await outcome(act)).toEqual({ result: "complete" });
  expect(Object.values(NAMES).map(runsOf)).toEqual([1, 1, 1]);
});

test("a child that somebody else drives is waited for", async () => {
  await begin(installed);
  const other = await world.driver();
  const busy = contextOf(other, { command: ["update", "low"] });
  const first = update(busy, { instance: NAMES.low, values: values("POD=slow") });
  await world.pass(1000);
  const ending = await give((ctx) =>
    update(ctx, { instance: NAMES.top, values: values("COLOR=blue") }),
  );
  expect(ending).toMatchObject({ kind: "done", value: { outcome: { result: "complete" } } });
  expect(JSON.stringify(events)).toContain("waiting: top-instance-mid-low is being worked on");
  expect(await first).toMatchObject({ outcome: { result: "complete" } });
  expect(dataOf(`${NAMES.low}-low`)).toMatchObject({ color: "blue-mid" });
});

test("the status of the parent names its children", async () => {
  await begin(installed);
  const driver = await world.driver();
  const ending = await world.run(driver, () =>
    planStatus(contextOf(driver, { command: [] }), { instance: NAMES.top }),
  );
  expect(ending).toMatchObject({
    value: {
      children: [
        { name: NAMES.mid, operatorVersion: "mid-0.1.0", plan: "deploy", status: "COMPLETE" },
      ],
    },
  });
});

test("an Instance that a task applies is driven like one that a KudoOperator task makes", async () => {
  await begin(empty);
  const maker = folderOf({
    "operator.yaml": `name: maker
operatorVersion: 0.1.0
tasks: [{name: all, kind: Apply, spec: {resources: [low.yaml]}}]
plans: {deploy: {strategy: serial, phases: [{name: main, strategy: serial, steps: [{name: all, tasks: [all]}]}]}}
`,
    "params.yaml": PARAMS("{name: COLOR, default: red}"),
    "templates/low.yaml": `apiVersion: kudo.dev/v1beta1
kind: Instance
metadata: {name: "{{ .Name }}-low"}
spec:
  operatorVersion: {name: low-7-0.1.0}
  parameters: {COLOR: "{{ .Params.COLOR }}"}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: "{{ .Name }}-note"}
`,
  });
  expect(await refusal((ctx) => install(ctx, { source: maker }))).toMatch(
    /there is no OperatorVersion low-7-0\.1\.0/,
  );
  const driver = await world.driver();
  const ctx = contextOf(driver, { command: [] });
  await world.run(driver, () => installVersion(ctx, { source: folderOf(LOW) }));
  expect(await outcome((again) => install(again, { source: maker }))).toEqual({
    result: "complete",
  });
  expect(dataOf("maker-instance-low-low")).toMatchObject({ color: "red" });
  expect(named("Instance", "maker-instance-low")).toMatchObject({
    metadata: { ownerReferences: [{ name: "maker-instance", controller: true }] },
    status: { planStatus: { deploy: { status: "COMPLETE" } } },
  });
  const blue = { instance: "maker-instance", values: values("COLOR=blue") };
  expect(await outcome((again) => update(again, blue))).toEqual({ result: "complete" });
  expect(dataOf("maker-instance-low-low")).toMatchObject({ color: "blue" });
  await outcome((again) => uninstall(again, { instance: "maker-instance" }));
  expect(leftovers()).toEqual([]);
});

// A package with data and a cleanup plan, and one that makes an instance of it as long as it is wanted.

const KEEPER = {
  "operator.yaml": `name: keeper
operatorVersion: 0.1.0
tasks:
  - {name: claim, kind: Apply, spec: {resources: [claim.yaml]}}
  - {name: bye, kind: Apply, spec: {resources: [bye.yaml]}}
plans:
  deploy: {phases: [{name: main, steps: [{name: claim, tasks: [claim]}]}]}
  cleanup: {phases: [{name: main, steps: [{name: bye, tasks: [bye]}]}]}
`,
  "params.yaml": PARAMS("{name: COLOR, default: none}", "{name: BYE, default: fine}"),
  "templates/claim.yaml": `${CONFIG("keeper", 'color: "{{ .Params.COLOR }}"')}---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: "{{ .Name }}-data"}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
`,
  "templates/bye.yaml": LOW["templates/pod.yaml"].replace("POD", "BYE"),
};

const FAN = {
  "operator.yaml": `name: fan
operatorVersion: 0.1.0
tasks:
  - {name: keeper, kind: Toggle, spec: {resources: [keeper.yaml], parameter: WANTED}}
plans:
  deploy: {phases: [{name: main, steps: [{name: keeper, tasks: [keeper]}]}]}
`,
  "params.yaml": PARAMS(
    "{name: WANTED, default: 'true'}",
    "{name: COLOR, default: red}",
    "{name: BYE, default: fine}",
  ),
  "templates/keeper.yaml": `apiVersion: kudo.dev/v1beta1
kind: Instance
metadata: {name: "{{ .Name }}-keeper"}
spec:
  operatorVersion: {name: keeper-0.1.0}
  parameters: {COLOR: "{{ .Params.COLOR }}", BYE: "{{ .Params.BYE }}"}
`,
};
/** One whose instance is of another OperatorVersion, and is given just these parameters. */
function fanOf(version: string, ...parameters: readonly string[]): string {
  const template = FAN["templates/keeper.yaml"].replace("keeper-0.1.0", version);
  const given = parameters.map((name) => `${name}: "{{ .Params.${name} }}"`).join(", ");
  const text =
    given === "" ? template : template.replace(/parameters: .*/, `parameters: {${given}}`);
  return folderOf({ ...FAN, "templates/keeper.yaml": text });
}
const fan = folderOf(FAN);
const keeper = folderOf(KEEPER);
const ONE = "fan-instance-keeper";

/** Keeps a package in a namespace, which is made, and makes no instance. */
async function shelve(source: string, namespace: string): Promise<Driver> {
  const driver = await world.driver();
  const ctx = contextOf(driver, { command: [], namespace });
  const ending = await world.run(driver, () =>
    installVersion(ctx, { source, createNamespace: true }),
  );
  expect(ending).toMatchObject({ kind: "done" });
  return driver;
}

const want = (given: string) => (ctx: ActionContext) =>
  update(ctx, { instance: "fan-instance", values: values(given) });
const COMPLETE = { result: "complete" };

test("an Instance may be of an OperatorVersion in another namespace, also of KUDO's", async () => {
  await begin(empty);
  const elsewhere = fanOf("keeper-0.1.0, namespace: shelf");
  expect(await refusal((ctx) => install(ctx, { source: elsewhere }))).toMatch(
    /there is no OperatorVersion keeper-0\.1\.0 in namespace shelf/,
  );
  const { cluster } = await shelve(keeper, "shelf");
  const ref = { apiVersion: "kudo.dev/v1beta1", kind: "OperatorVersion", namespace: "shelf" };
  const version = { ...ref, name: "keeper-0.1.0" };
  await cluster.patch(version, { metadata: { annotations: null } });
  expect(await outcome((ctx) => install(ctx, { source: elsewhere }))).toEqual(COMPLETE);
  expect(dataOf(`${ONE}-keeper`)).toEqual({ color: "red" });
  // From here on it is at home.
  await cluster.delete(version, {});
  const driver = await world.driver();
  const ctx = contextOf(driver, { command: [] });
  const statusOf = (instance: string) => world.run(driver, () => planStatus(ctx, { instance }));
  expect(await statusOf(ONE)).toMatchObject({ value: { operator: "keeper", version: "0.1.0" } });
  expect(await statusOf("fan-instance")).toMatchObject({
    value: { children: [{ name: ONE, operatorVersion: "keeper-0.1.0", status: "COMPLETE" }] },
  });
  const blue = { instance: ONE, values: values("COLOR=blue") };
  expect(await outcome((again) => update(again, blue))).toEqual(COMPLETE);
  expect(await outcome(want("COLOR=green"))).toEqual(COMPLETE);
  expect(dataOf(`${ONE}-keeper`)).toEqual({ color: "green" });
  const newer = folderOf({
    ...KEEPER,
    "operator.yaml": KEEPER["operator.yaml"].replace("0.1.0", "0.2.0"),
  });
  expect(await outcome((again) => upgrade(again, { instance: ONE, source: newer }))).toEqual(
    COMPLETE,
  );
  await outcome((again) => uninstall(again, { instance: "fan-instance", deleteClaims: true }));
  expect(leftovers()).toEqual([]);
});

test("with an OperatorVersion of another namespace comes all that it needs", async () => {
  await begin(empty);
  await shelve(folderOf(MID, { low: LOW }), "shelf");
  const elsewhere = fanOf("mid-0.1.0, namespace: shelf", "COLOR");
  expect(await outcome((ctx) => install(ctx, { source: elsewhere }))).toEqual(COMPLETE);
  expect(dataOf(`${ONE}-low-low`)).toEqual({ color: "red-mid", ports: "2" });
  const versions = all("OperatorVersion").filter(
    ({ metadata }) => metadata.namespace === "default",
  );
  expect(versions.map(({ metadata }) => metadata.name).sort()).toEqual([
    "fan-0.1.0",
    "low-7-0.1.0",
    "mid-0.1.0",
  ]);
  expect(await outcome(want("WANTED=false"))).toEqual(COMPLETE);
  expect(instances()).toEqual(["fan-instance"]);
  expect(leftovers().filter((name) => /low|mid|keeper/.test(name))).toEqual([]);
});

test("an OperatorVersion of another namespace is not mixed up with one of the same name here", async () => {
  await begin(empty);
  await shelve(keeper, "shelf");
  const other = folderOf({ ...KEEPER, "templates/bye.yaml": CONFIG("bye", "a: b") });
  await shelve(other, "default");
  const source = fanOf("keeper-0.1.0, namespace: shelf");
  expect(await refusal((ctx) => install(ctx, { source }))).toMatch(
    /namespace default has one of that name with another content/,
  );
});

test("an Instance that a task deletes goes by its cleanup plan, and its data stay for when it comes again", async () => {
  await begin(empty);
  await shelve(keeper, "default");
  expect(await outcome((ctx) => install(ctx, { source: fan }))).toEqual(COMPLETE);
  const off = { instance: "fan-instance", values: values("WANTED=false"), dryRun: true };
  const planned = await outcome((ctx) => update(ctx, off));
  const words = (planned as { preview: Preview }).preview.objects.map(
    ({ change, ref }) => `${change} ${ref.kind} ${ref.name}`,
  );
  expect(words).toEqual([
    `create Pod ${ONE}-fine`,
    `delete ConfigMap ${ONE}-keeper`,
    `delete Instance ${ONE}`,
  ]);
  expect(await outcome(want("WANTED=false"))).toEqual(COMPLETE);
  expect(JSON.stringify(events.filter(({ type }) => type === "child"))).toContain(`${ONE}-fine`);
  expect(all("Pod")).toEqual([]);
  const left = leftovers().filter((name) => name.includes("keeper"));
  expect(left.map((name) => name.replace(/-[0-9a-f]{12}-0$/, "")).toSorted()).toEqual([
    "Operator keeper",
    "OperatorVersion keeper-0.1.0",
    `PersistentVolumeClaim ${ONE}-data`,
    "Secret keeper-0.1.0",
  ]);
  // Once more there is nothing to do.
  expect(
    await outcome((ctx) => triggerPlan(ctx, { instance: "fan-instance", plan: "deploy" })),
  ).toEqual(COMPLETE);
  expect(events).toContainEqual(
    expect.objectContaining({ type: "object-written", change: "absent" }),
  );
  expect(await outcome(want("WANTED=true"))).toEqual(COMPLETE);
  expect(dataOf(`${ONE}-keeper`)).toEqual({ color: "red" });
});

test("a task fails when the cleanup plan of the Instance that it deletes does", async () => {
  await begin(empty);
  await shelve(keeper, "default");
  const broken = { source: fan, values: values("BYE=broken") };
  expect(await outcome((ctx) => install(ctx, broken))).toEqual(COMPLETE);
  expect(await outcome(want("WANTED=false"))).toMatchObject({
    result: "failed",
    path: { plan: "deploy", task: "keeper" },
    message: expect.stringMatching(
      /^Instance fan-instance-keeper: cleanup\.main\.bye\.bye: .*pull/,
    ),
  });
  expect(instances()).toEqual(["fan-instance", ONE]);
  expect(dataOf(`${ONE}-keeper`)).toEqual({ color: "red" });
});

test("no task deletes an Instance that somebody else made, unless it is said", async () => {
  await begin(empty);
  expect(await outcome((ctx) => install(ctx, { source: keeper, instance: ONE }))).toEqual(COMPLETE);
  const unwanted = { source: fan, values: values("WANTED=false") };
  expect(await refusal((ctx) => install(ctx, unwanted))).toMatch(
    /Instance fan-instance-keeper \(keeper-0\.1\.0\) is nobody's part: no task of fan-instance deletes it/,
  );
  expect(await outcome((ctx) => install({ ...ctx, forceConflicts: true }, unwanted))).toEqual(
    COMPLETE,
  );
  expect(instances()).toEqual(["fan-instance"]);
});

// Each write would take minutes: a sample of them, or with KPLAN_EVERY_WRITE=1 all.
const EVERY = process.env.KPLAN_EVERY_WRITE === undefined ? 37 : 1;

test.each(["before", "after"] as const)(
  "an install that dies %s any of its writes is finished by the same command",
  async (when) => {
    const counter = { writes: 0 };
    let writes = Number.POSITIVE_INFINITY;
    for (let n = when === "before" ? 1 : 5; n <= writes; n += EVERY) {
      await begin(empty);
      counter.writes = 0;
      const first = await give((ctx) => install(ctx, { source }), {
        through: deadly(n, when, counter),
      });
      if (first.kind !== "killed") writes = counter.writes;
      else {
        // Whoever died at its very end left nothing to do.
        const again = await outcome((ctx) => install(ctx, { source }));
        expect([
          { result: "complete" },
          expect.objectContaining({ kind: "nothing-to-do" }),
        ]).toContainEqual(again);
      }
      const text = `${when} ${n}`;
      expect([text, instances()]).toEqual([text, Object.values(NAMES).sort()]);
      expect([text, dataOf(`${NAMES.low}-low`), dataOf(`${NAMES.top}-done`)]).toEqual([
        text,
        { color: "red-mid", ports: "2" },
        { color: "red" },
      ]);
      expect([text, ...Object.values(NAMES).map(runsOf)]).toEqual([text, 1, 1, 1]);
      await world.close();
    }
    expect(writes).toBeGreaterThan(40);
    await begin(empty);
  },
);

test("an uninstall that dies at any of its writes is finished by the same command", async () => {
  const counter = { writes: 0 };
  let writes = Number.POSITIVE_INFINITY;
  for (let n = 1; n <= writes; n += EVERY) {
    await begin(installed);
    counter.writes = 0;
    const act = (ctx: ActionContext) => uninstall(ctx, { instance: NAMES.top });
    const first = await give(act, {
      through: deadly(n, n % 2 === 0 ? "before" : "after", counter),
    });
    if (first.kind !== "killed") writes = counter.writes;
    else if (leftovers().length > 0) await give(act);
    await world.pass(60_000);
    expect([n, leftovers()]).toEqual([n, []]);
    await world.close();
  }
  expect(writes).toBeGreaterThan(30);
  await begin(empty);
});

test("a deletion of an Instance that dies at any of its writes is finished by the same command", async () => {
  await begin(empty);
  await shelve(keeper, "default");
  expect(await outcome((ctx) => install(ctx, { source: fan }))).toEqual(COMPLETE);
  // Of another time than the world that it began with: uids come of it.
  await world.pass(1000);
  const there = await world.snapshot();
  await world.close();
  const counter = { writes: 0 };
  let ended: readonly string[] | undefined;
  let writes = Number.POSITIVE_INFINITY;
  for (let n = 1; n <= writes; n += EVERY === 1 ? 1 : 9) {
    await begin(there);
    counter.writes = 0;
    const through = deadly(n, n % 2 === 0 ? "before" : "after", counter);
    const first = await give(want("WANTED=false"), { through });
    if (first.kind !== "killed") writes = counter.writes;
    else {
      const again = await outcome(want("WANTED=false"));
      expect([COMPLETE, expect.objectContaining({ kind: "nothing-to-do" })]).toContainEqual(again);
    }
    await world.pass(60_000);
    const left = leftovers().filter((name) => !/^ConfigMap fan-instance-run|^Lease fan/.test(name));
    ended ??= left;
    expect([n, left, instances()]).toEqual([n, ended, ["fan-instance"]]);
    await world.close();
  }
  expect(writes).toBeGreaterThan(20);
  await begin(empty);
});

/** Why the newest run of an instance stands still. */
function reasonOf(instance: string): string | undefined {
  return runObjects(instance)
    .map((object) => readRun(object)?.record)
    .toSorted((a, b) => (a?.number ?? 0) - (b?.number ?? 0))
    .at(-1)?.reason;
}

/** Runs of an instance that are on record. */
function runsOf(instance: string): number {
  return runObjects(instance).length;
}

function runObjects(instance: string): KubeObject[] {
  return all("ConfigMap").filter(({ metadata }) => metadata.name.startsWith(`${instance}-run-`));
}

/** All that a world holds and an empty one does not. */
function leftovers(): string[] {
  return objectsOf(world)
    .filter(({ kind, metadata }) => metadata.namespace === "default" && kind !== "Event")
    .map(({ kind, metadata }) => `${kind} ${metadata.name}`)
    .filter(
      (name) =>
        !/^(ServiceAccount default|ConfigMap kube-root|Secret default-token|Service kubernetes|Endpoint)/.test(
          name,
        ),
    );
}
