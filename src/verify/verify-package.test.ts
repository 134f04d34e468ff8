import { expect, test } from "vitest";
import { formatIssue } from "../model/issue.ts";
import { loadPackage } from "../package/load-package.ts";
import { verifyPackage } from "./verify-package.ts";

const CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{Name}}-config\n";
const pod = (spec: string) => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{Name}}
spec:
  template:
    spec: ${spec}
`;

/** A package of one plan after the other, each `plan: step [templates], step [templates]` in serial order; each step has one Apply task of its name. */
function packageOf(
  plans: Readonly<Record<string, string>>,
  templates: Readonly<Record<string, string>>,
  params = "",
  tweak: (operator: string) => string = (operator) => operator,
) {
  const steps = Object.entries(plans).map(
    ([plan, text]) => [plan, [...text.matchAll(/(\w+) \[([^\]]*)\]/g)]] as const,
  );
  const tasks = new Map(
    steps.flatMap(([, found]) => found.map(([, name = "", resources = ""]) => [name, resources])),
  );
  const operator = `apiVersion: kplan.dev/v1
name: demo
operatorVersion: 0.1.0
tasks:
${[...tasks].map(([name, resources]) => `  - {name: ${name}, kind: Apply, spec: {resources: [${resources}]}}`).join("\n")}
plans:
${steps.map(([plan, found]) => `  ${plan}:\n    phases:\n      - name: main\n        steps:\n${found.map(([, name]) => `          - {name: ${name}, tasks: [${name}]}`).join("\n")}`).join("\n")}
`;
  const files = {
    "operator.yaml": tweak(operator),
    "params.yaml": params,
    ...Object.fromEntries(
      Object.entries(templates).map(([key, text]) => [`templates/${key}`, text]),
    ),
  };
  const loaded = loadPackage(
    "demo",
    new Map(Object.entries(files).map(([path, text]) => [path, new TextEncoder().encode(text)])),
  );
  expect(loaded.issues.map(formatIssue)).toEqual([]);
  if (!loaded.pkg) throw new Error("the package was not loaded");
  return loaded.pkg;
}

const said = (...args: Parameters<typeof packageOf>) =>
  verifyPackage(packageOf(...args)).map(formatIssue);

test("a right package", () => {
  expect(
    said(
      { deploy: "config [config.yaml], run [pod.yaml]", node_update: "again [pod.yaml]" },
      {
        "config.yaml": `${CONFIG}data:\n  a: {{quote Params.COUNT}}\n`,
        "pod.yaml": pod("{volumes: [{name: c, configMap: {name: '{{Name}}-config'}}]}"),
      },
      "parameters:\n  - {name: COUNT, type: integer, default: 3, trigger: node_update}\n",
    ),
  ).toEqual([]);
});

test("a plan for emergencies whose command the README tells", () => {
  const args = [
    { deploy: "config [config.yaml]", rescue: "again [config.yaml]" },
    { "config.yaml": CONFIG },
  ] as const;
  expect(said(...args)).toEqual([
    'operator.yaml:13:3: warning: plan "rescue" is triggered by no parameter: only "kplan plan trigger rescue" runs it',
  ]);
  const pkg = packageOf(...args);
  const text = new TextEncoder().encode("Then run `kplan plan trigger rescue`.");
  const files = new Map([...pkg.files, ["README.md", text] as const]);
  expect(verifyPackage({ ...pkg, files })).toEqual([]);
});

test.each<[string, Parameters<typeof packageOf>, string[]]>([
  [
    "a task that is not there",
    [
      { deploy: "config [config.yaml]" },
      { "config.yaml": CONFIG },
      "",
      (text) => text.replace("tasks: [config]", "tasks: [config, confg]"),
    ],
    [
      'operator.yaml:11:44: error: step deploy.main.config names task "confg", which is not defined, did you mean "config"?',
    ],
  ],
  [
    "a template that is not there",
    [
      { deploy: "config [config.yaml, confg.yaml, templates/config.yaml, config.yml]" },
      { "config.yaml": CONFIG },
    ],
    [
      'operator.yaml:5:65: error: task "config" names template "confg.yaml", and there is no templates/confg.yaml, did you mean "config.yaml"?',
      'operator.yaml:5:77: error: task "config" names template "templates/config.yaml", and there is no templates/templates/config.yaml, did you mean "config.yaml"?',
      'operator.yaml:5:100: error: task "config" names template "config.yml", and there is no templates/config.yml, did you mean "config.yaml"?',
    ],
  ],
  [
    "no plan deploy",
    [{ depoly: "config [config.yaml]" }, { "config.yaml": CONFIG }],
    [
      'operator.yaml:6:1: error: there is no plan "deploy", which installs the operator (is "depoly" meant to be it?)',
      'operator.yaml:7:3: warning: plan "depoly" is triggered by no parameter: only "kplan plan trigger depoly" runs it',
    ],
  ],
  [
    "a trigger without its plan",
    [
      { deploy: "config [config.yaml]" },
      { "config.yaml": `${CONFIG}data: {a: '{{Params.A}}'}\n` },
      "parameters:\n  - {name: A, default: x, trigger: deplyo}\n",
    ],
    [
      'params.yaml:2:36: error: parameter A triggers plan "deplyo", which is not defined, did you mean "deploy"?',
    ],
  ],
  [
    "what is defined and not used",
    [
      { deploy: "config [config.yaml]", backup: "save [config.yaml]" },
      { "config.yaml": CONFIG, "old.yaml": CONFIG },
      "parameters:\n  - {name: A, default: x}\n  - {name: S, type: secret}\n",
      (text) => text.replace("plans:", "  - {name: rest, kind: Dummy}\nplans:"),
    ],
    [
      'operator.yaml:7:12: warning: task "rest" is named by no step',
      'operator.yaml:14:3: warning: plan "backup" is triggered by no parameter: only "kplan plan trigger backup" runs it',
      "templates/old.yaml:1:1: warning: templates/old.yaml is named by no task",
      "params.yaml:2:12: warning: parameter A is read by no template",
      "params.yaml:3:12: warning: parameter S is read by no template",
    ],
  ],
  [
    "two templates for one object in a step",
    [
      { deploy: "config [config.yaml, again.yaml]" },
      { "config.yaml": CONFIG, "again.yaml": CONFIG },
    ],
    [
      "operator.yaml:5:65: error: templates/config.yaml and templates/again.yaml both render ConfigMap demo-instance-config in step deploy.main.config: the one would overwrite the other",
    ],
  ],
  [
    "two templates for one object in two steps",
    [
      { deploy: "first [config.yaml], then [again.yaml]" },
      { "config.yaml": CONFIG, "again.yaml": CONFIG },
    ],
    [
      "operator.yaml:6:50: warning: templates/config.yaml and templates/again.yaml both render ConfigMap demo-instance-config, in steps deploy.main.first and deploy.main.then",
    ],
  ],
  [
    "a StatefulSet whose pods would be refused for its name",
    [
      { deploy: "set [set.yaml]" },
      {
        "set.yaml": `apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: "{{Name}}-${"x".repeat(40)}"}\n`,
      },
    ],
    [
      `operator.yaml:5:49: error: the name of StatefulSet demo-instance-${"x".repeat(40)} has 54 characters; its pods cannot be made with more than 52\n  give it a shorter name`,
    ],
  ],
  [
    "one template with an object twice",
    [{ deploy: "config [config.yaml]" }, { "config.yaml": `${CONFIG}---\n${CONFIG}` }],
    [
      "operator.yaml:5:52: error: templates/config.yaml renders ConfigMap demo-instance-config twice",
    ],
  ],
  [
    "the Secret that is kplan's",
    [
      { deploy: "secret [secret.yaml]" },
      { "secret.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: '{{Name}}-secrets'}\n" },
    ],
    [
      "operator.yaml:5:52: error: templates/secret.yaml renders Secret demo-instance-secrets, which is where kplan keeps the values of secret parameters\n  give the Secret another name",
    ],
  ],
  [
    "templates that hold no object",
    [
      { deploy: "config [config.yaml, never.yaml, maybe.yaml, text.yaml]" },
      {
        "config.yaml": CONFIG,
        "never.yaml": "# nothing\n",
        "maybe.yaml": `{{#if Params.A}}\n${CONFIG}{{/if}}\n`,
        "text.yaml": "just: text\n",
      },
      "parameters:\n  - {name: A, type: boolean, default: false}\n",
    ],
    [
      "templates/text.yaml (rendered):1:1: error: the object has no apiVersion, at: just: text",
      "templates/never.yaml:1:1: error: templates/never.yaml holds no Kubernetes object",
      "templates/maybe.yaml:1:1: warning: templates/maybe.yaml renders no object with the default parameters",
    ],
  ],
  [
    "a pod before its ConfigMap",
    [
      { deploy: "run [pod.yaml], config [config.yaml]" },
      {
        "config.yaml": CONFIG,
        "pod.yaml": pod("{volumes: [{name: c, configMap: {name: '{{Name}}-config'}}]}"),
      },
    ],
    [
      "operator.yaml:12:20: error: Deployment demo-instance of step deploy.main.run uses ConfigMap demo-instance-config, which only the later step deploy.main.config applies: its pods would wait for ever\n  move step deploy.main.config before it",
    ],
  ],
])("%s", (_, args, issues) => {
  expect(said(...args)).toEqual(issues);
});

