import { expect, test } from "vitest";
import { formatIssue } from "../../model/issue.ts";
import { loadPackage } from "../../package/load-package.ts";
import { verifyPackage } from "../verify-package.ts";
import { PARAM_CHECKS, readParamChecks } from "./rules/param-checks.ts";

const CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: ";

/** What verify says of a package with these files; without its own operator.yaml one plan applies all templates. What was said when it was read is left out. */
function said(
  files: Readonly<Record<string, string>>,
  checks: Parameters<typeof verifyPackage>[1] = {},
): string[] {
  const templates = Object.keys(files).flatMap((path) =>
    path.startsWith("templates/") ? path.slice("templates/".length) : [],
  );
  const operator = `apiVersion: kudo.dev/v1beta1
name: demo
operatorVersion: 0.1.0
kubernetesVersion: 1.16.0
tasks: [{name: all, kind: Apply, spec: {resources: [${templates.join(", ")}]}}]
plans: {deploy: {strategy: serial, phases: [{name: p, steps: [{name: s, tasks: [all]}]}]}}
`;
  const all = { "operator.yaml": operator, "params.yaml": "", ...files };
  const bytes = new Map(
    Object.entries(all).map(([path, text]) => [path, new TextEncoder().encode(text)]),
  );
  const { pkg, draft } = loadPackage("demo", bytes);
  const understood = pkg ?? draft;
  if (!understood) throw new Error("the package was not loaded");
  return verifyPackage(understood, checks).map(formatIssue);
}

const template = (text: string) => ({ "templates/t.yaml": text });
const config = (value: string) => template(`${CONFIG}${value}}\n`);
const operator = (text: string) => ({ "operator.yaml": `apiVersion: kudo.dev/v1beta1\n${text}` });
const HEAD = "name: demo\noperatorVersion: 0.1.0\nkubernetesVersion: 1.16.0\n";
const params = (text: string) => ({ "params.yaml": `parameters:\n${text}` });

