import fc from "fast-check";
import { expect, test } from "vitest";
import { formatIssue } from "../../model/issue.ts";
import { loadPackage } from "../load-package.ts";

// What operator.yaml says of conditions, gates, rollouts, commands and meters, and what is said when it is wrong.

/** A package with these lines in its step, its task `look`, its plan or at its end. */
function load({ step = "", look = "", plan = "", end = "" }) {
  const operator = `apiVersion: kplan.dev/v1
name: demo
operatorVersion: 0.1.0
tasks:
  - name: look
    kind: Exec
    ${look || "spec: {pods: app=demo, command: [look]}"}
plans:
  deploy:
    ${plan || "strategy: serial"}
    phases:
      - name: main
        steps:
          - name: one
            tasks: [look]
            ${step || "strategy: serial"}
${end}`;
  const text = new TextEncoder();
  return loadPackage(
    "demo",
    new Map([
      ["operator.yaml", text.encode(operator)],
      ["params.yaml", text.encode("")],
    ]),
  );
}

/** The step, task or plan as it is understood, without what stands in every one. */
function understood(changes: Parameters<typeof load>[0]) {
  const { pkg, issues } = load(changes);
  expect(issues.map(formatIssue)).toEqual([]);
  const [plan] = pkg?.operator.plans ?? [];
  const [task] = pkg?.operator.tasks ?? [];
  return { plan, step: plan?.phases[0]?.steps[0], task, meter: pkg?.operator.meter };
}

test.each<[string, unknown]>([
  ["when: Params.COUNT > 1", { when: "Params.COUNT > 1" }],
  ["when: false", { when: "false" }],
  [
    "require: [{id: odd, expression: Params.N % 2 == 1, message: Give an odd number}]",
    { require: [{ id: "odd", expression: "Params.N % 2 == 1", message: "Give an odd number" }] },
  ],
  ["rollout: {}", { rollout: {} }],
  ['rollout: {statefulSet: "{{Name}}-db"}', { rollout: { statefulSet: "{{Name}}-db" } }],
  ["onImmutable: recreate", { onImmutable: "recreate" }],
  [
    "gate: {exec: [cat, /state], expect: [{all: Values.ok}]}",
    { gate: { command: ["cat", "/state"], expect: [{ kind: "all", of: "Values.ok" }] } },
  ],
  [
    "gate: {pods: app=db, container: db, client: [db, -e], sql: SELECT 1, period: 2s, slowWhen: size(Pods) > 2, expect: [{same: uuid, message: Differs}, {any: true}, {count: Values.ok, min: Expected - 1, max: 3}]}",
    {
      gate: {
        pods: "app=db",
        container: "db",
        command: ["db", "-e", "SELECT 1"],
        expect: [
          { kind: "same", name: "uuid", message: "Differs" },
          { kind: "any", of: "true" },
          { kind: "count", of: "Values.ok", min: "Expected - 1", max: "3" },
        ],
        slowWhen: "size(Pods) > 2",
        period: 2000,
      },
    },
  ],
  ["meter: {pod: meter.yaml}", { meter: { pod: "meter.yaml", budget: {}, over: "fail" } }],
])("a step with %s", (step, expected) => {
  const { step: found } = understood({ step });
  expect(found).toEqual({ name: "one", strategy: "serial", tasks: ["look"], ...Object(expected) });
});

test("the package's own meter", () => {
  const end =
    "meter: {pod: meter.yaml, container: load, budget: {failed: 0, gap: 1s, p99: 50ms}, over: pause}\n";
  const { step, meter } = understood({ step: "meter: true", end });
  expect(step?.meter).toBe("package");
  expect(meter).toEqual({
    pod: "meter.yaml",
    container: "load",
    budget: { failed: 0, gapMs: 1000, p99Ms: 50 },
    over: "pause",
  });
});

test("a task that runs a command", () => {
  const look =
    "when: has(Facts.look)\n    spec: {pod: db-0, container: db, command: [look, ''], stdin: x, timeout: 1m, record: {name: looked}}";
  expect(understood({ look }).task).toEqual({
    kind: "Exec",
    name: "look",
    when: "has(Facts.look)",
    pod: "db-0",
    container: "db",
    command: ["look", ""],
    stdin: "x",
    timeout: 60_000,
    record: { name: "looked", lifetime: "instance", once: "ever" },
  });
});

