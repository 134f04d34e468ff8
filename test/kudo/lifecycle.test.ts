import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Api, openApi } from "../support/api.ts";
import { type CliResult, cli } from "../support/cli.ts";
import { packageFolder } from "../support/package-folder.ts";
import { type InProcessTarget, serveInProcess } from "../support/serve-in-process.ts";

// The life of an instance of a KUDO package: which plan runs when, what the custom resources say, what is refused (compat sections 2, 3, 7.2 and 8).

const OPERATOR = `apiVersion: kudo.dev/v1beta1
name: shop
operatorVersion: "0.1.0"
appVersion: 1.10
kubernetesVersion: 1.16.0
maintainers: [{name: Ann, email: ann@example.com}]
tasks:
  - {name: config, kind: Apply, spec: {resources: [config.yaml, config.yaml]}}
  - {name: set, kind: Apply, spec: {resources: [app/set.yaml]}}
  - {name: note, kind: Apply, spec: {resources: [note.yaml]}}
  - {name: no-note, kind: Delete, spec: {resources: [note.yaml]}}
  - {name: nothing, kind: Dummy, spec: {done: true}}
plans:
  deploy:
    strategy: serial
    phases:
      - {name: main, strategy: serial, steps: [{name: config, tasks: [config]}, {name: set, tasks: [set, nothing]}]}
  scale:
    phases:
      - {name: scale, steps: [{name: set, tasks: [set]}]}
  settings:
    phases:
      - {name: settings, steps: [{name: config, tasks: [config]}]}
  update:
    phases:
      - {name: update, steps: [{name: all, tasks: [config, set, note]}]}
  tidy:
    phases:
      - {name: tidy, steps: [{name: note, tasks: [no-note]}]}
  cleanup:
    phases:
      - {name: cleanup, steps: [{name: note, tasks: [note]}]}
`;

