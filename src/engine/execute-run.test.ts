import { expect, test } from "vitest";
import { ClusterError } from "../model/cluster.ts";
import { KplanError } from "../model/kplan-error.ts";
import { type KubeObject, refOf } from "../model/kube-object.ts";
import { executeRun } from "./execute-run.ts";
import type { Controller } from "./testing/memory-cluster.ts";
import { configMap, errorText, eventLines, scenario } from "./testing/scenario.ts";

const TWO = `
tasks:
  one: { kind: Apply, resources: [a.yaml, b.yaml] }
  two: { kind: Apply, resources: [c.yaml] }
templates:
  a.yaml: '${configMap("a")}'
  b.yaml: '${configMap("b")}'
  c.yaml: '${configMap("c")}'
plans:
  deploy:
    phases:
      main: { steps: { first: [one], second: [two] } }
`;

test("a serial plan runs step after step, two requests for each new object", async () => {
  const run = scenario(TWO);
  expect(await executeRun(run.inputs, run.deps)).toEqual({ result: "complete" });
  expect(eventLines(run.events)).toEqual([
    "deploy IN_PROGRESS",
    "deploy.main IN_PROGRESS",
    "deploy.main.first IN_PROGRESS",
    "one begins",
    "created ConfigMap a",
    "created ConfigMap b",
    "ConfigMap a ready",
    "ConfigMap b ready",
    "one ends",
    "deploy.main.first COMPLETE",
    "deploy.main.second IN_PROGRESS",
    "two begins",
    "created ConfigMap c",
    "ConfigMap c ready",
    "two ends",
    "deploy.main.second COMPLETE",
    "deploy.main COMPLETE",
    "deploy COMPLETE",
  ]);
  expect(run.cluster.log).toEqual([
    "POST ConfigMap a (dry run)",
    "POST ConfigMap b (dry run)",
    "POST ConfigMap c (dry run)",
    "POST ConfigMap a",
    "POST ConfigMap b",
    "POST ConfigMap c",
  ]);
  expect(run.intents.map(({ path, objects }) => [path.task, objects.length])).toEqual([
    ["one", 2],
    ["two", 1],
  ]);
});

test("the same run again changes nothing, writes nothing and announces nothing", async () => {
  const first = scenario(TWO);
  await executeRun(first.inputs, first.deps);
  const inventory = first.intents.flatMap(({ objects, path }) =>
    objects.map((ref) => ({ ref, path })),
  );
  const again = scenario(TWO, { ...first, uid: "run-2", inventory });
  const before = again.cluster.log.length;
  expect(await executeRun(again.inputs, again.deps)).toEqual({ result: "complete" });
  expect(again.cluster.log.slice(before).filter((line) => !/^GET|dry run/.test(line))).toEqual([]);
  expect(again.cluster.log.slice(before)).toHaveLength(6);
  expect(again.intents).toEqual([]);
  expect(eventLines(again.events).filter((line) => line.startsWith("unchanged"))).toHaveLength(3);
});

test("a changed object is applied at the version that the dry run read: three requests", async () => {
  const first = scenario(TWO);
  await executeRun(first.inputs, first.deps);
  const inventory = first.intents.flatMap(({ objects, path }) =>
    objects.map((ref) => ({ ref, path })),
  );
  const again = scenario(TWO.replace(configMap("c"), configMap("c", "y")), {
    ...first,
    uid: "run-2",
    inventory,
  });
  const before = again.cluster.log.length;
  await executeRun(again.inputs, again.deps);
  expect(again.cluster.log.slice(before).filter((line) => line.includes("ConfigMap c"))).toEqual([
    "GET ConfigMap c",
    "APPLY ConfigMap c (dry run)",
    "APPLY ConfigMap c",
  ]);
});

