import fc from "fast-check";
import { expect, test } from "vitest";
import { formatIssue } from "../../model/issue.ts";
import { defaultInstanceName, operatorVersionName } from "../../model/names.ts";
import { loadPackage } from "../load-package.ts";
import { templateKey } from "./kudo-files.ts";
import { readKudoPackage } from "./kudo-package.ts";

const OPERATOR = `apiVersion: kudo.dev/v1beta1
name: shop
operatorVersion: "0.1.0"
tasks:
  - name: main
    kind: Apply
    spec:
      resources: [service/service.yaml]
plans:
  deploy:
    strategy: serial
    phases:
      - name: first
        strategy: serial
        steps:
          - name: only
            tasks: [main]
`;
const PARAMS = "apiVersion: kudo.dev/v1beta1\nparameters:\n  - name: COUNT\n    default: 3\n";
const TEMPLATE = "kind: Service\n";

type Files = Readonly<Record<string, string | Uint8Array | undefined>>;

function filesOf(changes: Files): Map<string, Uint8Array> {
  const files: Files = {
    "operator.yaml": OPERATOR,
    "params.yaml": PARAMS,
    "templates/service/service.yaml": TEMPLATE,
    ...changes,
  };
  return new Map(
    Object.entries(files).flatMap(([path, content]) =>
      content === undefined
        ? []
        : [[path, typeof content === "string" ? Buffer.from(content) : content] as const],
    ),
  );
}

const read = (changes: Files = {}) => readKudoPackage("shop", filesOf(changes));
const said = (changes: Files) => read(changes).issues.map(formatIssue);
const operatorOf = (text: string) => read({ "operator.yaml": text });
const parametersOf = (text: string) => read({ "params.yaml": text }).pkg?.parameters ?? [];

test("a package without anything odd is read without a word", () => {
  const { pkg, issues } = read();
  expect(issues).toEqual([]);
  expect(pkg).toMatchObject({
    dialect: "kudo",
    operator: {
      name: "shop",
      operatorVersion: "0.1.0",
      maintainers: [],
      tasks: [{ kind: "Apply", name: "main", resources: ["service/service.yaml"] }],
      plans: [
        {
          name: "deploy",
          strategy: "serial",
          phases: [
            { name: "first", strategy: "serial", steps: [{ name: "only", tasks: ["main"] }] },
          ],
        },
      ],
    },
    parameters: [{ name: "COUNT", type: "string", kudoType: "", default: 3, required: true }],
  });
  expect(pkg?.placeOf("operator.yaml", ["plans", "deploy", "strategy"])).toEqual({
    file: "operator.yaml",
    line: 11,
    col: 15,
  });
});

test.each([
  ["", "apiVersion: kudo.dev/v1beta1\n"],
  ["no apiVersion", ""],
  ["an empty one", 'apiVersion: ""\n'],
  ["another case", "ApiVersion: kudo.dev/v1beta1\n"],
  ["what only Go's YAML takes", "apiVersion: kudo.dev/v1beta1\nname: other\n"],
])("a package with %s is KUDO's", (_, head) => {
  const operator = OPERATOR.replace("apiVersion: kudo.dev/v1beta1\n", head);
  const { pkg } = loadPackage("shop", filesOf({ "operator.yaml": operator }));
  expect(pkg?.dialect).toBe("kudo");
});

test("a task is found in its file behind others of a name given twice", () => {
  const twice = OPERATOR.replace(
    "plans:",
    "  - {name: main, kind: Dummy}\n  - {name: last, kind: Dummy}\nplans:",
  );
  const { pkg } = operatorOf(twice);
  expect(pkg?.operator.tasks.map(({ name }) => name)).toEqual(["main", "last"]);
  expect(pkg?.placeOf("operator.yaml", ["tasks", 1, "name"])).toMatchObject({ line: 10, col: 12 });
});