test("a misspelled path is said once, with its place", () => {
  const issues = said(
    { deploy: "config [config.yaml]", update: "config [config.yaml]" },
    { "config.yaml": `${CONFIG}data:\n  a: {{Params.COUTN}}\n  b: {{Nmae}}\n` },
    "parameters:\n  - {name: COUNT, type: integer, default: 3}\n",
  );
  expect(issues).toEqual([
    expect.stringMatching(/^templates\/config\.yaml:6:\d+: error: .*COUTN.*COUNT/),
    expect.stringMatching(/^templates\/config\.yaml:7:\d+: error: .*Nmae.*Name/),
  ]);
});

test("one mistake is said once, without what follows from it", () => {
  const params = "parameters:\n  - {name: A, default: x, trigger: backpu}\n";
  const meant = (text: string) => text.replace("tasks: [config]", "tasks: [confgi]");
  expect(
    said(
      { deploy: "config [confgi.yaml], again [text.yaml]", backup: "again [text.yaml]" },
      { "config.yaml": CONFIG, "text.yaml": `${CONFIG}data: {a: "{{Params.B}}"}\n` },
      params,
      meant,
    ),
  ).toEqual([
    expect.stringContaining('names task "confgi", which is not defined, did you mean "config"?'),
    expect.stringContaining('names template "confgi.yaml"'),
    expect.stringContaining('triggers plan "backpu", which is not defined, did you mean "backup"?'),
    expect.stringContaining("no parameter B"),
  ]);
});

