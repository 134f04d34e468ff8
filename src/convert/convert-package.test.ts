import { load } from "js-yaml";
import { expect, test } from "vitest";
import { formatIssue } from "../model/issue.ts";
import { loadPackage } from "../package/load-package.ts";
import { convertPackage } from "./convert-package.ts";

const HEAD = `apiVersion: kudo.dev/v1beta1
name: demo
operatorVersion: 0.1.0
kubernetesVersion: 1.16.0
`;
const CONFIG = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: "{{ .Name }}"}\ndata:\n';

function made(files: Readonly<Record<string, string>>) {
  const bytes = new Map(
    Object.entries(files).map(([path, text]) => [path, new TextEncoder().encode(text)]),
  );
  const { pkg, issues } = loadPackage("demo", bytes);
  if (!pkg) throw new Error(issues.map(formatIssue).join("\n"));
  const { files: written, issues: found, proved } = convertPackage(pkg);
  const text = (path: string): string => new TextDecoder().decode(written.get(path));
  return {
    said: found.map(formatIssue),
    proved: [...proved.keys()],
    paths: [...written.keys()],
    text,
    yaml: (path: string) => load(text(path)),
  };
}

const PLANS = `plans:
  deploy:
    phases:
      - name: p
        strategy: serial
        steps: [{name: s, tasks: [all]}, {name: empty, tasks: []}]
      - {name: p, steps: [{name: again, tasks: [all]}]}
  nothing: {}
`;