test.each<[path: string, key: string]>([
  ["templates/service.yaml", "service.yaml"],
  ["templates/a/b.yaml", "a/b.yaml"],
  ["templates/a/templates/b.yaml", "b.yaml"],
  ["templates-old/x.yaml", "templates-old/x.yaml"],
])("the template %s has the key %s", (path, key) => {
  expect(templateKey(path)).toBe(key);
});

test.each<[path: string, key: string | undefined, ...said: string[]]>([
  ["templates/x.yaml", "x.yaml"],
  [
    "templates/x.yaml.bak",
    "x.yaml.bak",
    'templates/x.yaml.bak:1:1: warning: templates/x.yaml.bak is read as template "x.yaml.bak"',
  ],
  [
    "templates-old/x.yaml",
    "templates-old/x.yaml",
    'templates-old/x.yaml:1:1: warning: templates-old/x.yaml is read as template "templates-old/x.yaml"',
  ],
  [
    "templates/x.yml",
    undefined,
    "templates/x.yml:1:1: warning: templates/x.yml is no template: its name does not contain .yaml",
  ],
  [
    "templates/x.tpl",
    undefined,
    "templates/x.tpl:1:1: warning: templates/x.tpl is no template: its name does not contain .yaml",
  ],
  ["docs/x.yaml", undefined],
  ["child/operator.yaml", undefined],
  ["child/templates/x.yaml", undefined],
  ["extra.yaml", undefined],
  ["run.sh", undefined],
  [
    "templates/a/templates/service/service.yaml",
    "service/service.yaml",
    'templates/service/service.yaml:1:1: warning: templates/service/service.yaml and templates/a/templates/service/service.yaml are both template "service/service.yaml"; templates/a/templates/service/service.yaml is passed over',
  ],
])("the file %s is the template %s", (path, key, ...lines) => {
  const { pkg, issues } = read({ [path]: "kind: X\n" });
  expect([...(pkg?.templates.keys() ?? [])].sort()).toEqual(
    [...new Set(["service/service.yaml", ...(key ? [key] : [])])].sort(),
  );
  expect(issues.map(formatIssue)).toEqual(lines);
});

test.each<[what: string, files: Files, ...said: string[]]>([
  [
    "no operator.yaml",
    { "operator.yaml": undefined },
    "operator.yaml:1:1: error: the package has no operator.yaml",
  ],
  [
    "no params.yaml",
    { "params.yaml": undefined },
    "params.yaml:1:1: error: the package has no params.yaml\n  a package without parameters has an empty one",
  ],
  [
    "an empty operator.yaml",
    { "operator.yaml": "" },
    "operator.yaml:1:1: error: operator.yaml is empty",
  ],
  [
    "nothing in operator.yaml",
    { "operator.yaml": "null\n" },
    "operator.yaml:1:1: error: operator.yaml is empty",
  ],
  [
    "an operator.yaml that is a list",
    { "operator.yaml": "[1]" },
    "operator.yaml:1:1: error: the file: expected a map, found a list",
    "operator.yaml:1:1: warning: the operator has no name",
  ],
  ["an empty params.yaml", { "params.yaml": "" }],
  ["parameters of nothing", { "params.yaml": "parameters:\n" }],
  [
    "another apiVersion of params.yaml",
    { "params.yaml": "apiVersion: kudo.dev/v1\n" },
    'params.yaml:1:13: error: apiVersion: expected kudo.dev/v1beta1, found "kudo.dev/v1"',
  ],
])("%s", (_, files, ...lines) => {
  const { pkg, issues } = read(files);
  expect(issues.map(formatIssue)).toEqual(lines);
  expect(pkg === undefined).toBe(lines.some((line) => line.includes(": error: ")));
});

