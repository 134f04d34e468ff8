import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { ActionResult } from "../../src/actions/action-result.ts";
import { NO_VALUES } from "../../src/actions/change/given-values.ts";
import { install } from "../../src/actions/change/install.ts";
import { attachRun } from "../../src/actions/control/attach-run.ts";
import { resumeRun, retryRun } from "../../src/actions/control/resume-run.ts";
import { skipStep } from "../../src/actions/control/skip-step.ts";
import { cancelRun, pauseRun } from "../../src/actions/control/stop-run.ts";
import { planHistory } from "../../src/actions/instance/plan-history.ts";
import { uninstall } from "../../src/actions/removal/uninstall.ts";
import { stepStatus } from "../../src/actions/run/run-steps.ts";
import type { KplanError } from "../../src/model/kplan-error.ts";
import type { ObjectRef } from "../../src/model/kube-object.ts";
import type { RunRecord } from "../../src/model/run.ts";
import { packageFolder } from "../support/package-folder.ts";
import { type InProcessTarget, serveInProcess } from "../support/serve-in-process.ts";
import { openTerminal, type Terminal, type TerminalOptions } from "./terminals.ts";

// A run and whoever controls it, as two processes on one server that know nothing of each other but what is in the cluster.

const HANGS = packageFolder({
  "operator.yaml": `apiVersion: kplan.dev/v1
name: demo
operatorVersion: 0.1.0
tasks:
  - {name: config, kind: Apply, spec: {resources: [config.yaml]}}
  - {name: set, kind: Apply, spec: {resources: [set.yaml]}}
  - {name: never, kind: Dummy, spec: {done: false}}
  - {name: fails, kind: Dummy, spec: {wantErr: true, fatal: true}}
  - {name: nothing, kind: Dummy, spec: {}}
plans:
  deploy:
    phases:
      - {name: first, steps: [{name: config, tasks: [config]}]}
      - {name: nodes, strategy: parallel, steps: [{name: set, tasks: [set, never]}, {name: quick, tasks: [nothing]}]}
      - {name: last, steps: [{name: config, tasks: [config]}, {name: end, tasks: [nothing]}]}
  smoke:
    phases: [{name: smoke, steps: [{name: one, tasks: [nothing]}, {name: two, tasks: [nothing]}]}]
  broken:
    phases: [{name: broken, steps: [{name: one, tasks: [nothing]}, {name: two, tasks: [fails]}, {name: three, tasks: [nothing]}]}]
  cleanup:
    phases: [{name: cleanup, steps: [{name: wait, tasks: [never]}]}]
`,
  "templates/set.yaml": `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: "{{Name}}-set"}
spec:
  serviceName: x
  replicas: 2
  selector: {matchLabels: {app: x}}
  template:
    metadata: {labels: {app: x}}
    spec: {containers: [{name: x, image: x}]}
`,
});

let server: InProcessTarget;
let namespace: string;
let count = 0;
let dead: Set<number>;
const open: Terminal[] = [];

beforeAll(async () => {
  server = await serveInProcess({ speed: 1000 });
});
beforeEach(async () => {
  count += 1;
  namespace = `n${count}`;
  dead = new Set();
  const one = await terminal();
  await one.ctx.cluster.create({
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: namespace },
  });
});
afterAll(async () => {
  for (const one of open) one.close();
  await server.close();
});

let pids = 0;
async function terminal(options: Omit<TerminalOptions, "pid"> = {}): Promise<Terminal> {
  pids += 1;
  const one = await openTerminal(server, namespace, dead, { ...options, pid: pids });
  open.push(one);
  return one;
}

