import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connect } from "../../src/cluster/kube.ts";
import { executeRun } from "../../src/engine/execute-run.ts";
import { mortal } from "../../src/engine/testing/mortal-cluster.ts";
import {
  errorText,
  type Scenario,
  type ScenarioOptions,
  scenario,
} from "../../src/engine/testing/scenario.ts";
import type { Cluster, ExecResult } from "../../src/model/cluster.ts";
import { isMap } from "../../src/model/json.ts";
import type { KplanError } from "../../src/model/kplan-error.ts";
import type { KubeObject } from "../../src/model/kube-object.ts";
import { realClock } from "../../src/model/real-clock.ts";
import type { RunOutcome } from "../../src/model/run.ts";
import { eventually } from "../support/api.ts";
import {
  exchangeInTests,
  type InProcessTarget,
  serveInProcess,
} from "../support/serve-in-process.ts";

// StatefulSets change pod by pod, on the embedded cluster with its controllers.

let server: InProcessTarget;
let cluster: Cluster;

beforeAll(async () => {
  server = await serveInProcess({ speed: 2000 });
  const kubeconfig = join(mkdtempSync(join(tmpdir(), "kplan-rollout-")), "kubeconfig");
  writeFileSync(kubeconfig, server.kubeconfig());
  ({ cluster } = await connect({
    exchange: exchangeInTests,
    kubeconfig,
    env: {},
    version: "0.0.0",
    simulated: true,
  }));
});
afterAll(async () => {
  cluster.close();
  await server.close();
});

const WHOLE =
  "{kind: all, of: 'Values.size == Expected', message: 'the view of {{StepName}} is incomplete'}";

interface Shape {
  readonly replicas: number;
  readonly image?: string;
  readonly policy?: string;
  /** More of the pods' spec. */
  readonly pod?: string;
  /** More of the gate. */
  readonly gate?: string;
  /** More of the StatefulSet's spec. */
  readonly more?: string;
  readonly kind?: string;
  readonly service?: string;
  readonly onImmutable?: string;
}

function plan(name: string, shape: Shape): string {
  const { replicas, image = "a", policy = "Parallel", pod = "", gate = "", more = "" } = shape;
  return `
tasks:
  app: {kind: Apply, resources: [app.yaml]}
templates:
  app.yaml: |
    apiVersion: apps/v1
    kind: ${shape.kind ?? "StatefulSet"}
    metadata: {name: ${name}}
    spec:
      ${shape.kind === undefined ? `serviceName: ${shape.service ?? name}\n      podManagementPolicy: ${policy}` : ""}
      replicas: ${replicas}
      selector: {matchLabels: {app: ${name}}}
      template:
        metadata: {labels: {app: ${name}}}
        spec: {containers: [{name: db, image: "db:${image}"}]${pod}}
      ${more}
plans:
  deploy:
    phases:
      main:
        steps:
          nodes: {tasks: [app], ${shape.onImmutable === undefined ? "" : `onImmutable: ${shape.onImmutable}, `}rollout: {}, gate: {command: [state], expect: [${WHOLE}]${gate}}}
`;
}

type Answer = (pod: string) => Promise<Partial<ExecResult>> | Partial<ExecResult>;

/** How a run goes on. */
interface Run extends ScenarioOptions {
  readonly answer?: Answer;
  readonly over?: Cluster;
  /** After so many answers of pods twenty minutes have passed: more than a step may be without activity. */
  readonly patience?: number;
}

/** A run on the cluster, its pods answering as `answer` does; by default with the number of ready pods of their StatefulSet. */
async function run(
  name: string,
  shape: Shape | string,
  options: Run = {},
): Promise<Scenario & { readonly outcome: RunOutcome }> {
  const { answer = () => countReady(name), over = cluster, patience = Infinity, ...rest } = options;
  const one = scenario(typeof shape === "string" ? shape : plan(name, shape), rest);
  let asked = 0;
  const exec: Cluster["exec"] = async (pod) => {
    const said = await answer(pod.name);
    asked += 1;
    return { exitCode: 0, stdout: "", stderr: "", ...said };
  };
  const monotonic = (): number => realClock.monotonic() + (asked < patience ? 0 : 20 * 60_000);
  const clock = { ...realClock, monotonic };
  const deps = { ...one.deps, cluster: { ...over, exec }, clock };
  // A namespace of its own: what happens to others wakes nobody.
  await cluster
    .create({ apiVersion: "v1", kind: "Namespace", metadata: { name } })
    .catch(() => undefined);
  const inputs = { ...one.inputs, instance: { ...one.inputs.instance, namespace: name } };
  return { ...one, outcome: await executeRun(inputs, deps) };
}

