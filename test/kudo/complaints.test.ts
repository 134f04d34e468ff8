import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Api, eventually, openApi } from "../support/api.ts";
import { type CliResult, cli } from "../support/cli.ts";
import { packageFolder } from "../support/package-folder.ts";
import { type InProcessTarget, serveInProcess } from "../support/serve-in-process.ts";

// What KUDO's users asked for most, each as a story with kplan; docs/kudo.md has the same list. Names begin with the numbers of KUDO's issues.

const OPERATOR = `apiVersion: kplan.dev/v1
name: app
operatorVersion: 0.1.0
tasks:
  - {name: config, kind: Apply, spec: {resources: [config.yaml]}}
  - {name: set, kind: Apply, spec: {resources: [set.yaml]}}
  - {name: never, kind: Dummy, when: Params.HANG, spec: {done: false}}
  - {name: fails, kind: Dummy, when: Params.FAIL, spec: {wantErr: true, fatal: true}}
  - {name: note, kind: Apply, spec: {resources: [note.yaml]}}
plans:
  deploy:
    phases:
      - {name: main, steps: [{name: config, tasks: [config]}, {name: set, tasks: [set]}, {name: check, tasks: [never, fails]}]}
  scale:
    phases:
      - {name: scale, steps: [{name: set, tasks: [set]}]}
  settings:
    phases:
      - {name: settings, steps: [{name: config, tasks: [config]}, {name: check, tasks: [never, fails]}]}
  backup:
    phases:
      - {name: backup, steps: [{name: note, tasks: [note]}]}
  cleanup:
    phases:
      - {name: cleanup, steps: [{name: note, tasks: [note]}]}
`;

const FILES: Readonly<Record<string, string>> = {
  "operator.yaml": OPERATOR,
  "params.yaml": `apiVersion: kplan.dev/v1
parameters:
  - {name: SIZE, type: integer, default: 2, trigger: scale}
  - {name: COLOR, type: string, default: red, trigger: settings}
  - {name: HANG, type: boolean, default: false, trigger: settings}
  - {name: FAIL, type: boolean, default: false, trigger: settings}
  - {name: SERVICE, type: string, default: app, trigger: scale}
  - {name: ZONE, type: string, default: a, immutable: true, trigger: settings}
  - {name: BACKUP, type: string, default: none, trigger: backup}
`,
  "templates/config.yaml": `apiVersion: v1
kind: ConfigMap
metadata: {name: "{{Name}}-config", annotations: {kudo.dev/skip-hash-calculation: "true"}}
data: {color: "{{Params.COLOR}}", zone: "{{Params.ZONE}}"}
`,
  "templates/note.yaml": `apiVersion: v1
kind: ConfigMap
metadata: {name: "{{Name}}-note"}
data: {plan: "{{PlanName}}", backup: "{{Params.BACKUP}}"}
`,
  "templates/set.yaml": `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: "{{Name}}"}
spec:
  serviceName: "{{Params.SERVICE}}"
  replicas: {{Params.SIZE}}
  selector: {matchLabels: {app: "{{Name}}"}}
  template:
    metadata: {labels: {app: "{{Name}}"}}
    spec:
      containers:
        - {name: app, image: "app:1", envFrom: [{configMapRef: {name: "{{Name}}-config"}}]}
`,
};

let server: InProcessTarget;
let api: Api;
let home: string;
let count = 0;
let namespace = "";
const folders: Record<string, string> = {};