test("what fails only in one step, or only on an old Kubernetes, is found", () => {
  const only = (condition: string) => `${CONFIG}{{#if ${condition}}}\nkind: Secret\n{{/if}}\n`;
  for (const condition of [
    '(eq StepName "second")',
    '(eq PlanName "update")',
    "(lt Capabilities.KubeVersion.Minor 21)",
    "(gt Capabilities.KubeVersion.Minor 30)",
  ])
    expect(
      said(
        { deploy: "first [config.yaml], second [config.yaml]", update: "third [config.yaml]" },
        { "config.yaml": only(condition) },
      ),
      condition,
    ).toEqual([
      expect.stringMatching(
        /^templates\/config\.yaml \(rendered\):\d+:\d+: error: key "kind" is given twice/,
      ),
    ]);
});

test("what is required is a placeholder", () => {
  expect(
    said(
      { deploy: "config [config.yaml]" },
      {
        "config.yaml": `${CONFIG}data:\n  a: {{Params.S}}\n  b: {{quote Params.I}}\n  c: {{Params.E}}\n  d: {{Params.W.name}}\n{{#each Params.L}}{{this}}{{/each}}\n`,
      },
      "parameters:\n  - {name: S}\n  - {name: I, type: integer}\n  - {name: E, enum: [q, r]}\n  - {name: W, type: secret, required: true}\n  - {name: L, type: array}\n",
    ),
  ).toEqual([]);
});