async function countReady(name: string): Promise<Partial<ExecResult>> {
  const size = (await pods(name)).filter((pod) => pod.ready && !pod.leaving).length;
  return { stdout: `size\t${size}\n` };
}

interface Pod {
  readonly name: string;
  readonly uid: string;
  readonly image: string;
  readonly ready: boolean;
  readonly leaving: boolean;
}

async function pods(name: string): Promise<Pod[]> {
  const query = { apiVersion: "v1", kind: "Pod", namespace: name, labelSelector: `app=${name}` };
  return (await cluster.list(query)).items
    .map(podOf)
    .sort((a, b) => a.name.localeCompare(b.name, "en"));
}

function podOf({ metadata, spec, status }: KubeObject): Pod {
  const [container] = (isMap(spec) ? spec.containers : []) as { image: string }[];
  const conditions = (isMap(status) ? (status.conditions ?? []) : []) as {
    type: string;
    status: string;
  }[];
  return {
    name: metadata.name,
    uid: metadata.uid ?? "",
    image: container?.image ?? "",
    ready: conditions.some((one) => one.type === "Ready" && one.status === "True"),
    leaving: metadata.deletionTimestamp !== undefined,
  };
}

function refTo(name: string) {
  return { apiVersion: "apps/v1", kind: "StatefulSet", namespace: name, name };
}

interface SetSpec {
  readonly replicas: number;
  readonly updateStrategy: { readonly rollingUpdate?: { readonly partition?: number } };
}

/** Follows a StatefulSet: `replicas/partition` at each change of its spec, and the fewest ready pods of those that it should keep. */
function follow(name: string): { readonly steps: string[]; readonly stop: () => Promise<void> } {
  const steps: string[] = [];
  const stop = new AbortController();
  const query = { apiVersion: "apps/v1", kind: "StatefulSet", namespace: name, name };
  const watching = (async () => {
    for await (const event of cluster.watch(query, { signal: stop.signal })) {
      const items = event.type === "listed" ? event.items : "object" in event ? [event.object] : [];
      for (const { spec } of items) {
        const { replicas, updateStrategy } = spec as SetSpec;
        const step = `${replicas}/${updateStrategy.rollingUpdate?.partition ?? 0}`;
        if (steps.at(-1) !== step) steps.push(step);
      }
    }
  })();
  return {
    steps,
    stop: async () => {
      stop.abort();
      await watching.catch(() => undefined);
    },
  };
}

async function following(name: string, work: () => Promise<unknown>): Promise<string[]> {
  const watch = follow(name);
  await work();
  await eventually(
    () => liveReplicas(name),
    (replicas) => watch.steps.at(-1)?.split("/")[0] === String(replicas),
  );
  await watch.stop();
  return watch.steps;
}

async function liveReplicas(name: string): Promise<number | undefined> {
  const live = await cluster.get(refTo(name));
  return (live?.spec as SetSpec | undefined)?.replicas;
}

function told({ events }: Scenario): string[] {
  return events.flatMap((event) => {
    if (event.type === "rollout") return [event.message];
    if (event.type === "gate") return [`gate ${event.state}: ${event.message}`];
    return event.type === "object-written" ? [event.change] : [];
  });
}

const COMPLETE = { result: "complete" };

