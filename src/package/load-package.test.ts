import { expect, test } from "vitest";
import { formatIssue } from "../model/issue.ts";
import { loadPackage } from "./load-package.ts";

const OPERATOR = `apiVersion: kplan.dev/v1
name: demo
operatorVersion: 0.1.0
tasks:
  - name: config
    kind: Apply
    spec:
      resources: [config.yaml]
plans:
  deploy:
    phases:
      - name: main
        steps:
          - name: config
            tasks: [config]
`;
const PARAMS = `groups:
  - name: size
parameters:
  - name: COUNT
    type: integer
    group: size
    default: 3
    trigger: deploy
  - name: COLOR
    default: red
    enum: [red, green]
  - name: PASSWORD
    type: secret
`;
const TEMPLATE = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: '{{Name}}'}\n";

const bytes = (text: string) => new TextEncoder().encode(text);

function load(changes: Readonly<Record<string, string | Uint8Array | undefined>> = {}) {
  const files = {
    "operator.yaml": OPERATOR,
    "params.yaml": PARAMS,
    "templates/config.yaml": TEMPLATE,
    ...changes,
  };
  return loadPackage(
    "demo",
    new Map(
      Object.entries(files).flatMap(([path, content]) =>
        content === undefined
          ? []
          : [[path, typeof content === "string" ? bytes(content) : content] as const],
      ),
    ),
  );
}

const said = (changes: Readonly<Record<string, string | Uint8Array | undefined>>) =>
  load(changes).issues.map(formatIssue);

/** A table row for a change of a file: what was, what is instead, what is said. */
type Row = readonly [what: string, from: string, to: string, said: readonly string[]];