test.each<[string, Readonly<Record<string, string>>, string[]]>([
  ["a right package", config("x"), []],
  [
    "names of parameters",
    {
      ...params(
        "- {name: A, trigger: deploy}\n- {name: a, trigger: deploy}\n- {name: 'b;,', trigger: deploy}\n",
      ),
      ...config("x"),
    },
    [
      'params.yaml:3:10: error: parameter "a" has a duplicate',
      `params.yaml:4:10: error: parameter "b;," contains invalid character ';'`,
      `params.yaml:4:10: error: parameter "b;," contains invalid character ','`,
    ],
  ],
  [
    "versions that are missing, or none",
    operator("name: demo\noperatorVersion: abc\nappVersion: 1.2.3.4\nplans: {deploy: {}}\n"),
    [
      'operator.yaml:3:18: error: unable to parse "operatorVersion": Invalid Semantic Version',
      'operator.yaml:1:1: error: "kubernetesVersion" is required and must be semver',
      'operator.yaml:4:13: error: unable to parse "appVersion": Invalid Semantic Version',
    ],
  ],
  [
    "versions that KUDO takes",
    operator(
      "name: demo\noperatorVersion: '1'\nappVersion: 01.2.3\nkubernetesVersion: v1.16\nkudoVersion: 0.15.0-rc1\nplans: {deploy: {}}\n",
    ),
    [],
  ],
  [
    "tasks",
    operator(`${HEAD}tasks:
- {name: none, kind: Apply, spec: {resources: []}}
- {name: idle, kind: Dummy}
plans: {deploy: {phases: [{name: p, steps: [{name: s, tasks: [none, nope]}]}]}}
`),
    [
      "operator.yaml:6:35: error: task none has no resources; a task that does nothing is a Dummy with `done: true`",
      'operator.yaml:8:69: error: task "nope" in plan "deploy" is not defined\n  did you mean "none"?',
      'operator.yaml:7:10: warning: task "idle" defined but not used',
    ],
  ],
  [
    "plans",
    { ...operator(`${HEAD}plans: {depoly: {}}\n`), ...params("- {name: A, trigger: updat}\n") },
    [
      'params.yaml:2:22: error: plan "updat" used in parameter "A" is not defined',
      'operator.yaml:5:1: error: an operator is required to have a plan "deploy"\n  did you mean "depoly"?',
    ],
  ],
  [
    "parameters that templates name",
    {
      ...params(
        "- {name: USED, default: x}\n- {name: UNUSED, default: x}\n- {name: WAKES, default: x, trigger: deploy}\n",
      ),
      ...config(
        '{{ .Params.USED }}{{ if .Params.USD }}{{ printf "%s-%s" .Name $.Params.LATE }}{{ end }}',
      ),
    },
    [
      'templates/t.yaml:4:42: error: parameter "USD" in template t.yaml is not defined\n  did you mean "USED"?',
      'templates/t.yaml:4:74: error: parameter "LATE" in template t.yaml is not defined',
      'params.yaml:3:10: warning: parameter "UNUSED" defined but not used.',
    ],
  ],
  [
    "the dot in a range is an item, whatever KUDO said (D-13)",
    {
      ...params("- {name: L, type: array, default: [{host: a}]}\n- {name: X, default: x}\n"),
      ...config(
        '"{{ range .Params.L }}{{ .host }}{{ $.Params.X }}{{ else }}{{ .Params.NONE }}{{ end }}"',
      ),
    },
    ['templates/t.yaml:4:80: error: parameter "NONE" in template t.yaml is not defined'],
  ],
  [
    "names behind the first one, in parentheses and in variables (D-13)",
    {
      ...params("- {name: X, default: 1}\n"),
      ...config(
        '"{{ $root := . }}{{ $i := 1 }}{{ add $i .Params.X }}{{ (index $root.Params "Y") }}{{ with $root.Params }}{{ .Z }}{{ end }}"',
      ),
    },
    [
      'templates/t.yaml:4:86: error: parameter "Y" in template t.yaml is not defined\n  did you mean "X"?',
      'templates/t.yaml:4:119: error: parameter "Z" in template t.yaml is not defined\n  did you mean "X"?',
    ],
  ],
  [
    "templates within templates",
    {
      ...params("- {name: X, default: 1}\n"),
      ...config(
        '{{ define "a" }}{{ .X }}{{ .Q }}{{ end }}{{ template "a" .Params }}{{ block "b" . }}{{ .Nam }}{{ end }}',
      ),
    },
    [
      'templates/t.yaml:4:38: error: parameter "Q" in template t.yaml is not defined\n  did you mean "X"?',
      'templates/t.yaml:4:98: error: built-in "Nam" in template t.yaml is not defined\n  did you mean "Name"?',
    ],
  ],
  [
    "all parameters at once",
    { ...params("- {name: X, default: 1}\n"), ...config("{{ toYaml .Params | quote }}") },
    [],
  ],
  [
    "built-in names, and files of pipes",
    {
      ...operator(`${HEAD}tasks:
- {name: pipe, kind: Pipe, spec: {pod: pod.yaml, pipe: [{file: /tmp/a, kind: Secret, key: cert}]}}
- {name: use, kind: Apply, spec: {resources: [t.yaml]}}
plans: {deploy: {phases: [{name: p, steps: [{name: a, tasks: [pipe]}, {name: b, tasks: [use]}]}]}}
`),
      "templates/pod.yaml":
        "apiVersion: v1\nkind: Pod\nspec: {volumes: [{name: v, emptyDir: {}}], initContainers: [{name: i, image: i, volumeMounts: [{name: v, mountPath: /tmp}]}]}\n",
      ...config("'{{ .Pipes.cert }}{{ .Pipes.key }}{{ .StepNumber }}{{ .StepName }}'"),
    },
    [
      'templates/t.yaml:4:48: error: built-in "StepNumber" in template t.yaml is not defined\n  did you mean "StepName"?',
      'templates/t.yaml:4:38: error: pipe "key" in template t.yaml is not defined',
    ],
  ],
  [
    "a pod that KUDO would not take for a Pipe",
    {
      ...operator(`${HEAD}tasks:
- {name: pipe, kind: Pipe, spec: {pod: pod.yaml, pipe: [{file: /tmp/a, kind: Secret, key: cert}]}}
plans: {deploy: {phases: [{name: p, steps: [{name: a, tasks: [pipe]}]}]}}
`),
      "templates/pod.yaml": "apiVersion: v1\nkind: Pod\n",
    },
    [
      "templates/pod.yaml:1:1: error: task pipe, template pod.yaml: the pod must have one init container, and only one",
    ],
  ],
  [
    "a Toggle of nothing",
    {
      ...operator(`${HEAD}tasks: [{name: t, kind: Toggle, spec: {resources: [t.yaml], parameter: SWITCH}}]
plans: {deploy: {phases: [{name: p, steps: [{name: s, tasks: [t]}]}]}}
`),
      ...config("x"),
    },
    ['operator.yaml:5:72: error: parameter "SWITCH" in task t is not defined'],
  ],
  [
    "values",
    {
      ...params(`- {name: LATE, trigger: deploy, immutable: true, required: false}
- {name: NONE, trigger: deploy, enum: []}
- {name: INT, trigger: deploy, type: integer, enum: [1, x], default: 3}
- {name: PLAIN, trigger: deploy, type: integer, default: 3}
- {name: TEXT, trigger: deploy, type: string, default: 3}
- {name: FLAG, trigger: deploy, type: boolean, default: maybe}
- {name: LIST, trigger: deploy, type: array, default: {a: 1}}
`),
      ...config("x"),
    },
    [
      'params.yaml:2:10: error: parameter "LATE" is immutable but is not marked as required or has a default value',
      'params.yaml:3:39: error: parameter "NONE" has an enum without values',
      'params.yaml:4:57: error: parameter INT: expected an integer, found the text "x"',
      'params.yaml:4:70: error: parameter "INT" has a default value "3" that is not in its enum: "1", "x"',
      'params.yaml:7:57: error: parameter FLAG: expected true or false, found the text "maybe"',
      "params.yaml:8:55: error: parameter LIST: expected a list, found a map",
    ],
  ],
  [
    "groups",
    {
      "params.yaml": `groups: [{name: net}, {name: net}, {name: a/b}]
parameters:
- {name: A, trigger: deploy, group: nett}
- {name: B, trigger: deploy, group: x/y}
- {name: C, trigger: deploy, advanced: true}
- {name: D, trigger: deploy, group: net}
`,
      ...config("x"),
    },
    [
      'params.yaml:1:30: error: group "net" has a duplicate',
      `params.yaml:1:43: error: group "a/b" contains invalid character '/'`,
      'params.yaml:3:37: error: parameter "A" is in group "nett", which is not declared, did you mean "net"?',
      `params.yaml:4:37: error: parameter "B": group "x/y" contains invalid character '/'`,
      'params.yaml:5:10: error: parameter "C" is advanced, required and has no default',
    ],
  ],
  [
    "a template that does not parse",
    config("{{ if }}"),
    ["templates/t.yaml:4:17: error: template: t.yaml:4: missing value for if"],
  ],
  [
    "a template that does not render, and one that renders no object",
    { ...template('{{ fail "no" }}'), "templates/u.yaml": "a: b\n" },
    [
      'templates/t.yaml:1:4: error: template: t.yaml:1:3: executing "t.yaml" at <fail "no">: error calling fail: no',
      "templates/u.yaml (rendered):1:1: error: the object has no apiVersion, at: a: b",
    ],
  ],
  [
    "a template that nothing uses is rendered as well",
    {
      ...operator(`${HEAD}plans: {deploy: {}}\n`),
      ...config("{{ atoi .Name }}{{ .Params.X }}"),
      "templates/u.yaml": "{{ index (list) 1 }}",
    },
    [
      'templates/t.yaml:4:37: error: parameter "X" in template t.yaml is not defined',
      'templates/t.yaml:1:1: warning: template "t.yaml" is not referenced from any task',
      'templates/u.yaml:1:1: warning: template "u.yaml" is not referenced from any task',
      'templates/u.yaml:1:4: error: template: u.yaml:1:3: executing "u.yaml" at <index (list) 1>: error calling index: index out of range: 1',
    ],
  ],
  [
    "a file of parameters is no object, and belongs to no plan",
    {
      ...operator(`${HEAD}tasks: [{name: k, kind: KudoOperator, spec: {package: other, parameterFile: t.yaml}}, {name: l, kind: KudoOperator, spec: {package: other, parameterFile: u.yaml}}, {name: m, kind: KudoOperator, spec: {package: other, parameterFile: v.yaml}}]
plans: {deploy: {phases: [{name: p, steps: [{name: s, tasks: [k, l, m]}]}]}}
`),
      ...template("A: '{{ .Name }}'\n"),
      "templates/u.yaml": "A: '{{ .PlanName }}'\n",
      "templates/v.yaml": "- a\n",
    },
    [
      'templates/u.yaml:1:8: error: built-in "PlanName" in template u.yaml is not defined\n  the template is rendered outside of plans',
      "templates/v.yaml (rendered):1:1: error: a file of parameters is a map",
    ],
  ],
  [
    "namespaces",
    {
      ...operator(`${HEAD}namespaceManifest: ns.yaml
tasks: [{name: t, kind: Apply, spec: {resources: [t.yaml]}}]
plans: {deploy: {phases: [{name: p, steps: [{name: s, tasks: [t]}]}]}}
`),
      "templates/ns.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one}\n",
      ...template("apiVersion: v1\nkind: Namespace\nmetadata: {name: one}\n"),
    },
    [
      'templates/t.yaml:2:1: error: template "t.yaml" contains a Namespace; only the namespaceManifest may',
      'templates/ns.yaml:1:1: error: template "ns.yaml" must hold exactly one object, of kind Namespace',
    ],
  ],
  [
    "a ConfigMap whose files stand beside it",
    template("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one}\nstop.sh: exit\n"),
    [
      "templates/t.yaml (rendered):1:1: warning: ConfigMap one has no data and no binaryData: stop.sh stands beside it, where the server passes over it",
    ],
  ],
  [
    "APIs that are gone",
    {
      ...template(
        "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n---\napiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata: {name: b}\nspec: {maxUnavailable: 1, selector: {}}\n",
      ),
      "templates/u.yaml":
        "apiVersion: admissionregistration.k8s.io/v1beta1\nkind: ValidatingWebhookConfiguration\nmetadata: {name: w}\nwebhooks: [{name: w.example.com}]\n",
    },
    [
      "templates/t.yaml:5:13: warning: PodDisruptionBudget b is of policy/v1beta1, which Kubernetes 1.34 does not serve; there it is applied as policy/v1; its empty selector is left out, because it would choose every pod of the namespace now and chose none before",
      "templates/u.yaml:1:13: warning: ValidatingWebhookConfiguration w cannot be converted from admissionregistration.k8s.io/v1beta1 to admissionregistration.k8s.io/v1: webhook w.example.com has sideEffects Unknown, which v1 does not take; it cannot be applied to Kubernetes 1.34\n  if a dry run does nothing through it, write sideEffects: None",
    ],
  ],
  [
    "two templates of one object are a warning",
    { ...config("x"), "templates/u.yaml": `${CONFIG}y}\n` },
    [
      "operator.yaml:5:61: warning: templates/t.yaml and templates/u.yaml both render ConfigMap c in step deploy.p.s: the one would overwrite the other",
    ],
  ],
])("%s", (_, files, expected) => {
  expect(said(files)).toEqual(expected);
});

