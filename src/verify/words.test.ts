import fc from "fast-check";
import { expect, test } from "vitest";
import { formatIssue } from "../model/issue.ts";
import { loadPackage } from "../package/load-package.ts";
import { verifyPackage } from "./verify-package.ts";

// What is said of conditions, gates, rollouts, commands, facts and meters that a package has wrong.

const OPERATOR = `apiVersion: kplan.dev/v1
name: demo
operatorVersion: 0.1.0
meter:
  pod: meter.yaml
  container: load
tasks:
  - name: look
    kind: Exec
    spec:
      pods: app={{Name}}
      command: [look, "{{Params.LEVEL}}"]
  - name: found
    kind: Exec
    spec:
      pod: "{{Name}}-0"
      command: [found, "{{Record.token}}"]
      record: {name: "{{Name}}-founded"}
  - name: members
    kind: Apply
    when: has(Facts.look)
    spec:
      resources: [set.yaml]
  - name: config
    kind: Apply
    spec:
      resources: [config.yaml]
plans:
  deploy:
    require:
      - id: odd
        expression: Params.COUNT % 2 == 1
        message: "{{Params.COUNT}} is even."
    phases:
      - name: main
        steps:
          - name: look
            tasks: [look]
          - name: members
            when: Facts.look.state == "new"
            tasks: [members, config, found]
            rollout: {}
            meter: true
            gate:
              client: [db, -e]
              sql: SELECT ready, size FROM state
              expect:
                - all: Values.size == Expected && Pod.ordinal < Params.COUNT
                - count: Values.ready == 1
                  min: Expected - 1
                - same: size
              slowWhen: Pods.exists(p, p.values.size > 9)
`;
const FILES: Readonly<Record<string, string>> = {
  "operator.yaml": OPERATOR,
  "params.yaml": `parameters:
  - {name: COUNT, type: integer, default: 3}
  - {name: LEVEL, default: low}
  - {name: PASSWORD, type: secret}
`,
  "templates/set.yaml": `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: "{{Name}}"}
spec:
  podManagementPolicy: Parallel
  replicas: {{Params.COUNT}}
  template:
    spec:
      containers:
        - name: main
          env: [{name: P, valueFrom: {secretKeyRef: {name: "{{Params.PASSWORD.name}}", key: P}}}]
`,
  "templates/config.yaml": `apiVersion: v1
kind: ConfigMap
metadata: {name: "{{Name}}-config"}
data: {uuid: "{{Facts.look.uuid}}"}
`,
  "templates/meter.yaml": `apiVersion: v1
kind: Pod
metadata: {name: "{{Name}}-meter"}
spec: {containers: [{name: load, image: db}]}
`,
};

/** What is said of the package with some texts of its files replaced by others. */
function said(file: string, ...changes: readonly (readonly [from: string, to: string])[]) {
  const text = changes.reduce((before, [from, to]) => {
    expect(before).toContain(from);
    return before.replace(from, to);
  }, FILES[file] ?? "");
  const files = Object.entries({ ...FILES, [file]: text }).map(
    ([path, content]) => [path, new TextEncoder().encode(content)] as const,
  );
  const { pkg, draft, issues } = loadPackage("demo", new Map(files));
  const understood = pkg ?? draft;
  return [...issues, ...(understood ? verifyPackage(understood) : [])].map(formatIssue);
}

test("a right package", () => {
  expect(said("operator.yaml")).toEqual([]);
});

type Row = [what: string, from: string, to: string, said: string[], file?: string];