const OPERATOR_ROWS: readonly Row[] = [
  [
    "a misspelled field",
    "operatorVersion:",
    "operatorVerison:",
    ['operator.yaml:3:1: error: unknown field "operatorVerison", did you mean "operatorVersion"?'],
  ],
  [
    "an unknown field",
    "name: demo",
    "name: demo\nfoo: 1",
    [
      'operator.yaml:3:1: error: unknown field "foo"; known here: apiVersion, name, operatorVersion, appVersion, kubernetesVersion, kplanVersion, description, url, maintainers, meter, tasks, plans',
    ],
  ],
  [
    "a missing field",
    "operatorVersion: 0.1.0\n",
    "",
    ['operator.yaml:1:1: error: field "operatorVersion" is missing'],
  ],
  [
    "a misspelled strategy",
    "  deploy:\n",
    "  deploy:\n    strategy: serail\n",
    [
      'operator.yaml:11:15: error: plans.deploy.strategy: expected serial or parallel, found the text "serail", did you mean "serial"?',
    ],
  ],
  [
    "a misspelled field of a plan",
    "  deploy:\n",
    "  deploy:\n    stratege: serial\n",
    ['operator.yaml:11:5: error: plans.deploy: unknown field "stratege", did you mean "strategy"?'],
  ],
  [
    "a misspelled field that is needed",
    "            tasks: [config]",
    "            taks: [config]",
    [
      'operator.yaml:15:13: error: plans.deploy.phases[0].steps[0]: unknown field "taks", did you mean "tasks"?',
    ],
  ],
  [
    "a misspelled kind",
    "kind: Apply",
    "kind: Aply",
    [
      'operator.yaml:6:11: error: tasks[0].kind: expected Apply, Delete, Exec or Dummy, found the text "Aply", did you mean "Apply"?',
    ],
  ],
  [
    "no kind",
    "    kind: Apply\n",
    "",
    ['operator.yaml:5:5: error: tasks[0]: field "kind" is missing'],
  ],
  [
    "a misspelled kind's field",
    "kind: Apply",
    "knid: Apply",
    ['operator.yaml:5:5: error: tasks[0]: field "kind" is missing'],
  ],
  [
    "a field of another kind",
    "resources: [config.yaml]",
    "wantErr: true",
    [
      'operator.yaml:8:7: error: tasks[0].spec: field "resources" is missing',
      'operator.yaml:8:7: error: tasks[0].spec: unknown field "wantErr"; known here: resources',
    ],
  ],
  [
    "no resources",
    "[config.yaml]",
    "[]",
    [
      "operator.yaml:8:18: error: tasks[0].spec.resources: expected at least 1 item, found an empty list",
    ],
  ],
  [
    "nothing for a list",
    "    phases:\n      - name: main\n        steps:\n          - name: config\n            tasks: [config]\n",
    "    phases:\n",
    ["operator.yaml:11:5: error: plans.deploy.phases: expected a list, found nothing"],
  ],
  [
    "a plan of nothing",
    "  deploy:\n",
    "  empty:\n  deploy:\n",
    ["operator.yaml:10:3: error: plans.empty: expected a map, found nothing"],
  ],
  [
    "plans as a list",
    "  deploy:\n    phases:",
    "  - deploy:\n    phases:",
    ["operator.yaml:10:3: error: plans: expected a map, found a list"],
  ],
  [
    "a number for a text",
    "name: demo",
    "name: demo\nappVersion: 10.10",
    [
      'operator.yaml:3:13: error: appVersion: expected a version of lower-case letters, digits, "." and "-", such as "1.2.3", found number 10.1\n  write it in quotes: "10.10"',
    ],
  ],
  [
    "a boolean for a name",
    "      - name: main",
    "      - name: on",
    [
      'operator.yaml:12:15: error: plans.deploy.phases[0].name: expected a name of at most 63 letters, digits, "-" and "_", beginning with a letter and not ending in "-" or "_", found true\n  write it in quotes: "on"',
    ],
  ],
  [
    "a name Kubernetes refuses",
    "name: demo",
    "name: My_Demo",
    [
      'operator.yaml:2:7: error: name: expected a name of at most 40 lower-case letters, digits and "-", beginning with a letter and not ending in "-", found the text "My_Demo"',
    ],
  ],
  [
    "a long name of wrong letters",
    "name: demo",
    `name: ${"X".repeat(70)}`,
    [
      `operator.yaml:2:7: error: name: expected a name of at most 40 lower-case letters, digits and "-", beginning with a letter and not ending in "-", found the text "${"X".repeat(57)}..."`,
    ],
  ],
  [
    "a plan of a bad name",
    "  deploy:",
    "  de.ploy:",
    [
      'operator.yaml:10:3: error: plans: expected a name of at most 63 letters, digits, "-" and "_", beginning with a letter and not ending in "-" or "_", found the text "de.ploy"',
    ],
  ],
  [
    "a step of a bad name",
    "- name: config\n            tasks",
    "- name: 1st\n            tasks",
    [
      'operator.yaml:14:19: error: plans.deploy.phases[0].steps[0].name: expected a name of at most 63 letters, digits, "-" and "_", beginning with a letter and not ending in "-" or "_", found the text "1st"',
    ],
  ],
  [
    "a version that is none",
    "0.1.0",
    "newest",
    [
      'operator.yaml:3:18: error: operatorVersion: expected a semantic version such as 1.2.3, found "newest"',
    ],
  ],
  [
    "a version like a tag",
    "0.1.0",
    "v0.1.0",
    [
      'operator.yaml:3:18: error: operatorVersion: expected a semantic version such as 1.2.3, found "v0.1.0"',
    ],
  ],
  [
    "a Kubernetes version that is none",
    "name: demo",
    "name: demo\nkubernetesVersion: v1.20+",
    [
      'operator.yaml:3:20: error: kubernetesVersion: expected a Kubernetes version such as "1.20", found the text "v1.20+"',
    ],
  ],
  [
    "a Kubernetes version as a number",
    "name: demo",
    "name: demo\nkubernetesVersion: 1.20",
    [
      'operator.yaml:3:20: error: kubernetesVersion: expected a Kubernetes version such as "1.20", found number 1.2\n  write it in quotes: "1.20"',
    ],
  ],
  [
    "a kplan range that is none",
    "name: demo",
    'name: demo\nkplanVersion: "newer please"',
    [
      'operator.yaml:3:15: error: kplanVersion: expected a version range such as ">=1.2", found "newer please"',
    ],
  ],
  [
    "a url that is none",
    "name: demo",
    "name: demo\nurl: example.com",
    [
      'operator.yaml:3:6: error: url: expected a URL that begins with https:// or http://, found the text "example.com"',
    ],
  ],
  [
    "a maintainer as a text",
    "name: demo",
    "name: demo\nmaintainers: [me]",
    ['operator.yaml:3:15: error: maintainers[0]: expected a map, found the text "me"'],
  ],
  [
    "a timeout that is none",
    "tasks: [config]",
    "tasks: [config]\n            timeout: soon",
    [
      'operator.yaml:16:22: error: plans.deploy.phases[0].steps[0].timeout: expected a duration such as 90s, 30m or 1h30m, found the text "soon"',
    ],
  ],
  [
    "a timeout as a number",
    "tasks: [config]",
    "tasks: [config]\n            timeout: 30",
    [
      'operator.yaml:16:22: error: plans.deploy.phases[0].steps[0].timeout: expected a duration such as 90s, 30m or 1h30m, found number 30\n  write it in quotes: "30"',
    ],
  ],
  [
    "a timeout of nothing",
    "tasks: [config]",
    "tasks: [config]\n            noActivity: 0m",
    [
      "operator.yaml:16:25: error: plans.deploy.phases[0].steps[0].noActivity: expected more than no time",
    ],
  ],
  [
    "a task twice in a step",
    "tasks: [config]",
    "tasks: [config, config]",
    ['operator.yaml:15:29: error: task "config" is listed twice in this step'],
  ],
  [
    "two tasks of one name",
    "plans:",
    "  - {name: config, kind: Dummy}\nplans:",
    ['operator.yaml:9:12: error: there is another task "config"'],
  ],
  [
    "two steps of one name",
    "            tasks: [config]\n",
    "            tasks: [config]\n          - {name: config, tasks: [config]}\n",
    ['operator.yaml:16:20: error: there is another step of phase main "config"'],
  ],
  [
    "two phases of one name",
    "            tasks: [config]\n",
    "            tasks: [config]\n      - {name: main, steps: [{name: a, tasks: [config]}]}\n",
    ['operator.yaml:16:16: error: there is another phase of plan deploy "main"'],
  ],
  [
    "two plans of one name",
    "plans:",
    "plans:\n  deploy: {}",
    ['operator.yaml:11:3: error: key "deploy" is given twice, first in line 10'],
  ],
  [
    "another language",
    "kplan.dev/v1",
    "kplan.dev/v9",
    ['operator.yaml:1:13: error: apiVersion: expected kplan.dev/v1, found "kplan.dev/v9"'],
  ],
  [
    "a misspelled apiVersion",
    "apiVersion:",
    "apiVersoin:",
    ['operator.yaml:1:1: error: unknown field "apiVersoin", did you mean "apiVersion"?'],
  ],
];