test("steps that are complete are skipped, every other one runs again", async () => {
  const run = scenario(TWO);
  const [status] = run.inputs.statuses;
  const resumed = {
    ...run.inputs,
    statuses: [
      {
        name: "deploy",
        status: "FATAL_ERROR" as const,
        phases: [
          {
            name: "main",
            status: "FATAL_ERROR" as const,
            steps: [
              { name: "first", status: "COMPLETE" as const },
              { name: "second", status: "FATAL_ERROR" as const, message: "no" },
            ],
          },
        ],
      },
    ],
  };
  expect(status).toBeDefined();
  expect(await executeRun(resumed, run.deps)).toEqual({ result: "complete" });
  expect(run.cluster.objects().map(({ metadata }) => metadata.name)).toEqual(["c"]);
  expect(eventLines(run.events).slice(0, 4)).toEqual([
    "deploy IN_PROGRESS",
    "deploy.main IN_PROGRESS",
    "deploy.main.second PENDING",
    "deploy.main.second IN_PROGRESS",
  ]);
});

const DEPLOYMENT = `{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {replicas: 1,
  selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c, image: i}]}}}}`;

const WEB = `
tasks:
  web: { kind: Apply, resources: [web.yaml] }
  after: { kind: Apply, resources: [a.yaml] }
templates:
  web.yaml: "${DEPLOYMENT.replace(/\n/g, "")}"
  a.yaml: '${configMap("a")}'
plans:
  deploy:
    phases:
      main: { steps: { web: [web], after: [after] } }
`;

/** A Deployment that is available so many milliseconds after each change. */
function availableAfter(ms: number, clock: () => { sleep(ms: number): Promise<void> }): Controller {
  return async (object, cluster) => {
    await clock().sleep(ms);
    cluster.setStatus(refOf(object), availableStatus(object));
  };
}

function availableStatus({ metadata }: KubeObject): object {
  return {
    observedGeneration: metadata.generation,
    replicas: 1,
    updatedReplicas: 1,
    readyReplicas: 1,
    availableReplicas: 1,
    conditions: [
      { type: "Available", status: "True" },
      { type: "Progressing", status: "True", reason: "NewReplicaSetAvailable" },
    ],
  };
}

test("the next step begins in the turn of the event that made the object ready", async () => {
  const run = scenario(WEB, {
    controllers: { Deployment: availableAfter(5300, () => run.clock) },
  });
  expect(await executeRun(run.inputs, run.deps)).toEqual({ result: "complete" });
  expect(run.clock.elapsed()).toBe(5300);
  const lines = eventLines(run.events);
  expect(lines.indexOf("Deployment web ready")).toBeLessThan(lines.indexOf("created ConfigMap a"));
  expect(lines).toContain("Deployment web progressing");
});

test("an object that never gets ready ends in a time-out that names it, and undoes nothing", async () => {
  const run = scenario(WEB, { limits: { noActivity: 60_000 } });
  const outcome = await executeRun(run.inputs, run.deps);
  expect(outcome).toMatchObject({
    result: "timed-out",
    path: { plan: "deploy", phase: "main", step: "web", task: "web" },
    message: expect.stringMatching(/^no progress for 1 min, waiting for Deployment web \(.+\)$/),
  });
  expect(run.clock.elapsed()).toBe(60_000);
  expect(run.cluster.objects()).toHaveLength(1);
  expect(run.events).toContainEqual(
    expect.objectContaining({ type: "status", status: "FATAL_ERROR", reason: "TimedOut" }),
  );
});

test("progress puts the no-activity limit off, but not the step's own", async () => {
  const run = scenario(WEB.replace("web: [web]", "web: { tasks: [web], timeout: 90000 }"), {
    limits: { noActivity: 40_000 },
    controllers: {
      Deployment: async (object, cluster) => {
        for (let n = 0; n < 10; n++) {
          await run.clock.sleep(30_000);
          cluster.setStatus(refOf(object), {
            observedGeneration: 1,
            replicas: 20 - n,
            updatedReplicas: 1,
          });
        }
      },
    },
  });
  expect(await executeRun(run.inputs, run.deps)).toMatchObject({
    result: "timed-out",
    message: expect.stringMatching(/^timed out after 90 s/),
  });
});