test.each<[what: string, from: string, to: string, ...said: string[]]>([
  ["no apiVersion", "apiVersion: kudo.dev/v1beta1\n", ""],
  [
    "another apiVersion",
    "kudo.dev/v1beta1",
    "kudo.dev/v2",
    'operator.yaml:1:13: error: apiVersion: expected kudo.dev/v1beta1, found "kudo.dev/v2"',
  ],
  [
    "a misspelled field",
    "    strategy: serial\n    phases",
    "    stategy: serial\n    phases",
    'operator.yaml:11:5: warning: unknown field "stategy" is passed over, did you mean "strategy"?',
  ],
  [
    "a field in another case",
    "operatorVersion:",
    "OperatorVersion:",
    'operator.yaml:3:1: warning: field "OperatorVersion" is read as "operatorVersion"\n  write operatorVersion',
  ],
  [
    "a field in two cases",
    "name: shop\n",
    "name: shop\nName: other\n",
    'operator.yaml:2:1: warning: field "name" is given twice, as "Name" and as "name"',
    'operator.yaml:3:1: warning: field "Name" is read as "name"\n  write name',
  ],
  [
    "a field twice",
    "name: shop\n",
    "name: other\nname: shop\n",
    'operator.yaml:3:1: warning: key "name" is given twice, first in line 2; the last one is taken',
  ],
  [
    "a number for a text",
    '"0.1.0"',
    "1.10",
    'operator.yaml:3:18: warning: operatorVersion: 1.10 is read as the text "1.1"\n  write it in quotes: "1.1"',
  ],
  [
    "a list for a text",
    '"0.1.0"',
    "[1]",
    "operator.yaml:3:18: error: operatorVersion: expected a text, found a list",
  ],
  [
    "a strategy of another word",
    "    strategy: serial\n    phases",
    "    strategy: serail\n    phases",
    'operator.yaml:11:15: warning: plans.deploy.strategy: "serail" means parallel, did you mean "serial"?',
  ],
  [
    "an unknown kind of task",
    "kind: Apply",
    "kind: Aply",
    'operator.yaml:6:11: error: task "main": unknown kind "Aply"; known are Apply, Delete, Toggle, Dummy, Pipe, KudoOperator',
  ],
  [
    "a template that is not there",
    "service/service.yaml",
    "service.yaml",
    'operator.yaml:8:19: error: task "main" names template "service.yaml", and there is no templates/service.yaml',
  ],
  [
    "a template that is not there, to be deleted",
    "kind: Apply\n    spec:\n      resources: [service/service.yaml]",
    "kind: Delete\n    spec:\n      resources: [a.yaml]",
    'operator.yaml:8:19: error: task "main" names template "a.yaml", and there is no templates/a.yaml',
  ],
  ["resources of nothing", "[service/service.yaml]", "null"],
  [
    "a toggle without parameter",
    "kind: Apply",
    "kind: Toggle",
    'operator.yaml:8:7: error: task "main" toggles no parameter',
  ],
  [
    "a toggle whose template is not there",
    "kind: Apply\n    spec:\n      resources: [service/service.yaml]",
    "kind: Toggle\n    spec:\n      parameter: USED\n      resources: [x.yaml]",
    'operator.yaml:9:19: error: task "main" names template "x.yaml", and there is no templates/x.yaml',
  ],
  [
    "a pipe without files",
    "kind: Apply\n    spec:\n      resources: [service/service.yaml]",
    "kind: Pipe\n    spec:\n      pod: service/service.yaml",
    'operator.yaml:8:7: error: task "main" keeps no file: pipe is empty',
  ],
  [
    "a pipe without pod",
    "kind: Apply\n    spec:\n      resources: [service/service.yaml]",
    "kind: Pipe\n    spec:\n      pipe: [{file: /x, kind: Secret, key: K}]",
    'operator.yaml:8:7: error: task "main" names template "", and there is no templates/',
  ],
  [
    "a parameter file that is not there",
    "kind: Apply\n    spec:\n      resources: [service/service.yaml]",
    "kind: KudoOperator\n    spec:\n      package: zk\n      parameterFile: p.yaml",
    'operator.yaml:9:22: error: task "main" names template "p.yaml", and there is no templates/p.yaml',
  ],
  [
    "a field that the kind does not use",
    "kind: Apply\n    spec:\n      resources: [service/service.yaml]",
    "kind: Dummy\n    spec:\n      resources: null",
    'operator.yaml:8:18: warning: task "main" of kind Dummy makes no use of resources',
  ],
  [
    "two tasks of a name",
    "plans:",
    "  - name: main\n    kind: Dummy\nplans:",
    'operator.yaml:9:11: warning: there is another task "main" above; this one is passed over',
  ],
  [
    "two steps of a name",
    "            tasks: [main]\n",
    "            tasks: [main]\n          - name: only\n",
    'operator.yaml:18:19: warning: there is another step of phase first "only"',
  ],
  ["a task that is not there, which only verify looks for", "tasks: [main]", "tasks: [other]"],
  ["no deploy plan, which only verify looks for", "  deploy:", "  other:"],
])("operator.yaml with %s", (_, from, to, ...lines) => {
  expect(OPERATOR).toContain(from);
  expect(said({ "operator.yaml": OPERATOR.replace(from, to) })).toEqual(lines);
});