test.each(OPERATOR_ROWS)("operator.yaml: %s", (_, from, to, issues) => {
  expect(OPERATOR).toContain(from);
  expect(said({ "operator.yaml": OPERATOR.replace(from, to) })).toEqual(issues);
});

const PARAMS_ROWS: readonly Row[] = [
  [
    "a misspelled type",
    "type: integer",
    "type: intger",
    [
      'params.yaml:5:11: error: parameters[0].type: expected string, integer, number, boolean, array, map or secret, found the text "intger", did you mean "integer"?',
    ],
  ],
  [
    "a misspelled field",
    "trigger:",
    "triger:",
    ['params.yaml:8:5: error: parameters[0]: unknown field "triger", did you mean "trigger"?'],
  ],
  [
    "a default of another type",
    "default: 3",
    "default: three",
    ['params.yaml:7:14: error: default of COUNT: expected an integer, found the text "three"'],
  ],
  [
    "a default in quotes",
    "default: 3",
    'default: "3"',
    ['params.yaml:7:14: error: default of COUNT: expected an integer, found the text "3"'],
  ],
  [
    "a fraction",
    "default: 3",
    "default: 3.5",
    ["params.yaml:7:14: error: default of COUNT: expected an integer, found number 3.5"],
  ],
  [
    "a default without quotes",
    "default: red",
    "default: 010",
    [
      'params.yaml:10:14: error: default of COLOR: expected a text, found number 8\n  write it in quotes: "010"',
    ],
  ],
  [
    "a default of nothing",
    "default: 3",
    "default:",
    [
      "params.yaml:7:5: error: default of COUNT: expected an integer, found nothing\n  leave the field out when there is no value",
    ],
  ],
  [
    "a default outside its enum",
    "default: red",
    "default: gren",
    [
      'params.yaml:10:14: error: default of COLOR: "gren" is not in its enum: red, green, did you mean "green"?',
    ],
  ],
  [
    "an enum of other types",
    "[red, green]",
    "[red, 5]",
    [
      'params.yaml:11:17: error: enum of COLOR: expected a text, found number 5\n  write it in quotes: "5"',
    ],
  ],
  [
    "an enum value twice",
    "[red, green]",
    "[red, red]",
    ['params.yaml:11:17: error: enum of COLOR: "red" is listed twice'],
  ],
  [
    "an empty enum",
    "[red, green]",
    "[]",
    ["params.yaml:11:11: error: parameters[1].enum: expected at least 1 item, found an empty list"],
  ],
  [
    "two parameters of one name",
    "name: COLOR",
    "name: COUNT",
    ['params.yaml:9:11: error: there is another parameter "COUNT"'],
  ],
  [
    "two parameters that differ in case",
    "name: COLOR",
    "name: Count",
    [
      'params.yaml:9:11: error: there is another parameter "Count" (names that differ only in case are taken as one: "COUNT")',
    ],
  ],
  [
    "two groups of one name",
    "  - name: size",
    "  - name: size\n  - name: size",
    ['params.yaml:3:11: error: there is another group "size"'],
  ],
  [
    "an unknown group",
    "group: size",
    "group: sizes",
    ['params.yaml:6:12: error: there is no group "sizes", did you mean "size"?'],
  ],
  [
    "a secret with a default",
    "type: secret",
    "type: secret\n    default: hunter2",
    [
      "params.yaml:14:5: error: secret PASSWORD cannot have a default: everybody could read it\n  leave it out: a secret that is not given is generated",
    ],
  ],
  [
    "a secret with an enum",
    "type: secret",
    "type: secret\n    enum: [hunter2]",
    ["params.yaml:14:5: error: secret PASSWORD cannot have an enum: everybody could read it"],
  ],
  [
    "a secret that must be given and is generated",
    "type: secret",
    "type: secret\n    required: true\n    generate: private-key",
    [
      "params.yaml:15:5: error: secret PASSWORD must be given, so it is never generated\n  leave out generate, or required: true",
    ],
  ],
  [
    "a secret of an unknown kind",
    "type: secret",
    "type: secret\n    generate: privatekey",
    [
      'params.yaml:14:15: error: parameters[2].generate: expected password or private-key, found the text "privatekey", did you mean "private-key"?',
    ],
  ],
  [
    "a text that is generated",
    "type: secret",
    "generate: password\n    default: x",
    [
      "params.yaml:13:5: error: PASSWORD is no secret, so it is not generated\n  leave it out, or declare type: secret",
    ],
  ],
  [
    "immutable without a value",
    "default: red\n    enum: [red, green]",
    "required: false\n    immutable: true",
    [
      "params.yaml:11:16: error: immutable COLOR has no default and is not required: it could never get a value after install",
    ],
  ],
  [
    "a name with a dash",
    "name: COLOR",
    "name: COL-OR",
    [
      'params.yaml:9:11: error: parameters[1].name: expected a name of at most 63 letters, digits and "_", not beginning with a digit, found the text "COL-OR"',
    ],
  ],
  [
    "a name that is a boolean",
    "name: COLOR",
    "name: y",
    [
      'params.yaml:9:11: error: parameters[1].name: expected a name of at most 63 letters, digits and "_", not beginning with a digit, found true\n  write it in quotes: "y"',
    ],
  ],
  [
    "a prototype's name",
    "name: COLOR",
    "name: __proto__",
    ["params.yaml:9:11: error: a parameter cannot be called __proto__"],
  ],
  [
    "a prototype's member",
    "name: COLOR",
    "name: constructor",
    ["params.yaml:9:11: error: a parameter cannot be called constructor"],
  ],
  [
    "a text for a boolean",
    "trigger: deploy",
    'required: "yes"',
    [
      'params.yaml:8:15: error: parameters[0].required: expected true or false, found the text "yes"',
    ],
  ],
  ["a list", PARAMS, "- name: COUNT\n", ["params.yaml:1:1: error: expected a map, found a list"]],
  [
    "another language",
    "groups:",
    "apiVersion: kudo.dev/v1beta1\ngroups:",
    [
      'params.yaml:1:13: error: apiVersion: expected kplan.dev/v1, found the text "kudo.dev/v1beta1"',
    ],
  ],
];

