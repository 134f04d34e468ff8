import { expect, test } from "vitest";
import { ClusterError } from "../../model/cluster.ts";
import { refOf } from "../../model/kube-object.ts";
import { executeRun } from "../execute-run.ts";
import { configMap, eventLines, scenario } from "../testing/scenario.ts";

/** A Deployment whose name says how many seconds it takes. */
function deployment(name: string): string {
  return `{apiVersion: apps/v1, kind: Deployment, metadata: {name: ${name}}, spec: {replicas: 1, selector: {matchLabels: {app: ${name}}}, template: {metadata: {labels: {app: ${name}}}}}}`;
}

const NAMES = ["d3", "d2", "d1"];

function text(how: { plan?: string; phase?: string; steps: string }): string {
  return `
tasks:
${NAMES.map((name) => `  ${name}: { kind: Apply, resources: [${name}.yaml] }`).join("\n")}
templates:
${NAMES.map((name) => `  ${name}.yaml: '${deployment(name)}'`).join("\n")}
plans:
  deploy:
    strategy: ${how.plan ?? "serial"}
    phases:
      main: { strategy: ${how.phase ?? "serial"}, steps: { ${how.steps} } }
`;
}

/** Who is created and ready when, in seconds. */
async function times(
  source: string,
  concurrency = 10,
): Promise<{ order: string; seconds: number }> {
  const run = scenario(source, {
    limits: { concurrency },
    controllers: {
      Deployment: async (object, cluster) => {
        await run.clock.sleep(1000 * Number(object.metadata.name.slice(1)));
        cluster.setStatus(refOf(object), {
          observedGeneration: object.metadata.generation,
          replicas: 1,
          updatedReplicas: 1,
          readyReplicas: 1,
          availableReplicas: 1,
        });
      },
    },
  });
  expect(await executeRun(run.inputs, run.deps)).toEqual({ result: "complete" });
  const order = eventLines(run.events)
    .filter((line) => /^created| ready$/.test(line))
    .map((line) =>
      line.replace(/created Deployment d/, "+").replace(/Deployment d(\d) ready/, "=$1"),
    )
    .join(" ");
  return { order, seconds: run.clock.elapsed() / 1000 };
}

test.each([
  {
    what: "serial tasks wait for the one before",
    steps: "s: [d3, d2, d1]",
    order: "+3 =3 +2 =2 +1 =1",
    seconds: 6,
  },
  {
    what: "parallel tasks do not",
    steps: "s: { strategy: parallel, tasks: [d3, d2, d1] }",
    order: "+3 +2 +1 =1 =2 =3",
    seconds: 3,
  },
  {
    what: "serial steps wait for the one before",
    steps: "a: [d3], b: [d2], c: [d1]",
    order: "+3 =3 +2 =2 +1 =1",
    seconds: 6,
  },
  {
    what: "parallel steps do not",
    phase: "parallel",
    steps: "a: [d3], b: [d2], c: [d1]",
    order: "+3 +2 +1 =1 =2 =3",
    seconds: 3,
  },
  {
    what: "no more at a time than the limit",
    phase: "parallel",
    steps: "a: [d3], b: [d2], c: [d1]",
    concurrency: 2,
    order: "+3 +2 =2 +1 =3 =1",
    seconds: 3,
  },
  {
    what: "no more tasks of a step at a time than the limit",
    steps: "s: { strategy: parallel, tasks: [d3, d2, d1] }",
    concurrency: 1,
    order: "+3 =3 +2 =2 +1 =1",
    seconds: 6,
  },
])("$what", async ({ order, seconds, concurrency, ...how }) => {
  expect(await times(text(how), concurrency)).toEqual({ order, seconds });
});

test("after a fatal error no step begins, those that run stop and keep their status", async () => {
  const source = `
tasks:
  slow: { kind: Dummy, done: false }
  bad: { kind: Dummy, wantErr: true, fatal: true }
  ok: { kind: Dummy }
plans:
  deploy:
    strategy: parallel
    phases:
      one: { steps: { slow: [slow] } }
      two: { steps: { bad: [bad], never: [ok] } }
`;
  const failing = scenario(source);
  expect(await executeRun(failing.inputs, failing.deps)).toMatchObject({
    result: "failed",
    path: { phase: "two", step: "bad", task: "bad" },
  });
  expect(eventLines(failing.events).filter((line) => !/begins|ends/.test(line))).toEqual([
    "deploy IN_PROGRESS",
    "deploy.one IN_PROGRESS",
    "deploy.one.slow IN_PROGRESS",
    "deploy.two IN_PROGRESS",
    "deploy.two.bad IN_PROGRESS",
    "deploy.two.bad FATAL_ERROR: dummy error",
    "deploy.two FATAL_ERROR",
    "deploy FATAL_ERROR",
  ]);
});

test("a dummy that is not fatal is tried again until the time is over; one that is never done waits", async () => {
  const source = (task: string): string => `
tasks: { t: ${task} }
plans: { deploy: { phases: { p: { steps: { s: { tasks: [t], timeout: 20000 } } } } } }
`;
  const failing = scenario(source("{ kind: Dummy, wantErr: true }"));
  expect(await executeRun(failing.inputs, failing.deps)).toMatchObject({
    result: "timed-out",
    message: "timed out after 20 s, waiting for another try; the last one: dummy error",
  });
  const waiting = scenario(source("{ kind: Dummy, done: false }"));
  expect(await executeRun(waiting.inputs, waiting.deps)).toMatchObject({
    result: "timed-out",
    message: "timed out after 20 s, waiting for task t, which is told never to be done",
  });
});

test("a step in trouble with parallel tasks is ERROR until the last of them gets on", async () => {
  const left: Record<string, number> = { a: 2, b: 1 };
  const run = scenario(
    `
tasks:
  a: { kind: Apply, resources: [a.yaml] }
  b: { kind: Apply, resources: [b.yaml, c.yaml] }
templates: { a.yaml: '${configMap("a")}', b.yaml: '${configMap("b")}', c.yaml: '${configMap("c")}' }
plans: { deploy: { phases: { p: { steps: { s: { strategy: parallel, tasks: [a, b] } } } } } }
`,
    {
      fault: ({ ref, dryRun }) => {
        const count = left[ref.name] ?? 0;
        if (dryRun || count === 0) return;
        left[ref.name] = count - 1;
        throw new ClusterError("unavailable", "busy", { ref, transient: true });
      },
    },
  );
  expect(await executeRun(run.inputs, run.deps)).toEqual({ result: "complete" });
  const lines = eventLines(run.events).filter((line) => /^(deploy.p.s |created)/.test(line));
  expect(lines).toEqual([
    "deploy.p.s IN_PROGRESS",
    "created ConfigMap c",
    "deploy.p.s ERROR: busy",
    "created ConfigMap b",
    "created ConfigMap a",
    "deploy.p.s IN_PROGRESS",
    "deploy.p.s COMPLETE",
  ]);
  expect(run.done).toEqual(["deploy.p.s.b", "deploy.p.s.a"]);
});