test("a failed object ends the step with its root cause", async () => {
  const run = scenario(WEB, {
    controllers: {
      Deployment: (object, cluster) =>
        cluster.setStatus(refOf(object), {
          observedGeneration: object.metadata.generation,
          conditions: [
            {
              type: "Progressing",
              status: "False",
              reason: "ProgressDeadlineExceeded",
              message: "too slow",
            },
          ],
        }),
    },
  });
  const outcome = await executeRun(run.inputs, run.deps);
  expect(outcome).toMatchObject({ result: "failed", ref: { kind: "Deployment", name: "web" } });
  expect(eventLines(run.events)).not.toContain("created ConfigMap a");
});

test("an object that somebody deletes while it is waited for is made again", async () => {
  const run = scenario(WEB, {
    controllers: {
      Deployment: async (object, cluster) => {
        await run.clock.sleep(3000);
        if (object.metadata.uid === "uid-1") cluster.remove(refOf(object));
        else cluster.setStatus(refOf(object), availableStatus(object));
      },
    },
  });
  expect(await executeRun(run.inputs, run.deps)).toEqual({ result: "complete" });
  const lines = eventLines(run.events);
  expect(lines).toContain("again: Deployment web was deleted while it was waited for");
  expect(lines.filter((line) => line === "created Deployment web")).toHaveLength(2);
});

test("what may mend itself is tried again, and says so", async () => {
  let failures = 0;
  const run = scenario(TWO, {
    fault: ({ ref, dryRun }) => {
      if (ref.name !== "b" || dryRun || ++failures > 3) return;
      throw new ClusterError("unavailable", "the API server is busy", { ref, transient: true });
    },
  });
  expect(await executeRun(run.inputs, run.deps)).toEqual({ result: "complete" });
  const lines = eventLines(run.events);
  expect(lines.filter((line) => line.startsWith("again"))).toHaveLength(3);
  expect(lines).toContain("deploy.main.first ERROR: the API server is busy");
  expect(lines.filter((line) => line.startsWith("deploy.main ERROR"))).toEqual([]);
  expect(run.clock.elapsed()).toBeGreaterThan(5000);
});

test("what does not mend itself in time is a time-out with the last cause", async () => {
  const run = scenario(TWO, {
    limits: { noActivity: 60_000 },
    fault: ({ ref, dryRun }) => {
      if (ref.name === "b" && !dryRun)
        throw new ClusterError("quota", "ConfigMap b exceeds the quota small", { ref });
    },
  });
  expect(await executeRun(run.inputs, run.deps)).toMatchObject({
    result: "timed-out",
    message: expect.stringMatching(/ConfigMap b exceeds the quota small/),
  });
});

test.each(["invalid", "forbidden", "webhook", "terminating"] as const)(
  "%s is final, siblings that were asked for are awaited",
  async (kind) => {
    const run = scenario(TWO, {
      fault: ({ ref, dryRun }) => {
        if (ref.name === "a" && !dryRun)
          throw new ClusterError(kind, `ConfigMap a: ${kind}`, { ref, hint: "do that" });
      },
    });
    expect(await executeRun(run.inputs, run.deps)).toEqual({
      result: "failed",
      path: { plan: "deploy", phase: "main", step: "first", task: "one" },
      message: `ConfigMap a: ${kind}`,
      hint: "do that",
      ref: { apiVersion: "v1", kind: "ConfigMap", name: "a", namespace: "db" },
    });
    expect(eventLines(run.events).slice(-3)).toEqual([
      `deploy.main.first FATAL_ERROR: ConfigMap a: ${kind}`,
      "deploy.main FATAL_ERROR",
      "deploy FATAL_ERROR",
    ]);
    expect(run.cluster.objects().map(({ metadata }) => metadata.name)).not.toContain("c");
  },
);