const EXPRESSIONS: readonly Row[] = [
  [
    "an expression that does not parse",
    'Facts.look.state == "new"',
    'Facts.look.state = "new"',
    ["operator.yaml:40:36: error: when: unexpected character: ="],
  ],
  [
    "an expression in quotes that does not parse",
    "expression: Params.COUNT % 2 == 1",
    'expression: "Params.COUNT % 2 == "',
    ["operator.yaml:32:42: error: expression: unexpected token: the end"],
  ],
  [
    "a block of an expression, at its line",
    "slowWhen: Pods.exists(p, p.values.size > 9)",
    "slowWhen: |\n                true &&\n                  Pod.exists(p, true)",
    ['operator.yaml:54:19: error: slowWhen: there is no Pod, did you mean "Pods"?'],
  ],
  [
    "a parameter that is not declared",
    "Params.COUNT % 2",
    "Params.CUONT % 2",
    [
      'operator.yaml:32:21: error: expression: no parameter CUONT is declared in params.yaml, did you mean "COUNT"?',
    ],
  ],
  [
    "a member of a number",
    "Params.COUNT % 2 == 1",
    "Params.COUNT.size == 1",
    ["operator.yaml:32:21: error: expression: Params.COUNT is an integer: it has no member size"],
  ],
  [
    "a capability that there is not",
    "Params.COUNT % 2 == 1",
    "Capabilities.KubeVersion.Mayor > 0",
    [
      'operator.yaml:32:21: error: expression: Capabilities.KubeVersion has no Mayor, did you mean "Major"?',
    ],
  ],
  [
    "the fact of a task that is not there",
    'Facts.look.state == "new"',
    'Facts.lok.state == "new"',
    [
      'operator.yaml:40:19: error: when: Facts.lok: there is no task lok of kind Exec, did you mean "look"?',
    ],
  ],
  [
    "the fact of a task that finds nothing out",
    'Facts.look.state == "new"',
    "has(Facts.config)",
    [
      "operator.yaml:40:23: error: when: Facts.config: task config is of kind Apply, which finds nothing out",
    ],
  ],
  [
    "what only a gate knows",
    "has(Facts.look)",
    "size(Pods) > 0",
    ["operator.yaml:21:16: error: when: there is no Pods; there is Params, Facts, Capabilities"],
  ],
  [
    "a condition that is a number",
    "has(Facts.look)",
    "1 + 2",
    [
      "operator.yaml:21:11: error: when: expected a condition, true or false, the expression gives int",
    ],
  ],
  [
    "a number that is a condition",
    "min: Expected - 1",
    "min: Expected > 1",
    ["operator.yaml:50:24: error: min: expected a whole number, the expression gives bool"],
  ],
  [
    "members that a pod does not have",
    "Pod.ordinal",
    "Pod.number",
    ["operator.yaml:48:51: error: all: Pod has no number"],
  ],
];

const TEXTS: readonly Row[] = [
  [
    "a template in a command that does not parse",
    "{{Params.LEVEL}}",
    "{{Params.LEVEL",
    ["operator.yaml:12:33: error: the tag is not closed: }} is missing"],
  ],
  [
    "a parameter in a message that is not declared",
    "{{Params.COUNT}} is even",
    "{{Params.CONT}} is even",
    [
      'operator.yaml:33:21: error: no parameter CONT is declared in params.yaml, did you mean "COUNT"?',
    ],
  ],
  [
    "a record where there is none",
    "pods: app={{Name}}",
    "pods: app={{Record.state}}",
    ["operator.yaml:11:19: error: there is no Record"],
  ],
  [
    "a fact in a command that no task finds out",
    "client: [db, -e]",
    "client: [db, '{{Facts.lock.x}}']",
    [
      'operator.yaml:45:31: error: Facts.lock: there is no task lock of kind Exec, did you mean "look"?',
    ],
  ],
  [
    "a fact in a template that no task finds out",
    "Facts.look.uuid",
    "Facts.lock.uuid",
    [
      'templates/config.yaml:4:17: error: Facts.lock: there is no task lock of kind Exec, did you mean "look"?',
    ],
    "templates/config.yaml",
  ],
];

const ORDER: readonly Row[] = [
  [
    "a fact that a step finds out later",
    '[look]\n          - name: members\n            when: Facts.look.state == "new"\n            tasks: [members, config, found]',
    "[found]\n          - name: members\n            tasks: [config, look, members]",
    [
      "templates/config.yaml:4:17: error: Facts.look is read in step deploy.main.members, before task look of step deploy.main.members has found it out",
    ],
  ],
  [
    "a fact that a plan never finds out",
    "          - name: look\n            tasks: [look]\n",
    "",
    [
      "operator.yaml:38:19: error: Facts.look is read in step deploy.main.members, and plan deploy never runs task look, which finds it out",
      "templates/config.yaml:4:17: error: Facts.look is read in step deploy.main.members, and plan deploy never runs task look, which finds it out",
      'operator.yaml:8:11: warning: task "look" is named by no step',
    ],
  ],
  [
    "a fact that is not known when a plan begins",
    "expression: Params.COUNT % 2 == 1",
    "expression: Params.COUNT % 2 == 1 || Facts.look.x",
    [
      "operator.yaml:32:46: error: Facts.look is not known before plan deploy begins: task look is not recorded (record: with once: ever)",
    ],
  ],
  [
    "a fact that is on record for ever",
    "expression: Params.COUNT % 2 == 1",
    "expression: Params.COUNT % 2 == 1 || Facts.found.x",
    [],
  ],
  [
    "a fact that a meter reads before it is found out",
    "{{Name}}-meter",
    "{{Name}}-{{Facts.found.x}}-{{Facts.look.x}}-meter",
    [],
    "templates/meter.yaml",
  ],
  [
    "a fact whose task may be skipped",
    "- name: look\n            tasks",
    "- name: look\n            when: Params.COUNT > 1\n            tasks",
    [
      "operator.yaml:41:19: warning: Facts.look is read in step deploy.main.members, and task look may have been skipped (when: Params.COUNT > 1)\n  ask for it: has(Facts.look), or {{#if Facts.look}} in a template",
      "templates/config.yaml:4:17: warning: Facts.look is read in step deploy.main.members, and task look may have been skipped (when: Params.COUNT > 1)\n  ask for it: has(Facts.look), or {{#if Facts.look}} in a template",
    ],
  ],
  [
    "a fact that is read under the same condition",
    'look]\n          - name: members\n            when: Facts.look.state == "new"',
    "look]\n            when: Params.COUNT > 1\n          - name: members\n            when: Params.COUNT > 1 && Facts.look.ok",
    [],
  ],
  [
    "a fact that is asked for",
    "expression: Params.COUNT % 2 == 1",
    "expression: Params.COUNT % 2 == 1 || (has(Facts.look) && Facts.look.x)",
    [],
  ],
  [
    "a fact that is on record for one run only",
    '{name: "{{Name}}-founded"}',
    '{name: "{{Name}}-founded", once: run}',
    [],
  ],
];