test.concurrent.each(["Parallel", "OrderedReady"])(
  "%s: up, restarts and down, one pod at a time",
  async (policy) => {
    const name = policy.toLowerCase();
    const first = await run(name, { replicas: 3, policy });
    expect(first.outcome).toEqual(COMPLETE);
    expect(told(first)).toEqual([
      "begins with 1 pod of 3",
      "created",
      "gate holds: 1 pod is as expected",
      "1 to 2 pods, on the way to 3",
      "configured",
      "gate holds: 2 pods are as expected",
      "2 to 3 pods",
      "configured",
      "gate holds: 3 pods are as expected",
    ]);
    const before = await pods(name);

    const again = await run(name, { replicas: 3, policy });
    expect(again.outcome).toEqual(COMPLETE);
    expect(told(again)).toEqual(["unchanged", "gate holds: 3 pods are as expected"]);

    const up = await following(name, () => run(name, { replicas: 5, policy }));
    expect(up).toEqual(["3/0", "4/0", "5/0"]);
    expect((await pods(name)).slice(0, 3)).toEqual(before);

    const both = await following(name, () => run(name, { replicas: 4, image: "b", policy }));
    expect(both).toEqual(["5/0", "5/5", "5/4", "5/3", "5/2", "5/1", "5/0", "4/0"]);
    expect((await pods(name)).map(({ image }) => image)).toEqual(["db:b", "db:b", "db:b", "db:b"]);

    const grown = await following(name, () => run(name, { replicas: 5, image: "c", policy }));
    expect(grown).toEqual(["4/0", "4/4", "5/4", "5/3", "5/2", "5/1", "5/0"]);

    const none = await following(name, () => run(name, { replicas: 0, image: "c", policy }));
    expect(none).toEqual(["5/0", "4/0", "3/0", "2/0", "1/0", "0/0"]);
    expect(await pods(name)).toEqual([]);
  },
);

test.concurrent("a gate that does not hold keeps everything as it is, and the step ends timed out", async () => {
  await run("held", { replicas: 2 });
  const steps = await following("held", async () => {
    const { outcome } = await run(
      "held",
      { replicas: 3, image: "b" },
      // Both pods answer twice the same.
      { patience: 4, answer: (pod) => ({ stdout: `size\t${pod === "held-1" ? 7 : 2}` }) },
    );
    expect(outcome).toMatchObject({
      result: "timed-out",
      message:
        "no progress for 10 min, waiting for the gate: the view of nodes is incomplete: held-1",
    });
  });
  expect(steps).toEqual(["2/0"]);
});

test.each<[string, Answer, string]>([
  [
    "a command that fails",
    () => ({ exitCode: 1, stderr: "trying\nno socket\n" }),
    "deaf-0 gives no answer: its command ended with exit code 1: no socket",
  ],
  ["no answer at all", () => ({}), "deaf-0 gives no answer: it printed nothing"],
])("a pod without an answer: %s", async (_, answer, message) => {
  await run("deaf", { replicas: 1 });
  const { outcome } = await run("deaf", { replicas: 1 }, { answer, patience: 2 });
  expect(outcome).toMatchObject({ message: expect.stringContaining(message) });
});

test.concurrent("a gate is waited for between two changes", async () => {
  await run("slow", { replicas: 1 });
  let looks = 0;
  const answer: Answer = async () => {
    const { stdout = "" } = await countReady("slow");
    return { stdout: `${stdout}queue\t${looks++ < 2 ? 9 : 0}` };
  };
  const one = await run(
    "slow",
    { replicas: 2, gate: ", slowWhen: 'Pods[0].values.queue > 5'" },
    { answer },
  );
  expect(told(one)).toEqual([
    "gate slow: the next change waits while Pods[0].values.queue > 5",
    "gate holds: 1 pod is as expected",
    "1 to 2 pods",
    "configured",
    "gate holds: 2 pods are as expected",
  ]);
});

test.concurrent("a gate without pods to ask: the task that applies them was skipped", async () => {
  const text = plan("skipped", { replicas: 1 }).replace(
    "kind: Apply,",
    "kind: Apply, when: 'false',",
  );
  const { outcome, events } = await run("skipped", text);
  expect(outcome).toEqual(COMPLETE);
  expect(events.filter(({ type }) => type === "gate")).toEqual([]);
});

