import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connect } from "../../src/cluster/kube.ts";
import { executeRun } from "../../src/engine/execute-run.ts";
import { errorText, scenario } from "../../src/engine/testing/scenario.ts";
import type { Clock } from "../../src/model/clock.ts";
import type { Cluster } from "../../src/model/cluster.ts";
import type { KplanError } from "../../src/model/kplan-error.ts";
import type { KubeObject } from "../../src/model/kube-object.ts";
import { realClock } from "../../src/model/real-clock.ts";
import type { RunOutcome } from "../../src/model/run.ts";
import {
  exchangeInTests,
  type InProcessTarget,
  serveInProcess,
} from "../support/serve-in-process.ts";

// What a server refuses by quota, by webhooks that are down, and because a namespace is going, as its own words come through to people.

let server: InProcessTarget;
let cluster: Cluster;

beforeAll(async () => {
  server = await serveInProcess({ speed: 2000 });
  const kubeconfig = join(mkdtempSync(join(tmpdir(), "kplan-refused-")), "kubeconfig");
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

/** A clock that goes so many times as fast. */
const faster = (times: number): Clock => ({
  now: () => realClock.now(),
  monotonic: () => realClock.monotonic() * times,
  sleep: (ms, signal) => realClock.sleep(ms / times, signal),
});

/** On a busy machine nothing else may end a step than what is looked for. */
const PATIENT = { step: 86_400_000, noActivity: 86_400_000 };

const CONFIG = "{apiVersion: v1, kind: ConfigMap, metadata: {name: c}, data: {a: b}}";
const pods = "{metadata: {labels: {app: a}}, spec: {containers: [{name: c, image: i}]}}";
const SET = `{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: s}, spec: {serviceName: s, replicas: 2, selector: {matchLabels: {app: a}}, template: ${pods}}}`;
const WEB = `{apiVersion: apps/v1, kind: Deployment, metadata: {name: w}, spec: {replicas: 2, selector: {matchLabels: {app: a}}, template: ${pods}}}`;
const JOB =
  "{apiVersion: batch/v1, kind: Job, metadata: {name: j}, spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: i}]}}}}";
/** Nobody lets it run, so that it is waited for. */
const HELD = JOB.replace("spec: {template", "spec: {suspend: true, template");

/** Applies a template in a namespace of its own; `checked` is done between the dry run and the first write. */
async function run(
  namespace: string,
  template: string,
  by: {
    readonly before?: readonly KubeObject[];
    readonly checked?: () => Promise<unknown>;
    readonly written?: () => Promise<unknown>;
    /** How fast time passes; a minute takes a quarter of a second when absent. */
    readonly speed?: number;
  } = {},
): Promise<RunOutcome | { readonly refused: string }> {
  await cluster.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
  for (const object of by.before ?? []) await cluster.create(object);
  const text = `
tasks: {t: {kind: Apply, resources: [a.yaml]}}
templates: {a.yaml: ${JSON.stringify(template)}}
plans: {deploy: {phases: {p: {steps: {s: [t]}}}}}
`;
  const one = scenario(text, { limits: PATIENT });
  const clock = faster(by.speed ?? 240);
  const inputs = { ...one.inputs, instance: { ...one.inputs.instance, namespace } };
  const recorder = {
    ...one.deps.recorder,
    intent: async () => {
      await by.checked?.();
    },
  };
  const emit: typeof one.deps.emit = (event) => {
    if (event.type === "object-written") void by.written?.();
  };
  return await executeRun(inputs, { ...one.deps, cluster, clock, recorder, emit }).catch(
    (error: KplanError) => {
      const hints = (error.issues ?? []).map(({ hint }) => hint ?? "");
      return { refused: [errorText(error), ...hints].join("\n") };
    },
  );
}

const quota = (namespace: string, hard: Record<string, string>): KubeObject => ({
  apiVersion: "v1",
  kind: "ResourceQuota",
  metadata: { name: "small", namespace },
  spec: { hard },
});

const webhook = (namespace: string): KubeObject => ({
  apiVersion: "admissionregistration.k8s.io/v1",
  kind: "ValidatingWebhookConfiguration",
  metadata: { name: `policy-${namespace}` },
  webhooks: [
    {
      name: "maps.policy.dev",
      clientConfig: { service: { namespace: "policy", name: "hook" } },
      rules: [
        { apiGroups: [""], apiVersions: ["v1"], operations: ["*"], resources: ["configmaps"] },
      ],
      objectSelector: { matchLabels: { "kudo.dev/instance": "galera" } },
      admissionReviewVersions: ["v1"],
      sideEffects: "None",
    },
  ],
});

test("no room for an object: refused before the first write, with the quota and its numbers", async () => {
  const limits = { "count/statefulsets.apps": "0" };
  const ended = await run("full", SET, { before: [quota("full", limits)] });
  expect(ended).toMatchObject({
    refused: expect.stringContaining(
      "StatefulSet s exceeds the quota small, requested: count/statefulsets.apps=1, used: count/statefulsets.apps=0, limited: count/statefulsets.apps=0",
    ),
  });
  expect(ended).toMatchObject({
    refused: expect.stringContaining("kubectl describe resourcequota -n full"),
  });
});

test.concurrent.each([
  ["StatefulSet s", SET],
  ["Deployment w", WEB],
  ["Job j", JOB],
])("no room for the pods of %s: borne for two minutes, then named", async (what, template) => {
  const namespace = `pods-${what.slice(-1)}`;
  const room = quota(namespace, { pods: what === "Job j" ? "0" : "1" });
  const ended = await run(namespace, template, { before: [room] });
  expect(ended).toMatchObject({
    result: "failed",
    message: expect.stringMatching(
      new RegExp(`^pods of ${what} cannot be created: .*exceeded quota: small, requested: pods=1`),
    ),
    hint: `kubectl -n ${namespace} describe quota`,
    health: { reason: "QuotaExceeded" },
  });
});

test("room that comes in time is used", async () => {
  const namespace = "freed";
  const ended = await run(namespace, WEB, {
    before: [quota(namespace, { pods: "1" })],
    speed: 5,
    written: async () => {
      const ref = { apiVersion: "v1", kind: "ResourceQuota", namespace, name: "small" };
      await realClock.sleep(200);
      await cluster.patch(ref, { spec: { hard: { pods: "5" } } });
    },
  });
  expect(ended).toEqual({ result: "complete" });
});

test("a webhook without its Service: refused before the first write, with its configuration", async () => {
  const ended = await run("hooked", CONFIG, { before: [webhook("hooked")] });
  const said = "refused" in ended ? ended.refused : JSON.stringify(ended);
  expect(said).toContain(
    "the admission webhook maps.policy.dev (Service policy/hook) cannot be asked",
  );
  expect(said).toContain("of ValidatingWebhookConfiguration policy-hooked");
  expect(said).toContain("kubectl delete validatingwebhookconfiguration policy-hooked");
  await cluster.delete({ ...webhook("hooked"), name: "policy-hooked" });
});

test("a namespace that is deleted at any step: hopeless at once", async () => {
  const remove = (name: string): Promise<unknown> =>
    cluster.delete({ apiVersion: "v1", kind: "Namespace", name });
  /** Keeps the namespace from going all the way. */
  const held = (namespace: string): KubeObject => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "held", namespace, finalizers: ["x.org/held"] },
  });
  const release = (namespace: string): Promise<unknown> =>
    cluster.patch(
      { apiVersion: "v1", kind: "ConfigMap", namespace, name: "held" },
      { metadata: { finalizers: null } },
    );

  const early = await run("going-1", CONFIG, {
    before: [held("going-1")],
    checked: () => remove("going-1"),
  });
  expect(early).toMatchObject({
    result: "failed",
    message: "ConfigMap c cannot be created: namespace going-1 is being deleted",
    hint: "wait until it is gone: kubectl wait --for=delete namespace/going-1",
  });
  const late = await run("going-2", HELD, {
    before: [held("going-2")],
    written: () => remove("going-2"),
  });
  expect(late).toMatchObject({
    result: "failed",
    message: expect.stringMatching(/namespace going-2( is being deleted)?$/),
    hint: "wait until it is gone: kubectl wait --for=delete namespace/going-2",
  });
  await Promise.all([release("going-1"), release("going-2")]);
});