const PODS: readonly Row[] = [
  [
    "a rollout of a step without a StatefulSet",
    "tasks: [members, config, found]",
    "tasks: [config, found]",
    [
      "operator.yaml:42:22: error: the rollout of step deploy.main.members needs one StatefulSet, and the step applies none",
      'operator.yaml:19:11: warning: task "members" is named by no step',
    ],
  ],
  [
    "a rollout of another StatefulSet",
    "rollout: {}",
    'rollout: {statefulSet: "{{Name}}-db"}',
    [
      "operator.yaml:42:36: error: the rollout of step deploy.main.members is of StatefulSet demo-instance-db, and the step applies demo-instance",
    ],
  ],
  ["a rollout by name", "rollout: {}", 'rollout: {statefulSet: "{{Name}}"}', []],
  [
    "a gate that has no pods to ask",
    "tasks: [members, config, found]\n            rollout: {}",
    "tasks: [config, found]",
    [
      "operator.yaml:44:15: error: the gate of step deploy.main.members does not say which pods it asks, and the step applies no StatefulSet\n  give it pods: with a label selector",
      'operator.yaml:19:11: warning: task "members" is named by no step',
    ],
  ],
  [
    "pods that start one after the other",
    "Parallel",
    "OrderedReady",
    [
      "operator.yaml:42:22: warning: StatefulSet demo-instance of step deploy.main.members starts its pods one after the other: when all are gone, only the first comes back until it is ready\n  set podManagementPolicy: Parallel: the rollout changes them one at a time all the same",
    ],
    "templates/set.yaml",
  ],
  [
    "pods that change only when somebody deletes them",
    "Parallel",
    "Parallel\n  updateStrategy: {type: OnDelete}",
    [
      "operator.yaml:42:22: error: StatefulSet demo-instance of step deploy.main.members cannot be rolled out: its updateStrategy is OnDelete, and a rollout works by the partition of RollingUpdate",
    ],
    "templates/set.yaml",
  ],
  [
    "a StatefulSet that cannot be known without facts",
    'kind: StatefulSet\nmetadata: {name: "{{Name}}"}',
    'kind: StatefulSet\nmetadata: {name: "{{Name}}{{#each Facts.look.list}}{{join "," this}}{{/each}}{{len Facts.look.list}}"}',
    [],
    "templates/set.yaml",
  ],
  [
    "an expectation of what the command does not say",
    "- all: Values.size == Expected",
    "- all: Values.siez == Expected",
    [
      'operator.yaml:48:24: warning: the gate\'s command does not mention "siez", did you mean "size"?',
    ],
  ],
  [
    "equality of what the command does not say",
    "- same: size",
    "- same: sizes",
    [
      'operator.yaml:51:25: warning: the gate\'s command does not mention "sizes", did you mean "size"?',
    ],
  ],
];

const METERS: readonly Row[] = [
  [
    "a meter whose template is not there",
    "pod: meter.yaml",
    "pod: metre.yaml",
    [
      'operator.yaml:5:8: error: the meter\'s pod is template "metre.yaml", and there is no templates/metre.yaml, did you mean "meter.yaml"?',
    ],
  ],
  [
    "a meter that is no Pod",
    "pod: meter.yaml",
    "pod: set.yaml",
    [
      "operator.yaml:5:8: error: a meter is one Pod, and templates/set.yaml renders StatefulSet",
      "templates/meter.yaml:1:1: warning: templates/meter.yaml is named by no task",
    ],
  ],
  [
    "a container that the meter's pod does not have",
    "container: load",
    "container: laod",
    ['operator.yaml:6:14: error: the meter\'s pod has no container "laod", did you mean "load"?'],
  ],
  [
    "a meter that does not render",
    "{{Name}}-meter",
    "{{Nmae}}-meter",
    ['templates/meter.yaml:3:21: error: there is no Nmae, did you mean "Name"?'],
    "templates/meter.yaml",
  ],
];