test.each(PARAMS_ROWS)("params.yaml: %s", (_, from, to, issues) => {
  expect(PARAMS).toContain(from);
  expect(said({ "params.yaml": PARAMS.replace(from, to) })).toEqual(issues);
});

test.each<[string, Record<string, string | Uint8Array | undefined>, string[]]>([
  [
    "no operator.yaml",
    { "operator.yaml": undefined },
    ["operator.yaml:1:1: error: the package has no operator.yaml"],
  ],
  [
    "operator.yml",
    { "operator.yaml": undefined, "operator.yml": OPERATOR },
    [
      "operator.yaml:1:1: error: the package has no operator.yaml\n  rename operator.yml to operator.yaml",
    ],
  ],
  [
    "a folder too high",
    {
      "operator.yaml": undefined,
      "params.yaml": undefined,
      "demo/operator.yaml": OPERATOR,
      "demo/params.yaml": PARAMS,
    },
    [
      "operator.yaml:1:1: error: the package has no operator.yaml\n  there is one in the folder demo",
      "params.yaml:1:1: error: the package has no params.yaml\n  there is one in the folder demo",
    ],
  ],
  [
    "no params.yaml",
    { "params.yaml": undefined },
    [
      "params.yaml:1:1: error: the package has no params.yaml\n  a package without parameters has an empty one",
    ],
  ],
  [
    "an empty operator.yaml",
    { "operator.yaml": "# nothing\n" },
    ["operator.yaml:1:1: error: operator.yaml is empty"],
  ],
  [
    "a list",
    { "operator.yaml": "- a\n" },
    ["operator.yaml:1:1: error: expected a map, found a list"],
  ],
  [
    "no YAML in either",
    { "operator.yaml": "a: [", "params.yaml": "b: }" },
    [
      "operator.yaml:1:5: error: not YAML: unexpected end of the stream within a flow collection",
      "params.yaml:1:4: error: not YAML: bad indentation of a mapping entry",
    ],
  ],
  [
    "two documents",
    { "operator.yaml": `${OPERATOR}---\na: 1\n` },
    ["operator.yaml:17:1: error: one document is expected, a second one begins here"],
  ],
  [
    "binary",
    { "operator.yaml": new Uint8Array([0xff, 0xfe, 0]) },
    ["operator.yaml:1:1: error: operator.yaml is not UTF-8 text"],
  ],
  [
    "a binary template",
    { "templates/a/x.bin": new Uint8Array([0xc0]) },
    ["templates/a/x.bin:1:1: error: templates/a/x.bin is not UTF-8 text"],
  ],
  [
    "problems in both files",
    {
      "operator.yaml": OPERATOR.replace("name: demo", "nam: demo\nurl: x"),
      "params.yaml": PARAMS.replace("integer", "int").replace("red\n", "5\n"),
    },
    [
      'operator.yaml:2:1: error: unknown field "nam", did you mean "name"?',
      'operator.yaml:3:6: error: url: expected a URL that begins with https:// or http://, found the text "x"',
      'params.yaml:5:11: error: parameters[0].type: expected string, integer, number, boolean, array, map or secret, found the text "int"',
      'params.yaml:10:14: error: default of COLOR: expected a text, found number 5\n  write it in quotes: "5"',
    ],
  ],
])("a package with %s", (_, changes, issues) => {
  expect(said(changes)).toEqual(issues);
  expect(load(changes).pkg).toBeUndefined();
});