test("a task whose command reads secrets", () => {
  const look =
    "spec: {pods: a, forEach: pod, command: [look], stdinFrom: [{secret: '{{Name}}-secrets', key: PASSWORD}]}";
  expect(understood({ look }).task).toEqual({
    kind: "Exec",
    name: "look",
    pods: "a",
    forEach: "pod",
    command: ["look"],
    stdinFrom: [{ secret: "{{Name}}-secrets", key: "PASSWORD" }],
  });
});

test("a requirement may come again if it is the very same", () => {
  const one = "require: [{id: odd, expression: true, message: Odd}]";
  expect(understood({ plan: one, step: one }).plan?.require).toHaveLength(1);
});

const STEP = "operator.yaml:16:";
const GATE = "plans.deploy.phases[0].steps[0].gate";

test.each<[string, Parameters<typeof load>[0], readonly string[]]>([
  [
    "an expression of another type",
    { step: "when: [a]" },
    [
      `${STEP}19: error: plans.deploy.phases[0].steps[0].when: expected an expression (a text, or true or false), found a list`,
    ],
  ],
  [
    "a misspelled word",
    { step: "wen: true" },
    [
      `${STEP}13: error: plans.deploy.phases[0].steps[0]: unknown field "wen", did you mean "when"?`,
    ],
  ],
  [
    "a misspelled word within a gate",
    { step: "gate: {exec: [a], expect: [{al: true}]}" },
    [`${STEP}41: error: ${GATE}.expect[0]: unknown field "al", did you mean "all"?`],
  ],
  [
    "a gate that asks nothing",
    { step: "gate: {expect: [{all: true}]}" },
    [`${STEP}19: error: ${GATE}: field "exec" is missing, or "sql" with "client"`],
  ],
  [
    "a statement without its client",
    { step: "gate: {sql: SELECT 1, expect: [{all: true}]}" },
    [
      `${STEP}19: error: ${GATE}: sql needs "client", the command that takes it\n  for example client: ["mariadb", "-N", "-B", "-e"]`,
    ],
  ],
  [
    "two ways to ask",
    { step: "gate: {exec: [a], sql: SELECT 1, client: [b], expect: [{all: true}]}" },
    [`${STEP}31: error: ${GATE}: expected either exec, or sql with client`],
  ],
  [
    "expectations of no kind, of two kinds, without and with bounds",
    {
      step: "gate: {exec: [a], expect: [{message: x}, {all: true, any: true}, {count: true}, {same: a, min: 1}]}",
    },
    [
      `${STEP}40: error: ${GATE}.expect[0]: expected one of all, any, count or same`,
      `${STEP}66: error: ${GATE}.expect[1]: expected one of all, any, count or same, found all and any`,
      `${STEP}78: error: ${GATE}.expect[2]: count needs min, max or both`,
      `${STEP}103: error: ${GATE}.expect[3]: min has a meaning with count only`,
    ],
  ],
  [
    "an empty list of expectations",
    { step: "gate: {exec: [], expect: [], period: 0s}" },
    [
      `${STEP}26: error: ${GATE}.exec: expected at least 1 item, found an empty list`,
      `${STEP}38: error: ${GATE}.expect: expected at least 1 item, found an empty list`,
      `${STEP}50: error: ${GATE}.period: expected more than no time`,
    ],
  ],
  [
    "a number among the words of a command",
    { look: "spec: {pods: a, command: [sleep, 5]}" },
    [
      'operator.yaml:7:38: error: tasks[0].spec.command[1]: expected a text, found number 5\n  write it in quotes: "5"',
    ],
  ],
  [
    "a command in pods and in a pod",
    { look: "spec: {pods: a, pod: b, command: [look]}" },
    ["operator.yaml:7:21: error: tasks[0].spec: expected either pods or pod"],
  ],
  [
    "a text and secrets to read",
    { look: "spec: {pods: a, command: [look], stdin: b, stdinFrom: [{secret: c, kye: d}]}" },
    [
      "operator.yaml:7:48: error: tasks[0].spec: expected either stdin or stdinFrom",
      'operator.yaml:7:72: error: tasks[0].spec.stdinFrom[0]: unknown field "kye", did you mean "key"?',
    ],
  ],
  [
    "a command nowhere",
    { look: "spec: {command: [look], timeout: 0s}" },
    [
      'operator.yaml:7:11: error: tasks[0].spec: field "pods" is missing, or "pod"',
      "operator.yaml:7:38: error: tasks[0].spec.timeout: expected more than no time",
    ],
  ],
  [
    "a command for each of one pod",
    { look: "spec: {pod: a, forEach: pod, command: [look]}" },
    ["operator.yaml:7:20: error: tasks[0].spec: forEach needs pods"],
  ],
  [
    "a record without a name, and of another lifetime",
    { look: "spec: {pod: a, command: [look], record: {lifetime: claim}}" },
    [
      'operator.yaml:7:45: error: tasks[0].spec.record: field "name" is missing',
      'operator.yaml:7:56: error: tasks[0].spec.record.lifetime: expected instance or claims, found the text "claim", did you mean "claims"?',
    ],
  ],
  [
    "one id for two requirements",
    {
      plan: "require: [{id: odd, expression: true, message: Odd}]",
      step: "require: [{id: odd, expression: false, message: Odd}]",
    },
    [
      `${STEP}28: error: there is another requirement "odd", in plans.deploy.require[0]\n  what --allow names must be one thing: give this one another id`,
    ],
  ],
  [
    "a requirement without its parts",
    { step: "require: [{expression: true}]" },
    [
      `${STEP}23: error: plans.deploy.phases[0].steps[0].require[0]: field "id" is missing`,
      `${STEP}23: error: plans.deploy.phases[0].steps[0].require[0]: field "message" is missing`,
    ],
  ],
  [
    "the package's meter that is not there",
    { step: "meter: true" },
    [
      `${STEP}20: error: plans.deploy.phases[0].steps[0].meter: the package has no meter of its own\n  give it one with meter: beside tasks: and plans:`,
    ],
  ],
  [
    "no meter",
    { step: "meter: false" },
    [`${STEP}20: error: plans.deploy.phases[0].steps[0].meter: expected true, found false`],
  ],
  [
    "a meter of wrong limits",
    { end: "meter: {pod: a.yaml, budget: {failed: -1, gap: 0s, p99: soon}, over: fial}\n" },
    [
      "operator.yaml:17:39: error: meter.budget.failed: expected a whole number from 0, found number -1",
      "operator.yaml:17:48: error: meter.budget.gap: expected more than no time",
      'operator.yaml:17:57: error: meter.budget.p99: expected a duration such as 90s, 30m or 1h30m, found the text "soon"',
      'operator.yaml:17:70: error: meter.over: expected pause or fail, found the text "fial", did you mean "fail"?',
    ],
  ],
  [
    "another way with what cannot change",
    { step: "onImmutable: recraete" },
    [
      `${STEP}26: error: plans.deploy.phases[0].steps[0].onImmutable: expected refuse, recreate or orphan, found the text "recraete", did you mean "recreate"?`,
    ],
  ],
])("%s", (_, changes, said) => {
  expect(load(changes).issues.map(formatIssue)).toEqual(said);
});

test("whatever stands behind the words, it is told and not thrown", () => {
  const words = ["when", "require", "gate", "rollout", "meter", "onImmutable", "tasks"];
  const fields = fc.constantFrom(
    ..."exec sql client expect all any count same min max pods pod budget failed gap id expression message x".split(
      " ",
    ),
  );
  const text = fc.oneof(fc.constantFrom("Params.X >", "{{", "1s", "0s", "true", ""), fc.string());
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.oneof(text, fc.boolean(), fc.integer(), fc.constant(null)),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(fields, tie("value"), { maxKeys: 4 }),
    ),
  }));
  fc.assert(
    fc.property(fc.constantFrom(...words), value, (word, content) => {
      const { draft, pkg, issues } = load({ step: `${word}: ${JSON.stringify(content)}` });
      expect(pkg !== undefined || issues.length > 0).toBe(true);
      expect(draft === undefined || issues.length > 0).toBe(true);
    }),
    { numRuns: 300 },
  );
});
