import { beforeAll, expect, test } from "vitest";
import type { ActionResult } from "../../src/actions/action-result.ts";
import { install } from "../../src/actions/change/install.ts";
import { resumeRun } from "../../src/actions/control/resume-run.ts";
import { drift, fix } from "../../src/actions/drift/drift.ts";
import { planHistory } from "../../src/actions/instance/plan-history.ts";
import type { Cluster } from "../../src/model/cluster.ts";
import type { RunEvent } from "../../src/model/event.ts";
import { contextOf } from "../../src/package-test/context-of.ts";
import {
  type Driver,
  type Ending,
  startWorld,
  type World,
  type WorldSnapshot,
} from "../../src/package-test/world.ts";
import { deadly } from "../support/deadly.ts";
import { packageFolder } from "../support/package-folder.ts";

// A fix that dies before or after any of its writes is finished by the same command, still pod by pod.

const FILES: Readonly<Record<string, string>> = {
  "operator.yaml": `apiVersion: kplan.dev/v1
name: set
operatorVersion: 0.1.0
tasks:
  - {name: config, kind: Apply, spec: {resources: [config.yaml]}}
  - {name: set, kind: Apply, spec: {resources: [set.yaml]}}
plans:
  deploy:
    phases:
      - name: main
        steps:
          - {name: config, tasks: [config]}
          - {name: set, tasks: [set], rollout: {}}
`,
  "params.yaml": "apiVersion: kplan.dev/v1\nparameters: []\n",
  "templates/config.yaml": `apiVersion: v1
kind: ConfigMap
metadata: {name: "{{Name}}"}
data: {a: b}
`,
  "templates/set.yaml": `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: "{{Name}}"}
spec:
  serviceName: "{{Name}}"
  replicas: 2
  selector: {matchLabels: {app: "{{Name}}"}}
  template:
    metadata: {labels: {app: "{{Name}}"}}
    spec: {containers: [{name: db, image: "db:1"}]}
`,
};

const NAME = "set-instance";
const HOME = { namespace: "default", name: NAME };
const CONFIG = { apiVersion: "v1", kind: "ConfigMap", ...HOME };
const SET = { apiVersion: "apps/v1", kind: "StatefulSet", ...HOME };
const EVERY = process.env.KPLAN_EVERY_WRITE !== undefined ? 1 : 9;
const DAY = 24 * 3_600_000;

let drifted: WorldSnapshot;

beforeAll(async () => {
  const world = await startWorld({ seed: "fix", speed: 100 });
  const driver = await world.driver();
  const ctx = contextOf(driver, { command: ["install"] });
  const ending = await world.run(driver, async () => {
    const done = await install(ctx, { source: packageFolder(FILES) });
    await changeAll(driver.cluster);
    return done;
  });
  expect(ending).toMatchObject({ kind: "done", value: { outcome: { result: "complete" } } });
  await world.pass(600_000);
  driver.end();
  drifted = await world.snapshot();
  await world.close();
});

/** Somebody's work: another image everywhere at once, one more pod, no configuration. */
async function changeAll(cluster: Cluster): Promise<void> {
  await cluster.delete(CONFIG);
  const live = await cluster.get(SET);
  if (live === undefined) throw new Error("there is no set");
  const spec = structuredClone(live.spec) as {
    replicas: number;
    template: { spec: { containers: { image: string }[] } };
  };
  spec.replicas = 3;
  for (const container of spec.template.spec.containers) container.image = "db:2";
  await cluster.replace({ ...live, spec });
}

function give(world: World, driver: Driver, events: RunEvent[]): Promise<Ending<ActionResult>> {
  const onEvent = (event: RunEvent): number => events.push(event);
  const ctx = contextOf(driver, { command: ["drift", "--fix"], onEvent });
  return world.run(driver, () => fix(ctx, {}), DAY);
}

/** As `plan resume` does, where there is a run to go on with. */
async function goOn(world: World, driver: Driver): Promise<Ending<ActionResult>> {
  const ctx = contextOf(driver, { command: ["plan", "resume"] });
  return await world.run(
    driver,
    async () => {
      const [newest] = await planHistory(ctx, {});
      return newest?.kind === "fix" && newest.status !== "COMPLETE"
        ? await resumeRun(ctx, {})
        : await fix(ctx, {});
    },
    DAY,
  );
}

function said(events: readonly RunEvent[]): string[] {
  return events.flatMap((event) => (event.type === "rollout" ? event.message : []));
}

/** Nothing differs any more, and the last run is complete. */
async function isRight(world: World): Promise<unknown> {
  const driver = await world.driver();
  const ending = await world.run(driver, async () => {
    const report = await drift(contextOf(driver, { command: ["drift"] }), {});
    return [report.objects, report.unknown, report.unfinished];
  });
  driver.end();
  return ending;
}

test("a fix leaves the same wherever it is killed", async () => {
  const counter = { writes: 0 };
  const quiet = await startWorld({ seed: "fix", from: drifted, speed: 100 });
  const events: RunEvent[] = [];
  const first = await quiet.driver({ through: deadly(0, "before", counter) });
  const ending = await give(quiet, first, events);
  expect(ending).toMatchObject({ value: { outcome: { result: "complete" } } });
  expect(said(events)).toEqual([
    `restarting ${NAME}-2 (2 to go)`,
    `restarting ${NAME}-1 (1 to go)`,
    `restarting ${NAME}-0`,
    "3 to 2 pods",
  ]);
  const right = { kind: "done", value: [[], [], undefined] };
  expect(await isRight(quiet)).toEqual(right);
  await quiet.close();
  const { writes } = counter;
  expect(writes).toBeGreaterThan(8);
  for (let n = 1; n < writes; n += EVERY)
    for (const when of ["before", "after"] as const) {
      const world = await startWorld({ seed: "fix", from: drifted, speed: 100 });
      const place = `killed ${when} write ${n} of ${writes}`;
      const dying = await world.driver({ through: deadly(n, when, { writes: 0 }) });
      expect([place, await give(world, dying, [])]).toEqual([place, { kind: "killed" }]);
      const driver = await world.driver();
      // An interrupted fix can be gone on with like any other run.
      const again = n % 2 === 0 ? await give(world, driver, []) : await goOn(world, driver);
      expect([place, again.kind]).toEqual([place, "done"]);
      expect([place, await isRight(world)]).toEqual([place, right]);
      await world.close();
    }
}, 600_000);
