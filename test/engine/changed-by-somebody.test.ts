import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connect } from "../../src/cluster/kube.ts";
import { executeRun } from "../../src/engine/execute-run.ts";
import { eventLines, type Scenario, scenario } from "../../src/engine/testing/scenario.ts";
import type { Clock } from "../../src/model/clock.ts";
import type { Cluster } from "../../src/model/cluster.ts";
import { realClock } from "../../src/model/real-clock.ts";
import type { RunOutcome } from "../../src/model/run.ts";
import { type Api, openApi } from "../support/api.ts";
import {
  exchangeInTests,
  type InProcessTarget,
  serveInProcess,
} from "../support/serve-in-process.ts";

// Somebody edits what a step has applied while the step waits for it; who has a field is what the server's managedFields say.

let server: InProcessTarget;
let cluster: Cluster;
let api: Api;

beforeAll(async () => {
  server = await serveInProcess({ speed: 2000 });
  const kubeconfig = join(mkdtempSync(join(tmpdir(), "kplan-changed-")), "kubeconfig");
  writeFileSync(kubeconfig, server.kubeconfig());
  ({ cluster } = await connect({
    exchange: exchangeInTests,
    kubeconfig,
    env: {},
    version: "0.0.0",
    simulated: true,
  }));
  await cluster.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: "db" } });
  api = openApi(server.kubeconfig());
});
afterAll(async () => {
  api.close();
  cluster.close();
  await server.close();
});

/** A clock on which a minute takes a second. */
const FAST: Clock = {
  now: () => realClock.now(),
  monotonic: () => realClock.monotonic() * 60,
  sleep: (ms, signal) => realClock.sleep(ms / 60, signal),
};

/** A Job that is not let run, so that it is waited for until somebody lets it. */
const job = (name: string, more = ""): string => `
tasks: {t: {kind: Apply, resources: [job.yaml]}}
templates:
  job.yaml: |
    apiVersion: batch/v1
    kind: Job
    metadata: {name: ${name}, labels: {team: ours}${more}}
    spec: {suspend: true, parallelism: 2, template: {spec: {restartPolicy: Never, containers: [{name: c, image: i}]}}}
plans: {deploy: {phases: {p: {steps: {s: [t]}}}}}
`;

/** Runs it while somebody acts on each state of the Job that is seen. */
async function runAgainst(
  name: string,
  act: (
    seen: { labels: Record<string, string>; parallelism: number },
    n: number,
  ) => object | undefined,
  options: { readonly force?: boolean; readonly more?: string } = {},
): Promise<Scenario & { readonly outcome: RunOutcome }> {
  const patient = { step: 86_400_000, noActivity: 86_400_000 };
  const one = scenario(job(name, options.more), { limits: patient });
  const end = new AbortController();
  const query = { apiVersion: "batch/v1", kind: "Job", namespace: "db", name };
  let n = 0;
  const acting = (async () => {
    for await (const event of cluster.watch(query, { signal: end.signal })) {
      if (!("object" in event)) continue;
      const { spec, metadata } = event.object as never as {
        spec: { parallelism: number };
        metadata: { labels?: Record<string, string> };
      };
      const seen = { labels: metadata.labels ?? {}, parallelism: spec.parallelism };
      const patch = act(seen, n);
      if (patch === undefined) continue;
      n += 1;
      const path = `/apis/batch/v1/namespaces/db/jobs/${name}?fieldManager=scaler`;
      await api.patch(path, "merge-patch", patch);
    }
  })();
  const deps = { ...one.deps, cluster, clock: FAST, forceConflicts: options.force === true };
  const outcome = await executeRun(one.inputs, deps);
  end.abort();
  await acting;
  return { ...one, outcome };
}

const UNSUSPEND = { spec: { suspend: null } };

test("who changes what a step has applied is named, with the field", async () => {
  const { outcome, events } = await runAgainst("named", ({ parallelism }) =>
    parallelism === 2 ? { spec: { parallelism: 5 } } : undefined,
  );
  expect(outcome).toMatchObject({
    result: "failed",
    message: "scaler owns .spec.parallelism of Job named",
    hint: "leave the fields out of the template, or take them with --force-conflicts",
  });
  expect(eventLines(events)).toContain(
    "again: scaler changed .spec.parallelism of Job named while it was waited for",
  );
});

test("what is taken back and stays is no fight", async () => {
  const { outcome, events } = await runAgainst(
    "once",
    ({ parallelism }, n) =>
      n === 0 && parallelism === 2
        ? { spec: { parallelism: 5 } }
        : n === 1 && parallelism === 2
          ? UNSUSPEND
          : undefined,
    { force: true, more: ", annotations: {kplan.dev/take-fields: .spec.suspend}" },
  );
  expect(outcome).toEqual({ result: "complete" });
  expect(eventLines(events).filter((line) => line.startsWith("configured"))).toHaveLength(1);
});

test("whoever sets it back again and again is named within a minute", async () => {
  const { outcome } = await runAgainst(
    "fight",
    ({ parallelism }) => (parallelism === 2 ? { spec: { parallelism: 5 } } : undefined),
    { force: true },
  );
  expect(outcome).toMatchObject({
    result: "failed",
    message: expect.stringMatching(
      /^scaler changed \.spec\.parallelism of Job fight while it was waited for; still so after/,
    ),
    hint: "stop what scaler does to it, or leave the field out of the template",
  });
});

test("a label that somebody takes off is put on again", async () => {
  const {
    outcome,
    cluster: _,
    events,
  } = await runAgainst(
    "label",
    ({ labels }, n) =>
      n === 0
        ? { metadata: { labels: { team: null } } }
        : n === 1 && labels.team === "ours"
          ? UNSUSPEND
          : undefined,
    { more: ", annotations: {kplan.dev/take-fields: .spec.suspend}" },
  );
  expect(outcome).toEqual({ result: "complete" });
  expect(eventLines(events)).toContain(
    "again: somebody changed .metadata.labels.team of Job label while it was waited for",
  );
});