test("a right package says everything that was left out", () => {
  const { pkg, issues } = load({ "templates/sub/a.txt": "x", "README.md": "y" });
  expect(issues).toEqual([]);
  expect(pkg?.dialect).toBe("native");
  expect(pkg?.operator).toEqual({
    name: "demo",
    operatorVersion: "0.1.0",
    maintainers: [],
    tasks: [{ kind: "Apply", name: "config", resources: ["config.yaml"] }],
    plans: [
      {
        name: "deploy",
        strategy: "serial",
        phases: [
          {
            name: "main",
            strategy: "serial",
            steps: [{ name: "config", strategy: "serial", tasks: ["config"] }],
          },
        ],
      },
    ],
  });
  expect(pkg?.parameters).toMatchObject([
    {
      name: "COUNT",
      type: "integer",
      required: true,
      immutable: false,
      default: 3,
      at: { file: "params.yaml", line: 4, col: 11 },
    },
    { name: "COLOR", type: "string", required: true, enum: ["red", "green"] },
    { name: "PASSWORD", type: "secret", required: false },
  ]);
  expect(pkg?.groups).toEqual([{ name: "size" }]);
  expect([...(pkg?.templates.keys() ?? [])]).toEqual(["config.yaml", "sub/a.txt"]);
  expect(pkg?.placeOf("operator.yaml", ["plans", "deploy", "phases", 0, "name"])).toEqual({
    file: "operator.yaml",
    line: 12,
    col: 15,
  });
  expect(pkg?.placeOf("templates/config.yaml", [])).toEqual({
    file: "templates/config.yaml",
    line: 1,
    col: 1,
  });
});

