import { expect, test } from "vitest";
import type { ExecResult } from "../../model/cluster.ts";
import type { Json } from "../../model/json.ts";
import type { KplanError } from "../../model/kplan-error.ts";
import { executeRun } from "../execute-run.ts";
import { previewRun } from "../preview/preview-run.ts";
import {
  configMap,
  errorText,
  eventLines,
  type Scenario,
  type ScenarioOptions,
  scenario,
} from "../testing/scenario.ts";

/** Steps of a serial plan with tasks `a` and `b` (a ConfigMap each) and `look` (finds out `{n: 1}`). */
function packageWith(steps: string, { tasks = "", require = "" } = {}): string {
  return `
tasks:
  a: { kind: Apply, resources: [a.yaml] }
  b: { kind: Apply, resources: [b.yaml] }
  of-fact: { kind: Apply, resources: [a.yaml, of-fact.yaml] }
  look: { kind: Exec, pod: db-0, command: [look] }
${tasks}
templates:
  a.yaml: '${configMap("a")}'
  b.yaml: '${configMap("b")}'
  of-fact.yaml: '${configMap("of-fact", "{{Facts.look.n}}")}'
plans:
  deploy: { ${require} phases: { main: { steps: { ${steps} } } } }
`;
}

const POD = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "db-0", namespace: "db" },
  spec: { containers: [{ name: "main" }] },
  status: { containerStatuses: [{ name: "main", state: { running: {} } }] },
};

function world(text: string, options: ScenarioOptions = {}): Scenario {
  const found: ExecResult = { exitCode: 0, stdout: '{"n": 1}', stderr: "" };
  const run = scenario(text, {
    parameters: { N: 3, TLS: false },
    simulated: false,
    exec: () => found,
    ...options,
  });
  run.cluster.put(POD);
  return run;
}

/** Steps, and what is told of them in the end. */
const CONDITIONS: readonly (readonly [string, readonly string[]])[] = [
  ["one: { tasks: [a], when: Params.N == 3 }", ["one COMPLETE"]],
  [
    "one: { tasks: [a], when: Params.N > 3 }, two: [b]",
    ["one COMPLETE: skipped: Params.N > 3 is false", "two COMPLETE"],
  ],
  ["one: { tasks: [a], when: Capabilities.KubeVersion.Minor >= 20 }", ["one COMPLETE"]],
  [
    "one: [look], two: { tasks: [a], when: Facts.look.n == 2 }",
    ["one COMPLETE", "two COMPLETE: skipped: Facts.look.n == 2 is false"],
  ],
];

test.each(CONDITIONS)("steps { %s }", async (steps, expected) => {
  const run = world(packageWith(steps));
  expect(await executeRun(run.inputs, run.deps)).toEqual({ result: "complete" });
  const ends = eventLines(run.events).filter((line) => / COMPLETE/.test(line));
  expect(ends.slice(0, expected.length)).toEqual(expected.map((line) => `deploy.main.${line}`));
});

test("a condition that can never be evaluated is refused before the first write", async () => {
  const run = world(packageWith("one: [a], two: { tasks: [b], when: Facts.nothing.n == 2 }"));
  const error = await executeRun(run.inputs, run.deps).catch((e: unknown) => e);
  expect(errorText(error as KplanError)).toMatch(/deploy\.main\.two: when cannot be evaluated: /);
});

test("a condition over a fact of another shape fails its step when it begins", async () => {
  const run = world(packageWith("one: [look], two: { tasks: [b], when: Facts.look.m == 2 }"));
  expect(await executeRun(run.inputs, run.deps)).toMatchObject({
    result: "failed",
    path: { plan: "deploy", phase: "main", step: "two" },
    message: expect.stringMatching(/^when of two cannot be evaluated: /),
  });
});

test("a skipped step says why, its phase and its plan are complete and say nothing", async () => {
  const run = world(packageWith("one: { tasks: [a], when: Params.TLS }"));
  expect(await executeRun(run.inputs, run.deps)).toEqual({ result: "complete" });
  const told = run.events.flatMap((event) =>
    event.type === "status" ? [[event.path.step ?? event.path.phase ?? "plan", event.reason]] : [],
  );
  expect(told).toContainEqual(["one", "Skipped"]);
  expect(told.filter(([place, reason]) => place !== "one" && reason !== undefined)).toEqual([]);
  expect(run.cluster.objects().map(({ kind }) => kind)).toEqual(["Pod"]);
});

test("a task whose condition is false is skipped, the others of its step are not", async () => {
  const tasks = "  maybe: { kind: Apply, resources: [b.yaml], when: Params.TLS }";
  const run = world(packageWith("one: [maybe, a]", { tasks }));
  expect(await executeRun(run.inputs, run.deps)).toEqual({ result: "complete" });
  const lines = eventLines(run.events);
  expect(lines).toContain("maybe skipped: Params.TLS is false");
  expect(lines).toContain("created ConfigMap a");
  expect(lines).not.toContain("created ConfigMap b");
});

const LOW =
  "{ id: size, expression: Params.N > 5, message: '{{Params.N}} are too few for {{Name}}' }";
const TLS = "{ id: tls, expression: Params.TLS, message: without TLS }";
const DECLARED = ["N", "TLS"].map((name) => ({
  name,
  type: name === "N" ? ("integer" as const) : ("boolean" as const),
  required: false,
  immutable: false,
  at: { file: "params.yaml", line: 1, col: 1 },
}));

function declaring(run: Scenario): Scenario["inputs"] {
  return { ...run.inputs, pkg: { ...run.inputs.pkg, parameters: DECLARED } };
}