test("every problem of a load is found at once", () => {
  const text = OPERATOR.replace("kind: Apply", "kind: Toggle").replace("service/", "gone/");
  expect(said({ "operator.yaml": text, "params.yaml": "apiVersion: v7" })).toEqual([
    'operator.yaml:8:7: error: task "main" toggles no parameter',
    'operator.yaml:8:19: error: task "main" names template "gone/service.yaml", and there is no templates/gone/service.yaml',
    'params.yaml:1:13: error: apiVersion: expected kudo.dev/v1beta1, found "v7"',
  ]);
});

test.each<[written: string, read: string]>([
  ["5.7", "5.7"],
  ["1.10", "1.1"],
  ["1.0", "1"],
  ["yes", "true"],
  ["~", ""],
  ["010", "8"],
  ["1_000", "1000"],
  ["1e3", "1000"],
  ["1000000", "1000000"],
  ["1e6", "1e+06"],
  ["9007199254740993", "9007199254740993"],
  ["0.123456789", "0.12345679"],
  ["12:30", "12:30"],
  ["2021-07-02", "2021-07-02"],
  ['"1.10"', "1.10"],
])("operatorVersion: %s is the text %j", (written, text) => {
  expect(operatorOf(`name: a\noperatorVersion: ${written}`).pkg?.operator.operatorVersion).toBe(
    text,
  );
});

test.each<[written: string, strategy: string]>([
  ["strategy: serial", "serial"],
  ["strategy: parallel", "parallel"],
  ["strategy: Serial", "parallel"],
  ["strategy: serail", "parallel"],
  ["strategy: ~", "parallel"],
  ["stategy: serial", "parallel"],
  ["STRATEGY: serial", "serial"],
  ["phases: ~", "parallel"],
])("a plan with %s is %s, and so is a phase", (written, strategy) => {
  const text = `name: a\nplans:\n  deploy:\n    ${written}\n  other:\n    phases:\n      - ${written}\n`;
  const [deploy, other] = operatorOf(text).pkg?.operator.plans ?? [];
  expect([deploy?.strategy, other?.phases[0]?.strategy]).toEqual([strategy, strategy]);
});

test.each<[plan: string]>([["{}"], ["~"], ["{phases: ~}"], ["{phases: []}"]])(
  "a plan of %s has no phases",
  (plan) => {
    const { pkg } = operatorOf(`name: a\nplans:\n  deploy: ${plan}\n`);
    expect(pkg?.operator.plans).toEqual([{ name: "deploy", strategy: "parallel", phases: [] }]);
  },
);