const NEEDS: Readonly<Record<string, string>> = {
  "a volume": "{volumes: [{name: v, configMap: {name: need}}]}",
  "a Secret volume": "{volumes: [{name: v, secret: {secretName: need}}]}",
  "a projected ConfigMap":
    "{volumes: [{name: v, projected: {sources: [{configMap: {name: need}}]}}]}",
  "a projected Secret": "{volumes: [{name: v, projected: {sources: [{secret: {name: need}}]}}]}",
  "a claim": "{volumes: [{name: v, persistentVolumeClaim: {claimName: need}}]}",
  envFrom: "{containers: [{name: c, envFrom: [{configMapRef: {name: need}}]}]}",
  "envFrom of a Secret": "{containers: [{name: c, envFrom: [{secretRef: {name: need}}]}]}",
  env: "{containers: [{name: c, env: [{name: A, valueFrom: {configMapKeyRef: {name: need, key: a}}}]}]}",
  "env of a Secret in an init container":
    "{initContainers: [{name: c, env: [{name: A, valueFrom: {secretKeyRef: {name: need, key: a}}}]}]}",
  "an account": "{serviceAccountName: need}",
  "a pull secret": "{imagePullSecrets: [{name: need}]}",
};

const NEEDED = ["v1 ConfigMap", "v1 Secret", "v1 PersistentVolumeClaim", "v1 ServiceAccount"]
  .map((kind) => kind.split(" "))
  .map(([version, kind]) => `apiVersion: ${version}\nkind: ${kind}\nmetadata: {name: need}\n`)
  .join("---\n");

test.each(Object.entries(NEEDS))("%s that comes too late is found", (_, spec) => {
  const found = said(
    { deploy: "run [pod.yaml], later [need.yaml]" },
    { "pod.yaml": pod(spec), "need.yaml": NEEDED },
  );
  expect(found).toEqual([
    expect.stringMatching(
      /^operator\.yaml:12:20: error: Deployment demo-instance of step deploy\.main\.run uses \w+ need, which only the later step deploy\.main\.later applies/,
    ),
  ]);
});

const MOUNTS = pod("{volumes: [{name: v, configMap: {name: need}}]}");
const NEED = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: need}\n";

test.each<[string, Parameters<typeof packageOf>]>([
  [
    "before it",
    [{ deploy: "first [need.yaml], run [pod.yaml]" }, { "pod.yaml": MOUNTS, "need.yaml": NEED }],
  ],
  [
    "before it and again later",
    [
      { deploy: "first [need.yaml], run [pod.yaml], again [need.yaml]" },
      { "pod.yaml": MOUNTS, "need.yaml": NEED },
    ],
  ],
  [
    "in the same task, after it",
    [{ deploy: "run [pod.yaml, need.yaml]" }, { "pod.yaml": MOUNTS, "need.yaml": NEED }],
  ],
  ["by nobody", [{ deploy: "run [pod.yaml]" }, { "pod.yaml": MOUNTS }]],
  [
    "by deploy, before the other plan",
    [
      { deploy: "run [need.yaml]", update: "one [pod.yaml], two [need.yaml]" },
      { "pod.yaml": MOUNTS, "need.yaml": NEED },
    ],
  ],
  [
    "at the same time",
    [
      { deploy: "run [pod.yaml], later [need.yaml]" },
      { "pod.yaml": MOUNTS, "need.yaml": NEED },
      "",
      (text) => text.replace("- name: main\n", "- name: main\n        strategy: parallel\n"),
    ],
  ],
  [
    "later, but optional",
    [
      { deploy: "run [pod.yaml], later [need.yaml]" },
      { "pod.yaml": MOUNTS.replace("name: need", "name: need, optional: true"), "need.yaml": NEED },
    ],
  ],
  [
    "later, for no replicas",
    [
      { deploy: "run [pod.yaml], later [need.yaml]" },
      {
        "pod.yaml": MOUNTS.replace("spec:\n  template", "spec:\n  replicas: 0\n  template"),
        "need.yaml": NEED,
      },
    ],
  ],
])("an object is there when it is applied %s", (_, args) => {
  expect(said(...args).filter((issue) => issue.includes("later"))).toEqual([]);
});