test("requirements of plans: all that do not hold, before anything is asked of a pod or written", async () => {
  const run = world(packageWith("one: [a]", { require: `require: [${LOW}, ${TLS}],` }));
  const error = (await executeRun(declaring(run), run.deps).catch((e: unknown) => e)) as KplanError;
  expect(error.kind).toBe("bad-input");
  expect(errorText(error)).toBe(
    "nothing was applied: 2 requirements do not hold\ndeploy: 3 are too few for galera\ndeploy: without TLS",
  );
  expect(error.issues.map(({ hint }) => hint)).toEqual([
    "to go on all the same: --allow size",
    "to go on all the same: --allow tls",
  ]);
  expect(run.cluster.log.filter((line) => /^(POST|APPLY|EXEC)(?!.*dry run)/.test(line))).toEqual(
    [],
  );
});

test.each([
  [["size"], "nothing was applied: 1 requirement does not hold\ndeploy: without TLS"],
  [["size", "tls"], "complete"],
] as const)("with %j allowed: %s", async (allowed, expected) => {
  const text = packageWith("one: [a]", { require: `require: [${LOW}, ${TLS}],` });
  const run = world(text, { allowed });
  const end = await executeRun(declaring(run), run.deps).then(
    (outcome) => outcome.result,
    (error: unknown) => errorText(error as KplanError),
  );
  expect(end).toBe(expected);
});

test("a dry run reports the requirements of plans, and those of steps not yet", async () => {
  const text = packageWith(`one: { tasks: [a], require: [${TLS}] }`, {
    require: `require: [${LOW}],`,
  });
  const run = world(text);
  const { problems } = await previewRun(declaring(run), run.deps);
  expect(problems.map(({ path, requirement, message }) => [path, requirement, message])).toEqual([
    [{ plan: "deploy" }, "size", "3 are too few for galera"],
  ]);
});

test("requirements of a step: the run fails when it begins, before its first write", async () => {
  const run = world(packageWith(`one: [a], two: { tasks: [b], require: [${TLS}, ${LOW}] }`));
  expect(await executeRun(declaring(run), run.deps)).toEqual({
    result: "failed",
    path: { plan: "deploy", phase: "main", step: "two" },
    message: "without TLS\n3 are too few for galera",
    hint: "to go on all the same: --allow tls --allow size",
  });
  expect(eventLines(run.events)).toContain("created ConfigMap a");
  expect(eventLines(run.events)).not.toContain("created ConfigMap b");
});

test("a plan sees what earlier runs found out, and nothing of its own run", async () => {
  const require = "require: [{ id: new, expression: '!has(Facts.look)', message: it is there }],";
  const text = packageWith("one: [a]", { require });
  const facts: Readonly<Record<string, Json>> = { look: { n: 1 } };
  const before = world(text, { facts });
  const error = await executeRun(before.inputs, before.deps).catch((e: unknown) => e);
  expect(errorText(error as KplanError)).toMatch(/it is there/);
  const own = world(text, { facts });
  const inputs = { ...own.inputs, earlierFacts: {} };
  expect(await executeRun(inputs, own.deps)).toEqual({ result: "complete" });
});

test("a requirement that cannot be evaluated does not hold, and says why", async () => {
  const require = "require: [{ id: odd, expression: Facts.look.n > 1, message: no }],";
  const run = world(packageWith("one: [a]", { require }));
  const error = await executeRun(run.inputs, run.deps).catch((e: unknown) => e);
  expect(errorText(error as KplanError)).toMatch(/requirement odd cannot be evaluated: /);
});

test("a dry run tells what depends on facts as later, whether in conditions or in templates", async () => {
  const steps =
    "look: [look], use: [of-fact], cond: { tasks: [b], when: Facts.look.n == 1 }, never: { tasks: [b], when: Params.TLS }";
  const run = world(packageWith(steps));
  const { objects, problems } = await previewRun(run.inputs, run.deps);
  expect(problems).toEqual([]);
  const why = "it depends on what task look finds out";
  expect(
    objects.map(({ path, ref, change, why: reason }) => [path.step, ref.name, change, reason]),
  ).toEqual([
    ["use", "a", "create", undefined],
    ["use", "of-fact.yaml", "later", why],
    ["cond", "b", "later", why],
  ]);
  expect(await executeRun(run.inputs, run.deps)).toEqual({ result: "complete" });
  const made = run.cluster.objects().find(({ metadata }) => metadata.name === "of-fact");
  expect(made?.data).toEqual({ key: "1" });
});

test("what a run found out before it was interrupted is known when it goes on", async () => {
  const steps = "use: [of-fact], cond: { tasks: [b], when: Facts.look.n == 1 }";
  const run = world(packageWith(steps), { facts: { look: { n: 1 } } });
  const { objects } = await previewRun(run.inputs, run.deps);
  expect(objects.map(({ change }) => change)).toEqual(["create", "create", "create"]);
  expect(await executeRun(run.inputs, run.deps)).toEqual({ result: "complete" });
});

test.each([
  "one: [a], two: [look]",
  "one: [a], two: { tasks: [b], gate: { pods: app=db, command: [x], expect: [] } }",
])("the right to run commands is asked for before the first write: %s", async (steps) => {
  const mayI = (verb: string, ref: { readonly subresource?: string }): boolean =>
    !(verb === "get" && ref.subresource === "exec");
  const run = world(packageWith(steps), { mayI });
  const error = await executeRun(run.inputs, run.deps).catch((e: unknown) => e);
  expect(errorText(error as KplanError)).toMatch(/may not run commands in pods in namespace db/);
  expect(run.cluster.objects()).toHaveLength(1);
});
