import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { ActionResult } from "../actions/action-result.ts";
import { install } from "../actions/change/install.ts";
import type { RunEvent } from "../model/event.ts";
import { contextOf } from "./context-of.ts";
import { type Driver, type Ending, startWorld, type World } from "./world.ts";

const folder = mkdtempSync(join(tmpdir(), "kplan-world-"));
writeFileSync(
  join(folder, "operator.yaml"),
  `apiVersion: kplan.dev/v1
name: pod
operatorVersion: 0.1.0
tasks: [{name: set, kind: Apply, spec: {resources: [set.yaml]}}]
plans: {deploy: {phases: [{name: main, steps: [{name: set, tasks: [set]}]}]}}
`,
);
writeFileSync(
  join(folder, "params.yaml"),
  "apiVersion: kplan.dev/v1\nparameters: [{name: KEY, type: secret, generate: private-key}]\n",
);
mkdirSync(join(folder, "templates"));
writeFileSync(
  join(folder, "templates/set.yaml"),
  `apiVersion: apps/v1
kind: Deployment
metadata: {name: "{{Name}}", annotations: {token: "{{randAlphaNum 9}}"}}
spec:
  selector: {matchLabels: {app: pod}}
  template:
    metadata: {labels: {app: pod}, annotations: {key: "{{Params.KEY.name}}"}}
    spec: {containers: [{name: main, image: busybox}]}
`,
);

const give = (
  world: World,
  driver: Driver,
  onEvent: (event: RunEvent) => void = () => {},
): Promise<Ending<ActionResult>> =>
  world.run(driver, () =>
    install(contextOf(driver, { command: ["install"], onEvent }), { source: folder }),
  );

/** All that a world holds. */
const objectsOf = ({ server: { state } }: World): string =>
  JSON.stringify(state.store.keys().map((key) => [key, state.store.list(key)]));

test("the same seed gives the same events, requests and objects, generated secrets among them", async () => {
  const story = async (seed: string): Promise<string> => {
    const world = await startWorld({ seed });
    const events: RunEvent[] = [];
    const ending = await give(world, await world.driver(), (event) => events.push(event));
    expect(ending).toMatchObject({ kind: "done", value: { outcome: { result: "complete" } } });
    const all = JSON.stringify([events, world.requests, objectsOf(world)]);
    await world.close();
    return all;
  };
  const [first, again, other] = [await story("a"), await story("a"), await story("b")];
  expect(again).toBe(first);
  expect(other).not.toBe(first);
});

test("a killed driver never moves again, and another one goes on", async () => {
  const world = await startWorld({ seed: "a" });
  const driver = await world.driver();
  const ending = await give(world, driver, (event) => {
    if (event.type === "task-started") driver.kill();
  });
  expect(ending.kind).toBe("killed");
  const sent = world.requests.length;
  await world.pass(3_600_000);
  expect(world.requests).toHaveLength(sent);
  expect(await give(world, await world.driver())).toMatchObject({
    kind: "done",
    value: { outcome: { result: "complete" } },
  });
  await world.close();
});

test("worlds that begin with a snapshot of another do not touch it or each other", async () => {
  const world = await startWorld({ seed: "a" });
  await give(world, await world.driver());
  const from = await world.snapshot();
  const before = objectsOf(world);
  const fork = await startWorld({ seed: "a", from });
  expect(objectsOf(fork)).toBe(before);
  expect(fork.time.now).toBe(world.time.now);
  fork.server.api.delete("Deployment", "pod-instance", { namespace: "default" });
  await fork.pass(60_000);
  expect(fork.server.api.list("Pod", { namespace: "default" })).toEqual([]);
  expect(objectsOf(world)).toBe(before);
  const third = await startWorld({ seed: "a", from });
  expect(objectsOf(third)).toBe(before);
  for (const one of [world, fork, third]) await one.close();
});

test("who does not come to an end is stuck", async () => {
  const world = await startWorld({ seed: "a" });
  const driver = await world.driver();
  const stuck = await world.run(driver, () => driver.clock.sleep(1e9), 60_000);
  expect(stuck).toEqual({ kind: "stuck", why: "still at it after 60 s" });
  await world.close();
});