test("what the dry run finds is refused before the first write, all at once", async () => {
  const run = scenario(TWO, {
    fault: ({ ref, dryRun }) => {
      if (dryRun && ref.name !== "b")
        throw new ClusterError("invalid", `ConfigMap ${ref.name}: field is immutable`, { ref });
    },
  });
  const error = await executeRun(run.inputs, run.deps).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(KplanError);
  expect(error).toMatchObject({ kind: "bad-input" });
  expect(errorText(error as KplanError)).toBe(
    [
      "nothing was applied: the dry run found 2 problems",
      "deploy.main.first.one: ConfigMap a: field is immutable",
      "deploy.main.second.two: ConfigMap c: field is immutable",
    ].join("\n"),
  );
  expect(run.cluster.objects()).toEqual([]);
  expect(eventLines(run.events)).toEqual([]);
});

test("told to stop, no new write begins and the one under way is awaited", async () => {
  const run = scenario(TWO, {
    fault: ({ ref, dryRun }) => {
      if (ref.name === "b" && !dryRun) run.stop.abort();
    },
  });
  expect(await executeRun(run.inputs, run.deps)).toEqual({
    result: "interrupted",
    message: "stopped with 1 of 2 steps complete; give the same command again to go on",
  });
  expect(run.cluster.objects().map(({ metadata }) => metadata.name)).toEqual(["a", "b"]);
  expect(eventLines(run.events).at(-1)).toBe("deploy.main.first COMPLETE");
});

test("told to stop during the dry run, it gives that up", async () => {
  const run = scenario(TWO, {
    fault: () => {
      run.stop.abort();
      throw new DOMException("given up", "AbortError");
    },
  });
  expect(await executeRun(run.inputs, run.deps)).toMatchObject({ result: "interrupted" });
  expect(run.cluster.objects()).toEqual([]);
});

test("told to stop while it waits, it stops at once and says where it stands", async () => {
  const run = scenario(WEB);
  void run.clock.sleep(1500).then(() => run.stop.abort());
  expect(await executeRun(run.inputs, run.deps)).toMatchObject({ result: "interrupted" });
  expect(run.clock.elapsed()).toBeLessThan(3000);
});

test("a lost lease ends it with an error, and nothing is written after", async () => {
  const run = scenario(TWO, {
    fault: ({ ref, dryRun }) => {
      if (ref.name === "a" && !dryRun) run.lost.abort();
    },
  });
  const error = await executeRun(run.inputs, run.deps).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: "lease-lost" });
  expect(run.cluster.objects().map(({ metadata }) => metadata.name)).not.toContain("c");
});

test("a bug is thrown as it is, after the others have stopped", async () => {
  const run = scenario(TWO, {
    fault: ({ dryRun }) => {
      if (!dryRun) throw new TypeError("undefined is not a function");
    },
  });
  await expect(executeRun(run.inputs, run.deps)).rejects.toThrow(TypeError);
});

test("several plans run one after the other, and none after one that failed", async () => {
  const text = `
tasks:
  ok: { kind: Dummy }
  bad: { kind: Dummy, wantErr: true, fatal: true }
plans:
  a: { phases: { p: { steps: { s: [ok] } } } }
  b: { phases: { p: { steps: { s: [bad] } } } }
  c: { phases: { p: { steps: { s: [ok] } } } }
`;
  const run = scenario(text);
  expect(await executeRun(run.inputs, run.deps)).toMatchObject({
    result: "failed",
    message: "dummy error",
    path: { plan: "b" },
  });
  const lines = eventLines(run.events);
  expect(lines).toContain("a COMPLETE");
  expect(lines).toContain("b FATAL_ERROR");
  expect(lines.filter((line) => line.startsWith("c"))).toEqual([]);
});