test("a later task of the same serial step is too late, of a parallel one is not", () => {
  const both = (strategy: string) => (text: string) =>
    text
      .replace(
        "{name: run, tasks: [run]}",
        `{name: run, strategy: ${strategy}, tasks: [run, later]}`,
      )
      .replace(/\n {10}- {name: later.*/, "");
  const args = (strategy: string) =>
    [
      { deploy: "run [pod.yaml], later [need.yaml]" },
      { "pod.yaml": MOUNTS, "need.yaml": NEED },
      "",
      both(strategy),
    ] as const;
  expect(said(...args("serial"))).toEqual([
    "operator.yaml:12:51: error: Deployment demo-instance of step deploy.main.run uses ConfigMap need, which only the later task later of the step applies: its pods would wait for ever\n  move task later of the step before it",
  ]);
  expect(said(...args("parallel"))).toEqual([]);
});

test("the instance's own Secret is there, and using it uses the secret parameters", () => {
  expect(
    said(
      { deploy: "run [pod.yaml]" },
      {
        "pod.yaml": pod(
          "{containers: [{name: c, envFrom: [{secretRef: {name: '{{Name}}-secrets'}}]}]}",
        ),
      },
      "parameters:\n  - {name: S, type: secret}\n",
    ),
  ).toEqual([]);
});

test("deleting an object and applying it anew in one step is no clash", () => {
  expect(
    said(
      { deploy: "first [config.yaml], again [config.yaml]" },
      { "config.yaml": CONFIG },
      "",
      (text) =>
        text
          .replace(
            "plans:",
            "  - {name: gone, kind: Delete, spec: {resources: [config.yaml]}}\nplans:",
          )
          .replace("tasks: [again]", "tasks: [gone, again]"),
    ),
  ).toEqual([]);
});

const deleting = (operator: string): string =>
  operator.replace("{name: drop, kind: Apply", "{name: drop, kind: Delete");

test("what pods use is not deleted before them", () => {
  const files = { "pod.yaml": MOUNTS, "need.yaml": NEED };
  const plan = "first [need.yaml], drop [need.yaml], run [pod.yaml]";
  expect(said({ deploy: plan }, files, "", deleting)).toEqual([
    "operator.yaml:14:34: error: Deployment demo-instance of step deploy.main.run uses ConfigMap need, which task drop of step deploy.main.drop has deleted before: its pods would wait for ever\n  move task drop behind it, or delete something else",
  ]);
});

test.each([
  [
    "made again in between",
    "first [need.yaml], drop [need.yaml], more [need.yaml], run [pod.yaml]",
  ],
  ["deleted afterwards", "first [need.yaml], run [pod.yaml], drop [need.yaml]"],
])("what pods use may be %s", (_, deploy) => {
  const files = { "pod.yaml": MOUNTS, "need.yaml": NEED };
  expect(said({ deploy }, files, "", deleting)).toEqual([]);
});

test("a deletion under a condition may not happen", () => {
  const files = { "pod.yaml": MOUNTS, "need.yaml": NEED };
  const plan = "first [need.yaml], drop [need.yaml], run [pod.yaml]";
  const maybe = (operator: string): string =>
    deleting(operator).replace("Delete,", 'Delete, when: "Params.A",');
  const params = "parameters:\n  - {name: A, type: boolean, default: false, trigger: deploy}\n";
  expect(said({ deploy: plan }, files, params, maybe)).toEqual([]);
});

const TOKEN = `${NEED}data:\n  token: "{{randAlphaNum 8}}"\n`;

test("a value that is another in every run is a warning", () => {
  expect(said({ deploy: "config [need.yaml]" }, { "need.yaml": TOKEN })).toEqual([
    "templates/need.yaml:5:13: warning: templates/need.yaml renders another ConfigMap need in every run (randAlphaNum): each run that applies it changes it, and restarts the pods that use it\n  a value that must last belongs into a parameter of type secret, which is generated once",
  ]);
});

test.each([
  ["the word alone", `${NEED}data:\n  help: now or later\n`],
  ["in the name of the object", NEED.replace("name: need", 'name: "need-{{randNumeric 4}}"')],
])("no warning: %s", (_, text) => {
  expect(said({ deploy: "config [need.yaml]" }, { "need.yaml": text })).toEqual([]);
});

test("a plan that somebody must name may want another value each time", () => {
  const plans = { deploy: "config [plain.yaml]", restart: "again [need.yaml]" };
  const plain = NEED.replace("name: need", "name: plain");
  const found = said(plans, { "need.yaml": TOKEN, "plain.yaml": plain });
  expect(found.filter((issue) => issue.includes("in every run"))).toEqual([]);
});