test("durations, a Dummy task and empty params.yaml", () => {
  const operator = OPERATOR.replace(
    "tasks: [config]",
    "tasks: [config, rest]\n            timeout: 1h30m\n            noActivity: 90s",
  ).replace("plans:", "  - {name: rest, kind: Dummy, spec: {wantErr: true}}\nplans:");
  const { pkg, issues } = load({ "operator.yaml": operator, "params.yaml": "" });
  expect(issues).toEqual([]);
  expect(pkg?.operator.tasks[1]).toEqual({
    kind: "Dummy",
    name: "rest",
    wantErr: true,
    fatal: false,
    done: true,
  });
  expect(pkg?.operator.plans[0]?.phases[0]?.steps[0]).toMatchObject({
    timeout: 5_400_000,
    noActivity: 90_000,
  });
  expect(pkg?.parameters).toEqual([]);
});

test("a package that is understood in spite of its errors is a draft", () => {
  const loaded = load({ "operator.yaml": OPERATOR.replace("name: demo", "name: demo\nfoo: 1") });
  expect(loaded.pkg).toBeUndefined();
  expect(loaded.draft?.operator.name).toBe("demo");
});

test("the digest is that of the paths and contents, whatever their order", () => {
  const one = loadPackage(
    "a",
    new Map([
      ["operator.yaml", bytes(OPERATOR)],
      ["params.yaml", bytes("")],
    ]),
  ).pkg?.digest;
  const two = loadPackage(
    "b",
    new Map([
      ["params.yaml", bytes("")],
      ["operator.yaml", bytes(OPERATOR)],
    ]),
  ).pkg?.digest;
  const other = loadPackage(
    "b",
    new Map([
      ["params.yaml", bytes("#")],
      ["operator.yaml", bytes(OPERATOR)],
    ]),
  ).pkg?.digest;
  expect(one).toMatch(/^[0-9a-f]{64}$/);
  expect(two).toBe(one);
  expect(other).not.toBe(one);
});