test.concurrent("a gate over a selector expects what the owners of the pods should have", async () => {
  await run("asked", { replicas: 2 });
  const text = `
tasks: {note: {kind: Apply, resources: [note.yaml]}}
templates: {note.yaml: "{apiVersion: v1, kind: ConfigMap, metadata: {name: asked}}"}
plans: {deploy: {phases: {main: {steps: {one: {tasks: [note], gate: {pods: "app={{'asked'}}", command: [state], expect: [${WHOLE}]}}}}}}}
`.replace("{{'asked'}}", "asked");
  const one = await run("asked", text);
  expect(told(one)).toEqual(["created", "gate holds: 2 pods are as expected"]);
});

test.concurrent("a rollout that stands half-way is gone on with", async () => {
  await run("held-back", { replicas: 3 });
  const other = { rollingUpdate: { partition: 3 } };
  const template = { spec: { containers: [{ name: "db", image: "db:b" }] } };
  await cluster.patch(refTo("held-back"), { spec: { updateStrategy: other, template } });
  const steps = await following("held-back", async () => {
    const { outcome } = await run("held-back", { replicas: 3, image: "b" });
    expect(outcome).toEqual(COMPLETE);
  });
  expect(steps).toEqual(["3/3", "3/2", "3/1", "3/0"]);
});

test.concurrent("on a simulated cluster without answers a gate is not evaluated, said once", async () => {
  const nothing: Answer = () => ({ exitCode: 126, stderr: "simulated: no container runs\n" });
  const one = await run("simulated", { replicas: 3 }, { answer: nothing });
  expect(one.outcome).toEqual(COMPLETE);
  expect(told(one).filter((text) => text.startsWith("gate"))).toEqual([
    "gate not-evaluated: not evaluated: the cluster is simulated and no answers are known",
  ]);
});

test.concurrent("killed around any write and given again, it ends the same, and never jumps", async () => {
  const goal = { replicas: 3, image: "b" };
  // Who dies after a write leaves what one leaves who dies before the next.
  const deaths = [["before", 1] as const, ...[1, 2, 3, 4].map((n) => ["after", n] as const)];
  await Promise.all(
    deaths.map(async ([when, n]) => {
      const name = `killed-${when}-${n}`;
      await run(name, { replicas: 2 });
      const steps = await following(name, async () => {
        const over = mortal(cluster, n, when);
        await expect(run(name, goal, { over })).rejects.toThrow("killed");
        expect((await run(name, goal, { uid: "run-2" })).outcome).toEqual(COMPLETE);
      });
      expect(steps).toEqual(["2/0", "2/2", "3/2", "3/1", "3/0"]);
      expect((await pods(name)).map(({ image }) => image)).toEqual(["db:b", "db:b", "db:b"]);
    }),
  );
});

const NOWHERE = ", nodeSelector: {disk: none}";

test.concurrent.each(["Parallel", "OrderedReady"])(
  "%s: an update that mends what the one before has broken",
  async (policy) => {
    const name = `mended-${policy.toLowerCase()}`;
    await run(name, { replicas: 3, policy });
    const limits = { unschedulable: 50 };
    const bad = await run(name, { replicas: 3, image: "b", pod: NOWHERE, policy }, { limits });
    expect(bad.outcome).toMatchObject({ result: "failed", health: { reason: "Unschedulable" } });
    expect((await pods(name)).map(({ image }) => image)).toEqual(["db:a", "db:a", "db:b"]);

    const good = await run(name, { replicas: 3, image: "c", policy }, { uid: "run-2" });
    expect(good.outcome).toEqual(COMPLETE);
    expect(told(good)[1]).toBe(`replaces ${name}-2, which cannot become ready`);
    expect((await pods(name)).map(({ image }) => image)).toEqual(["db:c", "db:c", "db:c"]);
  },
);

test.concurrent("a member that cannot come is taken back", async () => {
  await run("back", { replicas: 2, pod: ", affinity: {}" });
  await cluster.patch(refTo("back"), {
    spec: {
      replicas: 3,
      template: { spec: { nodeSelector: { disk: "none" } } },
      updateStrategy: { rollingUpdate: { partition: 2 } },
    },
  });
  await eventually(
    () => pods("back"),
    ({ length }) => length === 3,
  );
  const { outcome } = await run("back", { replicas: 2 });
  expect(outcome).toEqual(COMPLETE);
  expect((await pods("back")).map(({ ready }) => ready)).toEqual([true, true]);
});