const FILES: Readonly<Record<string, string | null>> = {
  "operator.yaml": OPERATOR,
  "params.yaml": `apiVersion: kudo.dev/v1beta1
parameters:
  - {name: COUNT, type: integer, default: 2, trigger: scale}
  - {name: COLOR, default: "red", trigger: settings, enum: [red, blue, "7"]}
  - {name: PORTS, type: array, default: [80, 1000000]}
  - {name: LABELS, type: map}
  - {name: FLAG, type: boolean, default: yes}
  - {name: ZONE, default: a, immutable: true}
  - {name: OWNER, required: true, trigger: settings}
`,
  "templates/config.yaml": `---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Name }}-config
  namespace: elsewhere
data:
  color: "{{ .Params.COLOR }}"
  owner: {{ .Params.OWNER | quote }}
  zone: {{ .Params.ZONE }}
  flag: "{{ if eq .Params.FLAG "true" }}on{{ else }}off{{ end }}"
  ports: "{{ range $i, $p := .Params.PORTS }}{{ if $i }},{{ end }}{{ $p }}{{ end }}"
  labels: {{ .Params.LABELS | toYaml | trim | quote }}
  random: {{ randAlphaNum 12 }}
--- # nothing more
`,
  "templates/app/set.yaml": `apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: {{ .Name }}-{{ .OperatorName }}
spec:
  serviceName: {{ .Name }}
  replicas: {{ .Params.COUNT }}
  selector: {matchLabels: {app: {{ .Name }}}}
  template:
    metadata: {labels: {app: {{ .Name }}}}
    spec:
      containers:
        - {name: app, image: "app:{{ .AppVersion }}"}
`,
  "templates/note.yaml": `apiVersion: v1
kind: ConfigMap
metadata: {name: "{{ .Namespace }}-note"}
data: {at: "{{ .PlanName }}/{{ .PhaseName }}/{{ .StepName }}", version: "{{ .OperatorVersion }}"}
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
  folders.$SHOP = packageFolder(FILES);
});
beforeEach(async () => {
  namespace = `kudo-life-${++count}`;
  const metadata = { name: namespace };
  await api.post("/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata });
});
afterAll(async () => {
  api.close();
  await server.close();
});

test("install runs deploy and stores KUDO's custom resources, as KUDO's texts", async () => {
  await succeed("install $SHOP -p OWNER=yes -p EXTRA=kept");
  expect(await config()).toMatchObject({
    color: "red",
    owner: "yes",
    zone: "a",
    flag: "on",
    ports: "80,1e+06",
    labels: "null",
  });
  expect(await instance()).toMatchObject({
    metadata: { labels: { "kudo.dev/operator": "shop" } },
    spec: {
      operatorVersion: { name: "shop-1.1-0.1.0" },
      parameters: { OWNER: "yes", EXTRA: "kept", ZONE: "a" },
    },
    status: { planStatus: { deploy: { status: "COMPLETE" }, update: { status: "NEVER_RUN" } } },
  });
  expect(await get("operators/shop")).toMatchObject({
    spec: { kubernetesVersion: "1.16.0", maintainers: [{ name: "Ann", email: "ann@example.com" }] },
  });
  const { spec } = (await get("operatorversions/shop-1.1-0.1.0")) as { spec: Spec };
  expect(spec).toMatchObject({
    operator: { kind: "Operator", name: "shop" },
    version: "0.1.0",
    appVersion: "1.1",
    templates: { "app/set.yaml": FILES["templates/app/set.yaml"] },
  });
  expect(spec.parameters).toEqual([
    { name: "COUNT", "value-type": "integer", default: "2", trigger: "scale", ...OPTIONAL },
    { name: "COLOR", default: "red", trigger: "settings", enum: ["red", "blue", "7"], ...OPTIONAL },
    { name: "PORTS", "value-type": "array", default: "- 80\n- 1000000\n", ...OPTIONAL },
    { name: "LABELS", "value-type": "map", default: "null\n", ...OPTIONAL },
    { name: "FLAG", "value-type": "boolean", default: "true", ...OPTIONAL },
    { name: "ZONE", default: "a", ...OPTIONAL, immutable: true },
    { name: "OWNER", trigger: "settings", ...OPTIONAL },
  ]);
});

test("what has no trigger runs update, one trigger runs its plan and several run theirs in the order of the package", async () => {
  await succeed("install $SHOP -p OWNER=ann");
  const { random } = await config();
  expect(await plansOf("update -p FLAG=no")).toBe("(refused)");
  expect(await plansOf("update -p FLAG=false")).toBe("update");
  expect(await config()).toMatchObject({ flag: "off" });
  expect(await config()).not.toMatchObject({ random });
  expect(await note()).toEqual({ at: "update/update/all", version: "0.1.0" });
  // Beside a trigger a parameter without one counts for nothing.
  expect(await plansOf("update -p COUNT=3 -p FLAG=true")).toBe("scale");
  expect(await config()).toMatchObject({ flag: "off" });
  expect(await plansOf("update -p COLOR=blue -p COUNT=1")).toBe("scale,settings");
  expect(await config()).toMatchObject({ color: "blue", flag: "on" });
  // To say what the default says is a change.
  expect(await plansOf("update -p ZONE=a")).toBe("(nothing)");
  expect(await plansOf("update -p PORTS='[80, 1000000]'")).toBe("update");
  expect(await plansOf("update --unset COLOR")).toBe("settings");
  expect(await config()).toMatchObject({ color: "red" });
});

test("what KUDO's webhook denies is refused before anything is written, all at once", async () => {
  const missing = await kplan("install $SHOP");
  expect([missing.code, missing.stderr]).toEqual([2, expect.stringMatching(/OWNER is required/)]);
  await succeed("install $SHOP -p OWNER=ann");
  const refused = await kplan("update -p NEW=1 -p COUNT=many -p COLOR=green -p ZONE=b");
  expect(refused.code).toBe(2);
  for (const why of [
    /no parameter "NEW"/,
    /COUNT: expected an integer .*"many"/,
    /COLOR: expected one of "red", "blue", "7"/,
    /ZONE is immutable/,
  ])
    expect(refused.stderr).toMatch(why);
  expect(await kplan("plan trigger cleanup")).toMatchObject({ code: 2 });
  expect(await kplan("plan trigger nothing")).toMatchObject({ code: 2 });
});

test("plan trigger, dry run, status, history, drift and rollback know KUDO packages", async () => {
  await succeed("install $SHOP -p OWNER=ann");
  await succeed("update -p FLAG=false");
  expect(await plansOf("plan trigger tidy")).toBe("tidy");
  expect(await note()).toBeUndefined();
  const preview = await kplan("update -p COLOR=blue --dry-run");
  expect([preview.code, preview.stdout]).toEqual([10, expect.stringMatching(/\+.*color: blue/)]);
  expect(await said("plan status")).toMatch(/Plan tidy .*COMPLETE/);
  expect(await said("plan history")).toMatch(/update: FLAG default → "false"/);
  await api.patch(
    `/api/v1/namespaces/${namespace}/configmaps/shop-instance-config`,
    "merge-patch",
    { data: { color: "green" } },
  );
  expect(await kplan("drift")).toMatchObject({ code: 10 });
  await succeed("drift --fix");
  expect(await config()).toMatchObject({ color: "red" });
  await succeed("rollback 1");
  expect(await instance()).not.toHaveProperty("spec.parameters.FLAG");
  expect(await config()).toMatchObject({ flag: "on" });
});

test("an upgrade forgets removed parameters, wants new immutable ones and runs upgrade, else update, else deploy", async () => {
  await succeed("install $SHOP -p OWNER=ann -p COLOR=blue");
  const next = {
    ...FILES,
    "operator.yaml": OPERATOR.replace('"0.1.0"', '"0.2.0"').replace(
      "  tidy:\n",
      "  upgrade:\n    phases:\n      - {name: up, steps: [{name: all, tasks: [config, set, note]}]}\n  tidy:\n",
    ),
    "params.yaml": (FILES["params.yaml"] ?? "")
      .replace(/ {2}- \{name: COLOR.*\n/, "")
      .concat("  - {name: CLASS, default: slow, immutable: true}\n  - {name: MODE, default: x}\n"),
    "templates/config.yaml": (FILES["templates/config.yaml"] ?? "").replace("COLOR", "MODE"),
  };
  folders.$NEXT = packageFolder(next);
  const refused = await kplan("upgrade $NEXT");
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringMatching(/CLASS becomes imm/)]);
  expect(await plansOf("upgrade $NEXT -p CLASS=fast -p MODE=y")).toBe("upgrade");
  expect(await instance()).toMatchObject({
    spec: { operatorVersion: { name: "shop-1.1-0.2.0" } },
  });
  expect(await parameters()).toEqual({ OWNER: "ann", CLASS: "fast", MODE: "y", ZONE: "a" });
  expect(await note()).toEqual({ at: "upgrade/up/all", version: "0.2.0" });
  expect(await kplan("upgrade $SHOP")).toMatchObject({ code: 2 });

  folders.$LAST = packageFolder({
    ...next,
    "operator.yaml": OPERATOR.replace('"0.1.0"', "v0.10").replace(
      / {2}update:[\s\S]*? {2}tidy/,
      "  tidy",
    ),
  });
  expect(await plansOf("upgrade $LAST -p COUNT=1 -p OWNER=bob")).toBe("deploy,scale,settings");
});

test("a package that was converted takes over an instance with its values, and back", async () => {
  await succeed("install $SHOP -p OWNER=7 -p COUNT=1 -p COLOR=blue");
  const native = {
    ...FILES,
    "operator.yaml": OPERATOR.replace("kudo.dev/v1beta1", "kplan.dev/v1")
      .replace("1.10", '"1.1"')
      .replace('"0.1.0"', "0.1.1"),
    "params.yaml": `apiVersion: kplan.dev/v1
parameters:
  - {name: COUNT, type: integer, default: 2, trigger: scale}
  - {name: COLOR, type: string, default: red, trigger: settings}
  - {name: OWNER, type: string, required: true, trigger: settings}
  - {name: ZONE, type: string, default: a, immutable: true}
`,
    "templates/config.yaml": `apiVersion: v1
kind: ConfigMap
metadata: {name: "{{Name}}-config"}
data: {color: "{{Params.COLOR}}", owner: "{{Params.OWNER}}", zone: "{{Params.ZONE}}"}
`,
    "templates/app/set.yaml": `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: "{{Name}}-{{OperatorName}}"}