/** Waits until a terminal has told of this. */
async function told(one: Terminal, text: string): Promise<void> {
  const until = Date.now() + 60_000;
  while (!one.events.some((event) => JSON.stringify(event).includes(text))) {
    if (Date.now() > until) throw new Error(`never told: ${text}\n${JSON.stringify(one.events)}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** An install that has come to the step which never ends, its other step done. */
async function hanging(
  options: Omit<TerminalOptions, "pid"> & { readonly set?: readonly string[] } = {},
): Promise<{ readonly driver: Terminal; readonly result: Promise<ActionResult> }> {
  const driver = await terminal(options);
  const { set = [] } = options;
  const result = install(driver.ctx, { source: HANGS, values: { ...NO_VALUES, set } });
  result.catch(() => undefined);
  await told(driver, '"task":"never"},"objects":[],"act":"apply"');
  await told(driver, '"step":"quick"},"status":"COMPLETE"');
  return { driver, result };
}

async function newest(): Promise<RunRecord | undefined> {
  const [run] = await planHistory((await terminal()).ctx, { instance: "demo-instance" });
  return run;
}

/** Waits until the run's record says that a step is complete: statuses are written at most five times a second. */
async function recorded(step: string): Promise<void> {
  while (stepStatus((await newest()) ?? { planStatus: [] }, step) !== "COMPLETE") {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const INSTANCE = (): ObjectRef => ({
  apiVersion: "kudo.dev/v1beta1",
  kind: "Instance",
  namespace,
  name: "demo-instance",
});

async function refused(work: Promise<unknown>): Promise<string> {
  return await work.then(
    (value) => `no refusal: ${JSON.stringify(value)}`,
    (error: KplanError) => `${error.kind}: ${error.message}`,
  );
}

const STANDING =
  /^cancelled by user\d+@host: 2 of 5 steps are complete \(deploy\.first\.config, deploy\.nodes\.quick\); deploy\.nodes\.set was under way: StatefulSet demo-instance-set was written \(asks for 2 replicas, has 2, of which 2 are ready\); deploy\.last\.config, deploy\.last\.end had not begun; nothing was undone$/;

describe("a live driver", () => {
  test("is cancelled from another terminal: both say where things stand", async () => {
    const { driver, result } = await hanging();
    const other = await terminal();
    // Two who ask at once are told the same.
    const third = await terminal();
    const [answer, same] = await Promise.all([cancelRun(other.ctx, {}), cancelRun(third.ctx, {})]);
    expect(same).toMatchObject({ result: "cancelled", message: answer.message });
    expect(answer).toMatchObject({ result: "cancelled", run: { number: 1, kind: "install" } });
    const ended = await result;
    expect(ended).toMatchObject({ kind: "ran", outcome: { result: "cancelled" } });
    const record = await newest();
    expect(record).toMatchObject({ status: "FATAL_ERROR", reason: "Cancelled" });
    expect(record?.message).toMatch(STANDING);
    expect(answer.message).toBe(`run 1: ${record?.message}`);
    expect(record?.hint).toContain("`kplan plan retry`");
    expect(driver.events).toContainEqual({
      type: "warning",
      message: expect.stringMatching(/^user\d+@host asked to cancel the run$/),
    });
    const instance = await other.ctx.cluster.get({
      apiVersion: "kudo.dev/v1beta1",
      kind: "Instance",
      namespace,
      name: "demo-instance",
    });
    expect(instance?.metadata.annotations).not.toHaveProperty(["kplan.dev/request"]);
    expect(instance?.status).toMatchObject({ planStatus: { deploy: { status: "FATAL_ERROR" } } });
    expect(await cancelRun(other.ctx, {})).toMatchObject({
      result: "nothing-to-do",
      message: "nothing to cancel: run 1 was cancelled already",
    });
    expect(await refused(resumeRun(other.ctx, {}))).toMatch(/^bad-input: run 1 .* was cancelled/);
  });

  test("is paused, and another terminal resumes it with the values that it began with", async () => {
    const { result } = await hanging({ set: ["COLOR=green"] });
    const other = await terminal();
    const answer = await pauseRun(other.ctx, {});
    expect(answer).toMatchObject({ result: "paused", hint: "`kplan plan resume` goes on with it" });
    expect(await result).toMatchObject({
      outcome: {
        result: "interrupted",
        reason: "Paused",
        message: expect.stringMatching(
          /^paused by user\d+@host: stopped with 2 of 5 steps complete$/,
        ),
      },
    });
    expect(await pauseRun(other.ctx, {})).toMatchObject({
      message: "nothing to pause: run 1 is paused already",
    });
    // Whatever somebody wrote by hand meanwhile.
    const demo = { kind: "Instance", namespace, name: "demo-instance" };
    await other.ctx.cluster.patch(
      { apiVersion: "kudo.dev/v1beta1", ...demo },
      { spec: { parameters: { COLOR: '"red"' } } },
    );
    const resumed = resumeRun(other.ctx, {});
    await told(other, '"task":"never"},"objects":[],"act":"apply"');
    const third = await terminal();
    expect(await skipStep(third.ctx, { step: "set" })).toMatchObject({
      result: "skipped",
      step: "deploy.nodes.set",
    });
    expect(await resumed).toMatchObject({
      outcome: { result: "complete" },
      run: { number: 1, kind: "install" },
    });
    const record = await newest();
    expect(record?.parameters).toMatchObject({ COLOR: '"green"' });
    const config = { apiVersion: "v1", kind: "ConfigMap", name: "demo-instance-config", namespace };
    expect(await other.ctx.cluster.get(config)).toMatchObject({ data: { color: "green" } });
    const step = record?.planStatus[0]?.phases[1]?.steps[0];
    expect(step).toEqual({
      name: "set",
      status: "COMPLETE",
      message: expect.stringMatching(
        /^skipped: asked for by user\d+@host; what it had written stays$/,
      ),
    });
  });

  test("refuses to skip what is complete or not there, and leaves out what is yet to come", async () => {
    const { result } = await hanging();
    const other = await terminal();
    expect(await refused(skipStep(other.ctx, { step: "quick" }))).toMatch(
      /^bad-input: .*deploy\.nodes\.quick.* is complete$/,
    );
    expect(await refused(skipStep(other.ctx, { step: "config" }))).toBe(
      "bad-input: run 1 has 2 steps config: deploy.first.config, deploy.last.config",
    );
    expect(await refused(skipStep(other.ctx, { step: "nodes.sett" }))).toBe(
      'bad-input: run 1 has no step nodes.sett, did you mean "nodes.set"?',
    );
    expect(await skipStep(other.ctx, { step: "last.config" })).toMatchObject({ result: "skipped" });
    await skipStep(other.ctx, { step: "deploy.nodes.set" });
    expect(await result).toMatchObject({ outcome: { result: "complete" } });
  });

  test("is attached to and waited for, and goes on when they leave", async () => {
    const { result } = await hanging();
    const viewer = await terminal();
    const leave = new AbortController();
    const seen = attachRun({ ...viewer.ctx, stop: leave.signal }, {});
    await told(viewer, '"type":"run-started"');
    await told(viewer, '"kind":"StatefulSet","name":"demo-instance-set"');
    expect(await refused(attachRun((await terminal()).ctx, { timeout: 50 }))).toMatch(
      /^timed-out: the run of demo-instance still goes on/,
    );
    leave.abort();
    expect(await seen).toMatchObject({
      outcome: { result: "interrupted", message: "stopped looking; the run goes on" },
    });
    const waiting = attachRun((await terminal()).ctx, {});
    const resuming = resumeRun((await terminal()).ctx, {});
    await cancelRun((await terminal()).ctx, {});
    expect(await waiting).toMatchObject({ kind: "attached", outcome: { result: "cancelled" } });
    // Whoever wants to resume what is driven sees how it ends.
    expect(await resuming).toMatchObject({ kind: "attached", outcome: { result: "cancelled" } });
    await result;
  });
});

describe("a dead driver", () => {
  test("leaves a run that another terminal cancels by itself", async () => {
    const { driver } = await hanging();
    await recorded("deploy.nodes.quick");
    driver.kill();
    const other = await terminal();
    const answer = await cancelRun(other.ctx, {});
    expect(answer).toMatchObject({
      result: "cancelled",
      standing: { complete: ["deploy.first.config", "deploy.nodes.quick"] },
    });
    expect((await newest())?.message).toMatch(STANDING);
    const retried = retryRun(other.ctx, {});
    await told(other, '"task":"never"},"objects":[],"act":"apply"');
    await skipStep((await terminal()).ctx, { step: "set" });
    expect(await retried).toMatchObject({ outcome: { result: "complete" }, run: { number: 1 } });
  });

  test("may die of it just when it is asked: whoever asks does it then", async () => {
    const { driver } = await hanging();
    const other = await terminal({
      onWrite: ({ path }) => {
        if (path.endsWith("/instances/demo-instance")) driver.kill();
      },
    });
    const [one, two] = await Promise.all([
      cancelRun(other.ctx, {}),
      cancelRun((await terminal()).ctx, {}),
    ]);
    // Whoever comes second is told that it is done.
    expect([one.result, two.result]).toContain("cancelled");
    for (const { message } of [one, two])
      expect(message).toMatch(/^run 1: cancelled by |was cancelled already$/);
    const left = await other.ctx.cluster.get(INSTANCE());
    expect(left?.metadata.annotations).not.toHaveProperty(["kplan.dev/request"]);
  });

  test("may die before it sees what somebody asks who then goes away: whoever drives the run next does it", async () => {
    const { driver } = await hanging();
    await recorded("deploy.nodes.quick");
    driver.kill();
    const { ctx } = await terminal();
    const act = async (asked: object): Promise<void> => {
      await ctx.cluster.patch(INSTANCE(), {
        metadata: { annotations: { "kplan.dev/request": JSON.stringify(asked) } },
      });
    };
    const rest = { id: "1", at: "2026-01-01T00:00:00Z", by: "anna@laptop" };
    await act({ ...rest, run: (await newest())?.uid, act: "pause" });
    expect(await resumeRun(ctx, {})).toMatchObject({
      outcome: { result: "interrupted", reason: "Paused" },
    });
    await act({
      ...rest,
      id: "2",
      run: (await newest())?.uid,
      act: "skip",
      step: "deploy.nodes.set",
    });
    expect(await resumeRun(ctx, {})).toMatchObject({ outcome: { result: "complete" } });
    const left = await ctx.cluster.get(INSTANCE());
    expect(left?.metadata.annotations).not.toHaveProperty(["kplan.dev/request"]);
  });

  test("may die of being asked to pause: the run goes on with the next command, and nothing pauses it", async () => {
    const { driver } = await hanging();
    const other = await terminal({
      onWrite: ({ path }) => {
        if (path.endsWith("/instances/demo-instance")) driver.kill();
      },
    });
    expect(await pauseRun(other.ctx, {})).toMatchObject({ result: "nothing-to-do" });
    const left = await other.ctx.cluster.get(INSTANCE());
    expect(left?.metadata.annotations).not.toHaveProperty(["kplan.dev/request"]);
  });

  test("leaves a run that cannot be paused, is shown as interrupted, and goes on after a skipped step", async () => {
    const { driver } = await hanging();
    await recorded("deploy.nodes.quick");
    driver.kill();
    const other = await terminal();
    expect(await pauseRun(other.ctx, {})).toMatchObject({
      result: "nothing-to-do",
      message: "nothing to pause: nobody drives run 1 of demo-instance",
    });
    const skipped = await skipStep(other.ctx, { step: "set" });
    expect(skipped).toMatchObject({
      result: "skipped",
      hint: "`kplan plan resume` goes on after it",
    });
    expect(await attachRun(other.ctx, {})).toMatchObject({
      outcome: {
        result: "interrupted",
        message: "deploy.nodes.set was skipped; `kplan plan resume` goes on after it",
      },
    });
    expect(await resumeRun(other.ctx, {})).toMatchObject({
      outcome: { result: "complete" },
      run: { number: 1 },
    });
  });
});

describe("no driver", () => {
  test("without an instance or a run there is nothing to control", async () => {
    const { ctx } = await terminal();
    for (const act of [cancelRun, pauseRun, resumeRun, retryRun, attachRun])
      expect(await refused(act(ctx, {}))).toBe(`bad-input: namespace ${namespace} has no instance`);
  });

  test("a complete run is not controlled, but done over from a step on as a run of its own", async () => {
    const { result } = await hanging();
    const { ctx } = await terminal();
    await skipStep(ctx, { step: "set" });
    await result;
    expect(await cancelRun(ctx, {})).toMatchObject({
      message: "nothing to cancel: run 1 is complete",
    });
    expect(await pauseRun(ctx, {})).toMatchObject({
      message: "nothing to pause: run 1 is complete",
    });
    expect(await resumeRun(ctx, {})).toMatchObject({
      message: "nothing to resume: run 1 of demo-instance is complete",
    });
    expect(await refused(retryRun(ctx, {}))).toMatch(
      /^bad-input: run 1 of demo-instance is complete/,
    );
    expect(await refused(skipStep(ctx, { step: "end" }))).toMatch(
      /^bad-input: run 1 of demo-instance is complete/,
    );
    for (const timeout of [undefined, 0, 60_000])
      expect(await attachRun(ctx, timeout === undefined ? {} : { timeout })).toMatchObject({
        outcome: { result: "complete" },
      });
    expect(await retryRun(ctx, { from: "last.config" })).toMatchObject({
      outcome: { result: "complete" },
      run: { number: 2, kind: "install" },
    });
    const record = await newest();
    expect(Object.keys(record?.times ?? {})).toContain("deploy.last.end");
  });

  test("a failed run is not resumed but retried, or resumed after the step that failed is skipped", async () => {
    const { result } = await hanging();
    const { ctx } = await terminal();
    await skipStep(ctx, { step: "set" });
    await result;
    const { triggerPlan } = await import("../../src/actions/change/trigger-plan.ts");
    expect(await triggerPlan(ctx, { plan: "broken" })).toMatchObject({
      outcome: { result: "failed" },
    });
    expect(await refused(resumeRun(ctx, {}))).toMatch(
      /^bad-input: run 2 .* has failed: dummy error/,
    );
    expect(await pauseRun(ctx, {})).toMatchObject({
      message: "nothing to pause: run 2 has failed",
    });
    expect(await retryRun(ctx, {})).toMatchObject({
      outcome: { result: "failed" },
      run: { number: 2 },
    });
    expect(await skipStep(ctx, { step: "three" })).toMatchObject({
      result: "skipped",
      hint: "`kplan plan retry` goes on after it",
    });
    expect(await skipStep(ctx, { step: "two" })).toMatchObject({
      result: "skipped",
      hint: "`kplan plan resume` goes on after it",
    });
    expect(await resumeRun(ctx, {})).toMatchObject({
      outcome: { result: "complete" },
      run: { number: 2, kind: "trigger" },
    });
  });

  test("a failed run that is given up says which step had failed", async () => {
    const { result } = await hanging();
    const { ctx } = await terminal();
    await skipStep(ctx, { step: "set" });
    await result;
    const { triggerPlan } = await import("../../src/actions/change/trigger-plan.ts");
    await triggerPlan(ctx, { plan: "broken" });
    expect((await cancelRun(ctx, {})).message).toMatch(
      /^run 2: cancelled by user\d+@host: 1 of 3 steps is complete \(broken\.broken\.one\); broken\.broken\.two had failed \(dummy error\) and had written nothing; broken\.broken\.three had not begun; nothing was undone$/,
    );
  });

  test("an uninstall is paused and resumed, never cancelled", async () => {
    const first = await hanging();
    const other = await terminal();
    await skipStep(other.ctx, { step: "set" });
    await first.result;
    const driver = await terminal();
    const removing = uninstall(driver.ctx, { deleteClaims: true });
    await told(driver, '"task":"never"},"objects":[],"act":"apply"');
    expect(await refused(cancelRun(other.ctx, {}))).toMatch(
      /^bad-input: an uninstall cannot be cancelled/,
    );
    expect(await pauseRun(other.ctx, {})).toMatchObject({ result: "paused" });
    expect(await removing).toMatchObject({
      outcome: { reason: "Paused" },
      run: { deleteClaims: true },
    });
    const resumed = resumeRun(other.ctx, {});
    await told(other, '"task":"never"},"objects":[],"act":"apply"');
    await skipStep((await terminal()).ctx, { step: "wait" });
    expect(await resumed).toMatchObject({
      outcome: { result: "complete" },
      run: { deleteClaims: true },
    });
  });
});