test.each<[string, Shape, string]>([
  [
    "OnDelete",
    { replicas: 1, more: "updateStrategy: {type: OnDelete}" },
    "StatefulSet odd cannot be rolled out: its updateStrategy is OnDelete, and `rollout` works by the partition of RollingUpdate",
  ],
  [
    "a Deployment",
    { replicas: 1, kind: "Deployment" },
    "Deployment odd cannot be rolled out: `rollout` changes the pods of a StatefulSet",
  ],
])("refused before the first write: %s", async (_, shape, message) => {
  const ended = await run("odd", shape).catch((error: KplanError) => error);
  const words = "outcome" in ended ? JSON.stringify(ended.outcome) : errorText(ended);
  expect(words).toContain(message);
  expect(await cluster.get(refTo("odd"))).toBeUndefined();
});

test.concurrent("made anew around its pods, though killed in between", async () => {
  await run("anew", { replicas: 3 });
  const before = await pods("anew");
  const goal = { replicas: 4, service: "other", onImmutable: "orphan" };
  await expect(run("anew", { ...goal, onImmutable: "refuse" })).rejects.toMatchObject({
    code: "would-fail",
    issues: [
      {
        message: expect.stringContaining("(changed: spec.serviceName)"),
        hint: expect.stringContaining("onImmutable: orphan"),
      },
    ],
  });
  await expect(run("anew", goal, { over: mortal(cluster, 1, "after") })).rejects.toThrow("killed");
  await eventually(
    () => cluster.get(refTo("anew")),
    (live) => live === undefined,
  );
  const steps = await following("anew", async () => {
    expect((await run("anew", goal, { uid: "run-2" })).outcome).toEqual(COMPLETE);
  });
  expect(steps).toEqual(["3/3", "4/3", "4/0"]);
  expect((await pods("anew")).slice(0, 3)).toEqual(before);
  expect((await cluster.get(refTo("anew")))?.spec).toMatchObject({ serviceName: "other" });
});

test.concurrent.each<[string, string, string]>([
  [
    "Job",
    "a Job's template",
    "{apiVersion: batch/v1, kind: Job, metadata: {name: anew}, spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: 'a:VALUE'}]}}}}",
  ],
  [
    "Service",
    "a Service's address",
    "{apiVersion: v1, kind: Service, metadata: {name: anew}, spec: {clusterIP: VALUE, ports: [{port: 80}]}}",
  ],
])("made anew: %s", async (kind, _, template) => {
  const text = (value: string): string => `
tasks: {app: {kind: Apply, resources: [app.yaml]}}
templates: {app.yaml: "${template.replace("VALUE", value)}"}
plans: {deploy: {phases: {main: {steps: {one: {tasks: [app], onImmutable: recreate}}}}}}
`;
  const [first, second] = kind === "Job" ? ["1", "2"] : ["None", "10.96.7.7"];
  await run("anew", text(first ?? ""));
  const one = await run("anew", text(second ?? ""));
  expect(one.outcome).toEqual(COMPLETE);
  expect(told(one)).toEqual(["deleted", "created"]);
  const checked = one.events.find((event) => event.type === "check-finished");
  expect(checked?.preview.objects).toMatchObject([{ change: "recreate" }]);
});

test.concurrent("a claim is never made anew", async () => {
  const text = (mode: string): string => `
tasks: {app: {kind: Apply, resources: [app.yaml]}}
templates: {app.yaml: "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data}, spec: {accessModes: [${mode}], resources: {requests: {storage: 1Gi}}}}"}
plans: {deploy: {phases: {main: {steps: {one: {tasks: [app], onImmutable: recreate}}}}}}
`;
  await run("data", text("ReadWriteOnce"));
  await expect(run("data", text("ReadWriteMany"))).rejects.toMatchObject({ code: "would-fail" });
});