test.each<[task: string, read: Record<string, unknown>]>([
  ["{name: t, kind: Apply}", { kind: "Apply", resources: [] }],
  ["{name: t, kind: Apply, spec: {resources: ~}}", { kind: "Apply", resources: [] }],
  [
    "{name: t, kind: Delete, spec: {resources: [p.yaml]}}",
    { kind: "Delete", resources: ["p.yaml"] },
  ],
  [
    "{name: t, kind: Toggle, spec: {parameter: USED, resources: [p.yaml]}}",
    { kind: "Toggle", parameter: "USED", resources: ["p.yaml"] },
  ],
  ["{name: t, kind: Dummy}", { kind: "Dummy", wantErr: false, fatal: false, done: false }],
  [
    "{name: t, kind: Dummy, spec: {done: yes}}",
    { kind: "Dummy", wantErr: false, fatal: false, done: true },
  ],
  [
    "{name: t, kind: Pipe, spec: {pod: p.yaml, pipe: [{file: /a, kind: Secret, key: A}, {envFile: /b, kind: ConfigMap, key: B}]}}",
    {
      kind: "Pipe",
      pod: "p.yaml",
      pipe: [
        { file: "/a", kind: "Secret", key: "A" },
        { envFile: "/b", kind: "ConfigMap", key: "B" },
      ],
    },
  ],
  [
    "{name: t, kind: KudoOperator, spec: {package: zk, instanceName: i, appVersion: 3.6.2, operatorVersion: 0.3.0, parameterFile: p.yaml}}",
    {
      kind: "KudoOperator",
      package: "zk",
      instanceName: "i",
      appVersion: "3.6.2",
      operatorVersion: "0.3.0",
      parameterFile: "p.yaml",
    },
  ],
])("the task %s", (task, expected) => {
  const { pkg, issues } = read({
    "operator.yaml": `name: a\ntasks: [${task}]\n`,
    "templates/p.yaml": TEMPLATE,
  });
  expect(issues.map(formatIssue)).toEqual([]);
  expect(pkg?.operator.tasks).toEqual([{ name: "t", ...expected }]);
});

test("the first of two tasks of one name is the one that is meant", () => {
  const text = "name: a\ntasks: [{name: t, kind: Apply}, {name: t, kind: Dummy}]\n";
  expect(operatorOf(text).pkg?.operator.tasks).toMatchObject([{ name: "t", kind: "Apply" }]);
});

test("fields of operator.yaml that only KUDO has", () => {
  const text =
    "name: a\nkudoVersion: 0.15.0\nkubernetesVersion: 1.16.0\nnamespaceManifest: ns.yaml\nurl: u\ndescription: d\nmaintainers: [{name: m, email: e}, ~]\n";
  expect(operatorOf(text).pkg?.operator).toMatchObject({
    kudoVersion: "0.15.0",
    kubernetesVersion: "1.16.0",
    namespaceManifest: "ns.yaml",
    url: "u",
    description: "d",
    maintainers: [{ name: "m", email: "e" }, {}],
  });
});

test.each<[appVersion: string, operatorVersion: string, name: string]>([
  ["5.7", "0.3.0", "mysql-5.7-0.3.0"],
  ["", "0.3.0", "mysql-0.3.0"],
])("app version %j and operator version %s make %s", (appVersion, operatorVersion, name) => {
  const { pkg } = operatorOf(
    `name: mysql\nappVersion: "${appVersion}"\noperatorVersion: ${operatorVersion}\n`,
  );
  expect(pkg && operatorVersionName(pkg.operator)).toBe(name);
  expect(defaultInstanceName("mysql")).toBe("mysql-instance");
});

test.each<[parameter: string, read: Record<string, unknown>]>([
  ["{name: n}", { name: "false" }],
  ["{name: A}", { name: "A", required: true, immutable: false, type: "string", kudoType: "" }],
  ["{name: A, required: ~}", { required: true }],
  ["{name: A, required: no}", { required: false }],
  ["{name: A, immutable: on}", { immutable: true }],
  [
    "{name: A, type: array, default: [1, x]}",
    { type: "array", kudoType: "array", default: [1, "x"] },
  ],
  ["{name: A, type: colour, default: 1}", { type: "string", kudoType: "colour", default: 1 }],
  ["{name: A, trigger: deploy}", { trigger: "deploy" }],
  ["{name: A, enum: [1, b]}", { enum: [1, "b"] }],
  ["{name: A, enum: []}", { enum: [] }],
  [
    "{name: A, displayName: D, description: E, hint: H, group: G, advanced: true}",
    { displayName: "D", description: "E", hint: "H", group: "G", advanced: true },
  ],
  ["{name: A, default: 12345678901234567890}", { default: 12345678901234567000 }],
  ["{name: A, default: 010}", { default: 8 }],
  ["{name: A, default: 12:30}", { default: "12:30" }],
])("the parameter %s", (parameter, expected) => {
  expect(parametersOf(`parameters: [${parameter}]`)[0]).toMatchObject(expected);
});