spec:
  serviceName: "{{Name}}"
  replicas: {{Params.COUNT}}
  selector: {matchLabels: {app: "{{Name}}"}}
  template:
    metadata: {labels: {app: "{{Name}}"}}
    spec: {containers: [{name: app, image: "app:{{AppVersion}}"}]}
`,
    "templates/note.yaml": `apiVersion: v1
kind: ConfigMap
metadata: {name: "{{Namespace}}-note"}
data: {at: "{{PlanName}}/{{PhaseName}}/{{StepName}}", version: "{{OperatorVersion}}"}
`,
  };
  folders.$NATIVE = packageFolder(native);
  expect(await plansOf("upgrade $NATIVE -p COUNT=3")).toBe("update,scale");
  expect(await parameters()).toEqual({ OWNER: '"7"', COUNT: "3", COLOR: '"blue"', ZONE: '"a"' });
  expect(await config()).toMatchObject({ color: "blue", owner: "7" });
  expect(await plansOf("upgrade $NATIVE")).toBe("(nothing)");
  folders.$BACK = packageFolder({ ...FILES, "operator.yaml": OPERATOR.replace("0.1.0", "0.1.2") });
  expect(await plansOf("upgrade $BACK")).toBe("update");
  expect(await parameters()).toEqual({ OWNER: "7", COUNT: "3", COLOR: "blue", ZONE: "a" });
  await succeed("rollback");
  expect(await parameters()).toEqual({ OWNER: '"7"', COUNT: "3", COLOR: '"blue"', ZONE: '"a"' });
});

test("uninstall runs cleanup and leaves nothing", async () => {
  await succeed("install $SHOP -p OWNER=ann");
  expect(await said("uninstall --instance shop-instance")).toMatch(/cleanup COMPLETE/);
  expect(await get("instances/shop-instance")).toBeUndefined();
  expect(await get("operatorversions/shop-1.1-0.1.0")).toBeUndefined();
  expect(await config()).toBeUndefined();
});

test("render and a template that names what is not there", async () => {
  const rendered = await said("package render $SHOP -p OWNER=ann --plan settings");
  expect(rendered).toMatch(/kudo.dev\/plan: settings/);
  folders.$WRONG = packageFolder({
    ...FILES,
    "templates/note.yaml": "kind: ConfigMap\nmetadata: {name: {{ .TaskName }}}\n",
  });
  const wrong = await kplan("package render $WRONG -p OWNER=ann");
  expect([wrong.code, wrong.stderr]).toEqual([
    2,
    expect.stringMatching(
      /templates\/note.yaml:2:\d+: error: .*map has no entry for key "TaskName"/,
    ),
  ]);
});

const OPTIONAL = { required: true, immutable: false };

interface Spec {
  readonly parameters: readonly unknown[];
}

async function kplan(line: string): Promise<CliResult> {
  const words = Array.from(line.matchAll(/(?:'[^']*'|\S)+/g), ([word]) => word.replaceAll("'", ""));
  const argv = words.map((word) => folders[word] ?? word);
  const isOffline = line.startsWith("package");
  return await cli(isOffline ? argv : [...argv, "-n", namespace], {
    home,
    env: { KUBECONFIG: join(home, "kubeconfig") },
  });
}

async function said(line: string): Promise<string> {
  const result = await kplan(line);
  expect(result, `${line}\n${result.stdout}${result.stderr}`).toMatchObject({ code: 0 });
  return result.stdout;
}

async function succeed(line: string): Promise<void> {
  await said(line);
}

/** The plans of the run that a command began; `(nothing)` or `(refused)`. */
async function plansOf(line: string): Promise<string> {
  const before = await runs();
  const { code, stderr } = await kplan(line);
  if (code === 2) return "(refused)";
  expect(code, stderr).toBe(0);
  const after = await runs();
  return after.length === before.length ? "(nothing)" : (after.at(-1) ?? "");
}

async function runs(): Promise<readonly string[]> {
  const { code, stdout } = await kplan("plan history -o json");
  if (code !== 0) return [];
  const all = JSON.parse(stdout) as readonly { plans: readonly string[] }[];
  return all.map(({ plans }) => plans.join(",")).reverse();
}

async function get(path: string): Promise<unknown> {
  const { status, body } = await api.get(`/apis/kudo.dev/v1beta1/namespaces/${namespace}/${path}`);
  return status === 404 ? undefined : body;
}

async function configMap(name: string): Promise<Record<string, string>> {
  const { body } = await api.get(`/api/v1/namespaces/${namespace}/configmaps/${name}`);
  return (body as { data: Record<string, string> }).data;
}

const instance = () => get("instances/shop-instance");
const config = () => configMap("shop-instance-config");
const note = () => configMap(`${namespace}-note`);
const parameters = async () =>
  ((await instance()) as { spec: { parameters: unknown } }).spec.parameters;