test("how parameters are described", () => {
  const files = {
    "params.yaml": `groups: [{name: net, description: about net}]
parameters:
- {name: A, trigger: deploy, displayName: "colour:", hint: A colour, description: the colour}
- {name: B, trigger: deploy, displayName: B, hint: It is., description: It is (so), type: string, group: net}
`,
    ...config("x"),
  };
  expect(said(files)).toEqual([]);
  expect(said(files, { paramChecks: readParamChecks("all") })).toEqual(
    [
      '3:10: warning: parameter "A" has a displayName that does not start with a capital letter',
      `3:10: warning: parameter "A" has a displayName that ends with ':'`,
      `3:10: warning: parameter "A" has a hint that does not end with '.'`,
      '3:10: warning: parameter "A" has a description that does not start with a capital letter',
      '3:10: warning: parameter "A" has a description that ends with none of . ! ? )',
      '3:10: warning: parameter "A" has no type',
      '3:10: warning: parameter "A" has no group',
      '1:17: warning: group "net" has no displayName',
      '1:17: warning: group "net" has a description that does not start with a capital letter',
      '1:17: warning: group "net" has a description that ends with none of . ! ? )',
    ].map((line) => `params.yaml:${line}`),
  );
  expect(said(files, { paramChecks: readParamChecks("type, hasgroup") })).toHaveLength(2);
  expect(readParamChecks("")).toEqual([]);
  expect(readParamChecks("all")).toEqual(PARAM_CHECKS);
  expect(() => readParamChecks("hints")).toThrow(
    '--param-checks: there is no check "hints", did you mean "hint"?',
  );
});