test.each<Row>([...EXPRESSIONS, ...TEXTS, ...ORDER, ...PODS, ...METERS])(
  "%s",
  (_, from, to, expected, file = "operator.yaml") => {
    expect(said(file, [from, to])).toEqual(expected);
  },
);

test("a task whose name has a minus is named in brackets", () => {
  const rename = [
    ["- name: look\n    kind", "- name: look-up\n    kind"],
    ["tasks: [look]", "tasks: [look-up]"],
    ["has(Facts.look)", "\"'look-up' in Facts\""],
    ['Facts.look.state == "new"', "Facts.look-up.state == 1"],
  ] as const;
  const [when, ...others] = said("operator.yaml", ...rename);
  expect(others).toEqual([
    "templates/config.yaml:4:17: error: Facts.look: there is no task look of kind Exec",
  ]);
  expect([when]).toEqual([
    'operator.yaml:40:19: error: when: there is no task look: "-" is a minus here\n  write Facts["look-up"]',
  ]);
});

test("a meter is made before the tasks of its step", () => {
  const files = {
    ...FILES,
    "operator.yaml": OPERATOR.replace("tasks: [look]", "tasks: [look]\n            meter: true"),
    "templates/meter.yaml": (FILES["templates/meter.yaml"] ?? "").replace(
      "{{Name}}",
      "{{Facts.look.x}}",
    ),
  };
  const encoder = new TextEncoder();
  const { pkg } = loadPackage(
    "demo",
    new Map(Object.entries(files).map(([path, text]) => [path, encoder.encode(text)])),
  );
  expect(pkg && verifyPackage(pkg).map(formatIssue)).toEqual([
    "templates/meter.yaml:3:21: error: Facts.look is read in step deploy.main.look, before task look of step deploy.main.look has found it out",
  ]);
});

test("objects that are named by different facts are not the same", () => {
  const config = FILES["templates/config.yaml"] ?? "";
  const named = (fact: string) => config.replace("{{Name}}-config", `{{Facts.look.${fact}}}`);
  const files = {
    ...FILES,
    "operator.yaml": OPERATOR.replace("[config.yaml]", "[config.yaml, other.yaml]"),
    "templates/config.yaml": named("one"),
    "templates/other.yaml": named("other"),
  };
  const encoder = new TextEncoder();
  const { pkg } = loadPackage(
    "demo",
    new Map(Object.entries(files).map(([path, text]) => [path, encoder.encode(text)])),
  );
  expect(pkg && verifyPackage(pkg).map(formatIssue)).toEqual([]);
});

test("what the simulated pods say is read", () => {
  const files = Object.entries({ ...FILES, "tests/simulate.yaml": "exec: [{comand: x}]\n" });
  const encoded = files.map(([path, text]) => [path, new TextEncoder().encode(text)] as const);
  const { pkg } = loadPackage("demo", new Map(encoded));
  const issues = pkg ? verifyPackage(pkg).map(formatIssue) : [];
  expect(issues[0]).toContain("tests/simulate.yaml:1:9: error:");
  expect(issues[0]).toContain("comand");
});

test("whatever stands behind the words, it is told and not thrown", () => {
  const words = ["when", "require", "gate", "rollout", "meter"];
  const fields =
    "exec sql client expect all any count same min max pods pod budget id expression message";
  const text = fc.oneof(
    fc.constantFrom("Params.COUNT > 1", "Facts.look.x", "{{", "{{Params.X}}", "a", "set.yaml"),
    fc.string(),
  );
  const gate = fc.record(
    {
      exec: fc.array(text, { minLength: 1, maxLength: 2 }),
      pods: text,
      expect: fc.array(
        fc.record({ all: text, same: text, count: text, min: text }, { requiredKeys: [] }),
        { minLength: 1, maxLength: 2 },
      ),
      slowWhen: text,
    },
    { requiredKeys: ["exec", "expect"] },
  );
  const requirements = fc.array(
    fc.record({ id: fc.constantFrom("a", "b"), expression: text, message: text }),
    { minLength: 1, maxLength: 2 },
  );
  const any = fc.dictionary(fc.constantFrom(...fields.split(" ")), text, { maxKeys: 3 });
  const value = fc.oneof(
    text,
    gate,
    requirements,
    any,
    fc.record({ pod: text }),
    fc.record({ statefulSet: text }),
  );
  fc.assert(
    fc.property(fc.constantFrom(...words), value, (word, content) => {
      const line = `${word}: ${JSON.stringify(content)}`;
      const issues = said("operator.yaml", [
        "- name: look\n            tasks",
        `- name: look\n            ${line}\n            tasks`,
      ]);
      for (const issue of issues) expect(issue).toMatch(/^\S+:\d+:\d+: (error|warning): ./);
    }),
    { numRuns: 200 },
  );
});