test.each<[parameter: string, absent: string]>([
  ["{name: A, default: ~}", "default"],
  ["{name: A}", "default"],
  ["{name: A, enum: ~}", "enum"],
  ["{name: A, trigger: ''}", "trigger"],
])("the parameter %s has no %s", (parameter, absent) => {
  expect(parametersOf(`parameters: [${parameter}]`)[0]).not.toHaveProperty(absent);
});

test("what is odd in params.yaml", () => {
  const params = `groups:
  - {name: g, displayName: G, prio: 3}
  - {name: h, prio: high}
parameters:
  - name: n
    desription: x
    type: strng
  - name: B
    enum: [1, ~]
`;
  expect(said({ "params.yaml": params })).toEqual([
    'params.yaml:3:21: warning: groups[1].prio: expected a number, found the text "high"; it is passed over',
    'params.yaml:5:11: warning: parameters[0].name: n is read as the text "false"\n  write it in quotes: "false"',
    'params.yaml:6:5: warning: unknown field "desription" is passed over, did you mean "description"?',
    'params.yaml:7:11: warning: parameters[0].type: "strng" is a text that is never checked, did you mean "string"?',
    "params.yaml:9:15: error: parameters[1].enum[1]: nothing is no value",
  ]);
});

test.each<[parameter: string, ...said: string[]]>([
  ["{name: A, default: 3}"],
  ["{name: A, default: true}"],
  ["{name: A, type: array, default: [1000000]}"],
  [
    "{name: A, default: 1000000}",
    'params.yaml:1:33: warning: parameters[0].default: 1000000 is read as the text "1e+06"\n  write it in quotes: "1e+06"',
  ],
  [
    "{name: A, default: yes}",
    'params.yaml:1:33: warning: parameters[0].default: yes is read as the text "true"\n  write it in quotes: "true"',
  ],
  [
    "{name: A, default: 010}",
    'params.yaml:1:33: warning: parameters[0].default: 010 is read as the text "8"\n  write it in quotes: "8"',
  ],
  [
    "{name: A, default: [80, 443]}",
    'params.yaml:1:33: warning: parameters[0].default: a list is read as the text "[80 443]"\n  write type: array',
  ],
])("the parameter %s is said to be odd", (parameter, ...lines) => {
  expect(said({ "params.yaml": `parameters: [${parameter}]` })).toEqual(lines);
});

test("templates are as they are written, and files that are no text are bad in the YAML files only", () => {
  const { pkg, issues } = read({ "templates/odd.yaml": new Uint8Array([0x61, 0xff]) });
  expect(pkg?.templates.get("odd.yaml")).toBe("a\ufffd");
  expect(issues).toMatchObject([{ code: "not-utf8", severity: "warning" }]);
  expect(read({ "operator.yaml": new Uint8Array([0xff]) }).pkg).toBeUndefined();
});

test("whatever the files are, there is an answer", () => {
  const lines = fc
    .uniqueArray(
      fc.constantFrom(
        ...`${OPERATOR}${PARAMS}`.split("\n"),
        "  - ~",
        "plans: [1]",
        "tasks: {a: 1}",
        "<<: *x",
        "&x a: b",
      ),
      { maxLength: 12 },
    )
    .map((chosen) => chosen.join("\n"));
  fc.assert(
    fc.property(lines, lines, fc.string(), (operator, params, template) => {
      const { pkg, issues } = read({
        "operator.yaml": operator,
        "params.yaml": params,
        "templates/service/service.yaml": template,
      });
      expect(pkg === undefined).toBe(issues.some(({ severity }) => severity === "error"));
      expect(issues.every(({ at }) => at !== undefined && at.line > 0 && at.col > 0)).toBe(true);
    }),
    { numRuns: 300 },
  );
});