beforeAll(async () => {
  server = await serveInProcess({ speed: 1000 });
  api = openApi(server.kubeconfig());
  home = mkdtempSync(join(tmpdir(), "kplan-home-"));
  writeFileSync(join(home, "kubeconfig"), server.kubeconfig());
  folders.$APP = packageFolder(FILES);
});
beforeEach(async () => {
  namespace = `kudo-${++count}`;
  const metadata = { name: namespace };
  await api.post("/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata });
});
afterAll(async () => {
  api.close();
  await server.close();
});

test("#1764: a change of a field that cannot change is refused before anything is written, and nothing is stuck", async () => {
  await succeed("install $APP");
  const refused = await kplan("update -p SERVICE=other");
  expect(refused.code).toBe(2);
  expect(refused.stderr).toMatch(
    /StatefulSet app-instance[\s\S]*serviceName[\s\S]*onImmutable[\s\S]*nothing was applied/,
  );
  expect(await instance()).not.toHaveProperty("spec.parameters.SERVICE");
  await succeed("update -p SIZE=3");
});

test("#664, #931, #1352, #1133, #883, #354: a plan that hangs is cancelled from another terminal, and the next one runs", async () => {
  const hanging = kplan("install $APP -p HANG=true");
  await status(/never|check.*IN_PROGRESS/);
  const cancelled = await kplan("plan cancel");
  expect([cancelled.code, cancelled.stdout]).toEqual([
    0,
    expect.stringMatching(/2 of 3 steps are complete.*deploy\.main\.check was under way/s),
  ]);
  expect((await hanging).code).toBe(1);
  await succeed("update -p HANG=false");
  expect(await said("plan history")).toMatch(/deploy,settings +COMPLETE/);
});

test("#1188: what is asked for while a plan runs waits its turn and is not refused", async () => {
  const hanging = kplan("install $APP -p HANG=true");
  await status(/check.*IN_PROGRESS/);
  expect((await kplan("update -p COLOR=blue -p HANG=false")).code).toBe(4);
  const queued = kplan("update -p COLOR=blue -p HANG=false --queue");
  await eventually(
    () => kplan("plan skip check"),
    ({ code }) => code === 0,
  );
  expect((await hanging).code).toBe(0);
  expect((await queued).code).toBe(0);
  expect(await config()).toMatchObject({ color: "blue" });
});

test("#1114: a plan whose objects are ready is complete, also for whoever reads the Instance", async () => {
  await succeed("install $APP");
  expect(await instance()).toMatchObject({
    status: { planStatus: { deploy: { status: "COMPLETE" } } },
  });
});

test("#1752, #208: an upgrade that failed is executed again, by the same command or by retry", async () => {
  await succeed("install $APP");
  folders.$NEXT = packageFolder({
    ...FILES,
    "operator.yaml": OPERATOR.replace("0.1.0", "0.2.0"),
  });
  expect((await kplan("upgrade $NEXT -p FAIL=true")).code).toBe(1);
  expect((await kplan("upgrade $NEXT -p FAIL=true")).code).toBe(1);
  expect((await kplan("plan retry")).code).toBe(1);
  await succeed("plan skip deploy.main.check");
  await succeed("plan skip settings.settings.check");
  await succeed("plan retry");
  expect(await said("get instances")).toContain("app-0.2.0");
});

test("#1754: a version with other phases is upgraded to", async () => {
  await succeed("install $APP");
  folders.$PHASES = packageFolder({
    ...FILES,
    "operator.yaml": OPERATOR.replace("0.1.0", "0.3.0").replace(
      "  deploy:\n    phases:\n",
      "  deploy:\n    phases:\n      - {name: rbac, steps: [{name: note, tasks: [note]}]}\n",
    ),
  });
  await succeed("upgrade $PHASES");
  expect(await said("plan status")).toMatch(/rbac.*COMPLETE/);
});

test("#873, #915: the error of a plan is in its status and in the history", async () => {
  expect((await kplan("install $APP -p FAIL=true")).code).toBe(1);
  expect(await said("plan status")).toMatch(/dummy error/i);
  expect(await said("plan history")).toMatch(/FATAL_ERROR[\s\S]*dummy error/i);
});

test("#1461, #1659: to wait for a plan has a limit", async () => {
  const hanging = kplan("install $APP -p HANG=true");
  await status(/check.*IN_PROGRESS/);
  expect((await kplan("plan wait --timeout 1s")).code).toBe(3);
  await succeed("plan cancel");
  await hanging;
});

test("#239, #812, #1403, #1492, #1735: what would be applied is shown, for an install, a plan and a template", async () => {
  const install = await kplan("install $APP --dry-run");
  expect([install.code, install.stdout]).toEqual([
    10,
    expect.stringContaining("StatefulSet app-instance"),
  ]);
  expect((await api.get(`/apis/apps/v1/namespaces/${namespace}/statefulsets`)).body.items).toEqual(
    [],
  );
  expect(await said("package render $APP --step config -p COLOR=blue")).toMatch(/color: blue/);
  await succeed("install $APP");
  const backup = await kplan("plan trigger backup --dry-run");
  expect([backup.code, backup.stdout]).toEqual([10, expect.stringContaining("app-instance-note")]);
});

test("#217: what somebody changed or deleted is found and put right", async () => {
  await succeed("install $APP");
  await api.delete(`/api/v1/namespaces/${namespace}/configmaps/app-instance-config`);
  expect((await kplan("drift")).code).toBe(10);
  await succeed("drift --fix");
  expect(await config()).toMatchObject({ color: "red" });
  expect((await kplan("drift")).code).toBe(0);
});

test("#1518: a package says itself when its pods are well", async () => {
  folders.$GATED = packageFolder({
    ...FILES,
    "operator.yaml": OPERATOR.replace(
      "{name: set, tasks: [set]}, {name: check",
      "{name: set, tasks: [set], gate: {exec: [well], expect: [{all: Values.size == 2, message: not whole}]}}, {name: check",
    ),
    "tests/simulate.yaml": `exec:
  - {command: ^well, answers: [{stdout: '{"size": 1}'}, {after: 5s, stdout: '{"size": 2}'}]}
`,
  });
  const { code, stdout, stderr } = await kplan("install $GATED");
  expect(stderr).not.toContain("error");
  expect([code, stdout]).toEqual([0, expect.stringMatching(/not whole[\s\S]*COMPLETE/)]);
});

test("#733, #1036, #1424: scaling restarts no pod", async () => {
  await succeed("install $APP");
  const before = await podUids();
  await succeed("update -p SIZE=4");
  expect((await podUids()).slice(0, 2)).toEqual(before);
  expect(await podUids()).toHaveLength(4);
});

test("#652: parameters are typed, and may be immutable; every mistake is told at once, and nothing is applied", async () => {
  await succeed("install $APP");
  const { code, stderr } = await kplan("update -p SIZE=many -p ZONE=b -p COLOUR=blue");
  expect(code).toBe(2);
  expect(stderr).toMatch(/SIZE/);
  expect(stderr).toMatch(/COLOUR[\s\S]*COLOR/);
  const immutable = await kplan("update -p ZONE=b");
  expect([immutable.code, immutable.stderr]).toEqual([
    2,
    expect.stringMatching(/ZONE is immutable/),
  ]);
});

test("#1450, #1395: a value for one run alone is forgotten after it", async () => {
  await succeed("install $APP");
  expect((await kplan("plan trigger backup -p BACKUP=tonight -p HANG=perhaps")).code).toBe(2);
  await succeed("plan trigger backup -p BACKUP=tonight");
  const path = `/api/v1/namespaces/${namespace}/configmaps/app-instance-note`;
  expect((await api.get(path)).body.data).toEqual({ plan: "backup", backup: "tonight" });
  expect(await instance()).not.toHaveProperty("spec.parameters.BACKUP");
  expect(await said("plan history")).toMatch(/trigger: BACKUP "none" → "tonight"/);
  await succeed("plan retry --from note");
  expect((await api.get(path)).body.data).toEqual({ plan: "backup", backup: "tonight" });
  expect(await said("plan history")).toMatch(/^3 .*trigger: BACKUP "none" → "tonight"/m);
  await succeed("plan trigger backup");
  expect((await api.get(path)).body.data).toEqual({ plan: "backup", backup: "none" });
});

test("terraform-provider-kudo #13: parameters with different triggers change in one command, in the order of the plans", async () => {
  await succeed("install $APP");
  await succeed("update -p SIZE=3 -p COLOR=blue");
  expect(await said("plan history")).toMatch(/scale,settings +COMPLETE/);
});

test("#1265: a definition that is already there is no obstacle", async () => {
  const definition = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.example.org}
spec:
  group: example.org
  scope: Namespaced
  names: {plural: things, singular: thing, kind: Thing, listKind: ThingList}
  versions:
    - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}
`;
  folders.$CRD = packageFolder({
    ...FILES,
    "operator.yaml": OPERATOR.replace(
      "resources: [config.yaml]",
      "resources: [config.yaml, crd.yaml]",
    ),
    "templates/crd.yaml": definition,
  });
  const { status: made } = await api.send(
    "PATCH",
    "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/things.example.org?fieldManager=kubectl",
    definition,
    { "content-type": "application/apply-patch+yaml" },
  );
  expect(made).toBe(201);
  await succeed("install $CRD");
});

test("#1046: what a plan does at the end is done before anything is removed", async () => {
  await succeed("install $APP");
  const { code, stdout } = await kplan("uninstall");
  expect([code, stdout]).toEqual([0, expect.stringMatching(/cleanup/)]);
  expect((await api.get(`/apis/apps/v1/namespaces/${namespace}/statefulsets`)).body.items).toEqual(
    [],
  );
});

test("#275: an install makes its namespace where it is asked to", async () => {
  namespace = `${namespace}-new`;
  expect((await kplan("install $APP")).code).toBe(2);
  await succeed("install $APP --create-namespace");
});

test("#1776: an operator that needs others shows how they stand, and fails when they fail", async () => {
  const app = (name: string, task: string, files: Readonly<Record<string, string>>): string =>
    packageFolder({
      "templates/config.yaml": null,
      "params.yaml": "parameters: [{name: MODE, default: good}]",
      "operator.yaml": `name: ${name}
operatorVersion: 0.1.0
tasks: [{name: all, ${task}}]
plans:
  deploy: {strategy: serial, phases: [{name: main, strategy: serial, steps: [{name: all, tasks: [all]}]}]}
`,
      ...files,
    });
  folders.$STORE = app("store", "kind: Apply, spec: {resources: [map.yaml]}", {
    "templates/map.yaml": `apiVersion: v1
kind: ConfigMap
metadata: {name: "{{ .Name }}", labels: {mode: "{{ if eq .Params.MODE "good" }}fine{{ else }}not / a label{{ end }}"}}
`,
  });
  folders.$SHOP = app(
    "shop",
    `kind: KudoOperator, spec: {package: ${folders.$STORE}, parameterFile: store.yaml}`,
    { "templates/store.yaml": "MODE: {{ .Params.MODE }}" },
  );
  const failed = await kplan("install $SHOP -p MODE=bad");
  expect([failed.code, failed.stdout]).toEqual([
    1,
    expect.stringMatching(/Instance shop-instance-store: .*[\s\S]*label/),
  ]);
  expect(await said("plan status")).toMatch(/deploy .*\[FATAL_ERROR\]/);
  await succeed("update -p MODE=good");
  expect(await said("plan status")).toMatch(
    /needs shop-instance-store \(store-0\.1\.0\): plan deploy COMPLETE/,
  );
  await succeed("uninstall");
  expect((await kplan("get instances")).stdout).not.toMatch(/store/);
});

test("#1810: one package serves old and new versions of Kubernetes, and is verified for both", async () => {
  const budget = (version: string): string => `apiVersion: ${version}
kind: PodDisruptionBudget
metadata: {name: "{{Name}}"}
spec: {maxUnavailable: 1, selector: {matchLabels: {app: "{{Name}}"}}}
`;
  const withBudget = (text: string): string =>
    packageFolder({
      ...FILES,
      "operator.yaml": OPERATOR.replace(
        "resources: [config.yaml]",
        "resources: [config.yaml, budget.yaml]",
      ),
      "templates/budget.yaml": text,
    });
  folders.$BOTH = withBudget(
    budget(
      '{{#if (has "policy/v1" Capabilities.APIVersions)}}policy/v1{{else}}policy/v1beta1{{/if}}',
    ),
  );
  expect((await kplan("package verify $BOTH")).code).toBe(0);
  for (const [kubernetes, version] of [
    ["1.20", "policy/v1beta1"],
    ["1.34", "policy/v1"],
  ])
    expect(
      await said(`package render $BOTH --kube-version ${kubernetes} --api-versions ${version}`),
    ).toContain(`apiVersion: ${version}\n`);
});

test("every story is in docs/kudo.md", () => {
  const text = (path: string): string => readFileSync(join(import.meta.dirname, path), "utf8");
  const numbers = (from: string): Set<string> => new Set(from.match(/#\d+/g) ?? []);
  const stories =
    text("complaints.test.ts")
      .match(/^test\("#[^:]*/gm)
      ?.join() ?? "";
  const told = numbers(text("../../docs/kudo.md"));
  for (const number of numbers(stories)) expect(told).toContain(number);
});

function kplan(line: string): Promise<CliResult> {
  const words = ["-n", namespace, ...line.split(" ").map((word) => folders[word] ?? word)];
  return cli(words, { home, env: { KUBECONFIG: join(home, "kubeconfig") } });
}

async function succeed(line: string): Promise<void> {
  const { code, stdout, stderr } = await kplan(line);
  expect([line, code, code === 0 ? "" : stdout + stderr]).toEqual([line, 0, ""]);
}

async function said(line: string): Promise<string> {
  return (await kplan(line)).stdout;
}

/** Waits until the status of the plans says so. */
async function status(pattern: RegExp): Promise<void> {
  await eventually(
    () => said("plan status"),
    (text) => pattern.test(text),
  );
}

async function instance(): Promise<unknown> {
  const path = `/apis/kudo.dev/v1beta1/namespaces/${namespace}/instances/app-instance`;
  return (await api.get(path)).body;
}

async function config(): Promise<unknown> {
  return (await api.get(`/api/v1/namespaces/${namespace}/configmaps/app-instance-config`)).body
    .data;
}

async function podUids(): Promise<readonly string[]> {
  const { items } = (await api.get(`/api/v1/namespaces/${namespace}/pods`)).body;
  return items.map(({ metadata }: { metadata: { uid: string } }) => metadata.uid);
}