test("strategies, Toggles, empty plans and names given twice", () => {
  const { yaml, said } = made({
    "operator.yaml": `${HEAD}kudoVersion: 0.12.0
tasks:
  - {name: all, kind: Apply, spec: {resources: [a.yaml, a.yaml]}}
  - {name: flag, kind: Toggle, spec: {resources: [a.yaml], parameter: FLAG}}
  - {name: text, kind: Toggle, spec: {resources: [a.yaml], parameter: TEXT}}
  - {name: idle, kind: Dummy}
plans:
  deploy:
    phases:
      - name: p
        strategy: serial
        steps: [{name: s, tasks: [all]}, {name: empty, tasks: []}, {name: t, tasks: [flag]}, {name: u, tasks: [text, idle]}]
      - {name: p, steps: [{name: again, tasks: [all]}]}
  nothing: {}
`,
    "params.yaml": `parameters:
  - {name: FLAG, type: boolean, default: true, advanced: true}
  - {name: TEXT, default: "false"}
`,
    "templates/a.yaml": `${CONFIG}  a: b\n`,
  });
  expect(yaml("operator.yaml")).toEqual({
    apiVersion: "kplan.dev/v1",
    name: "demo",
    operatorVersion: "0.1.0",
    kubernetesVersion: "1.16.0",
    tasks: [
      { name: "all", kind: "Apply", spec: { resources: ["a.yaml"] } },
      { name: "flag", kind: "Apply", when: "Params.FLAG", spec: { resources: ["a.yaml"] } },
      { name: "flag-off", kind: "Delete", when: "!Params.FLAG", spec: { resources: ["a.yaml"] } },
      {
        name: "text",
        kind: "Apply",
        when: expect.stringMatching(/^Params\.TEXT in \["1"/),
        spec: { resources: ["a.yaml"] },
      },
      {
        name: "text-off",
        kind: "Delete",
        when: expect.stringMatching(/^Params\.TEXT in \["0"/),
        spec: { resources: ["a.yaml"] },
      },
      { name: "idle", kind: "Dummy", spec: { done: false } },
      { name: "nothing", kind: "Dummy", spec: { done: true } },
    ],
    plans: {
      deploy: {
        strategy: "parallel",
        phases: [
          {
            name: "p",
            strategy: "serial",
            steps: [
              { name: "s", tasks: ["all"] },
              { name: "t", strategy: "parallel", tasks: ["flag", "flag-off"] },
              { name: "u", strategy: "parallel", tasks: ["text", "text-off", "idle"] },
            ],
          },
        ],
      },
      nothing: { phases: [{ name: "nothing", steps: [{ name: "nothing", tasks: ["nothing"] }] }] },
    },
  });
  expect(said).toEqual([
    "operator.yaml:5:14: warning: kudoVersion is left out",
    "params.yaml:2:12: warning: parameter FLAG: advanced is left out",
    "operator.yaml:16:111: warning: the tasks of step deploy.p.u begin at the same time; in KUDO they began in their order",
  ]);
});

test("parameters get the types that their texts allow", () => {
  const { yaml } = made({
    "operator.yaml": `${HEAD}tasks: [{name: all, kind: Dummy, spec: {done: true}}]\n${PLANS}`,
    "params.yaml": `parameters:
  - {name: INT, type: integer, default: "3", enum: [1, "3"], trigger: deploy, immutable: true}
  - {name: MUCH, type: integer, default: 1000000}
  - {name: NUMBER, type: number, default: 0.5}
  - {name: FLAG, type: boolean, default: "t"}
  - {name: REAL, type: boolean, default: yes}
  - {name: PLAIN, default: 3}
  - {name: OPTIONAL, type: integer, required: false}
  - {name: GIVEN, type: integer, displayName: Given, description: It is., hint: x, group: g}
  - {name: LIST, type: array}
  - {name: MAP, type: map, default: {a: 1}}
`,
  });
  const { parameters } = yaml("params.yaml") as { parameters: unknown };
  expect(parameters).toEqual([
    { name: "INT", type: "integer", default: 3, enum: [1, 3], immutable: true, trigger: "deploy" },
    { name: "MUCH", type: "string", default: "1e+06" },
    { name: "NUMBER", type: "number", default: 0.5 },
    { name: "FLAG", type: "string", default: "t" },
    { name: "REAL", type: "boolean", default: true },
    { name: "PLAIN", type: "string", default: "3" },
    { name: "OPTIONAL", type: "string", default: "", required: false },
    {
      name: "GIVEN",
      displayName: "Given",
      description: "It is.",
      hint: "x",
      group: "g",
      type: "integer",
    },
    { name: "LIST", type: "array", required: false },
    { name: "MAP", type: "map", default: { a: 1 } },
  ]);
});

test("a template that differs stays in Go, and what differs is said", () => {
  const { said, proved, paths, text } = made({
    "operator.yaml": `${HEAD}tasks: [{name: all, kind: Apply, spec: {resources: [a.yaml, b.yaml, c.yaml]}}]\n${PLANS}`,
    "params.yaml": "parameters: [{name: L, type: array, default: [1000000]}]\n",
    "templates/a.yaml": `${CONFIG}  a: "{{ range .Params.L }}{{ . }}{{ end }}"\n`,
    "templates/b.yaml": `${CONFIG}  a: |\n    {{ if .Params.L }}\n    x\n    {{ end }}\n    y\n`,
    "templates/c.yaml": `${CONFIG}  a: b\n  {{ if eq .StepName "s" }}c: d{{ end }}\n`,
  });
  expect(said.filter((line) => line.includes("error"))).toEqual([
    'templates/a.yaml:1:1: error: templates/a.yaml is not converted: with the defaults in deploy.p.s, the objects[0].data.a would be "1000000" instead of "1e+06"',
  ]);
  expect(proved).toEqual(["b.yaml", "c.yaml"]);
  expect(paths).toContain("go-templates/a.yaml");
  // The lines of the tags are part of the value.
  expect(text("templates/b.yaml")).toContain("{{!}}{{#if Params.L}}");
  expect(text("templates/c.yaml")).toContain('{{#if (eq StepName "s")}}c: d{{/if}}');
});

test("what is deleted and applied in one step has lost its order", () => {
  const { said } = made({
    "operator.yaml": `${HEAD}tasks:
  - {name: away, kind: Delete, spec: {resources: [a.yaml]}}
  - {name: all, kind: Apply, spec: {resources: [a.yaml]}}
plans: {deploy: {phases: [{name: p, steps: [{name: s, tasks: [away, all]}]}]}}
`,
    "params.yaml": "",
    "templates/a.yaml":
      "apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata: {name: a}\nspec: {minAvailable: 1}\n",
  });
  expect(said).toEqual([
    "operator.yaml:8:62: warning: the tasks of step deploy.p.s begin at the same time; in KUDO they began in their order",
    "templates/a.yaml:1:13: warning: PodDisruptionBudget a is of policy/v1beta1, which Kubernetes 1.34 does not serve; a native package is applied as it is written\n  write the newer version, or give --api-upgrade on",
    "operator.yaml:8:63: error: tasks away and all of step deploy.p.s delete and apply the same object, and begin at the same time in native packages",
  ]);
});
