import { beforeAll, expect, test } from "vitest";
import type { ActionResult } from "../../src/actions/action-result.ts";
import { valuesOf } from "../../src/actions/change/given-values.ts";
import { install } from "../../src/actions/change/install.ts";
import { upgrade } from "../../src/actions/change/upgrade.ts";
import { planHistory } from "../../src/actions/instance/plan-history.ts";
import type { KubeObject } from "../../src/model/kube-object.ts";
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

// An upgrade of a KUDO package that dies before or after any of its writes is finished by the same command: the Instance and the objects are the same in the end.

const OPERATOR = `apiVersion: kudo.dev/v1beta1
name: set
operatorVersion: 0.1.0
tasks:
  - {name: config, kind: Apply, spec: {resources: [config.yaml]}}
  - {name: set, kind: Apply, spec: {resources: [set.yaml]}}
plans:
  deploy: {strategy: serial, phases: [{name: main, strategy: serial, steps: [{name: all, tasks: [config, set]}]}]}
  scale: {phases: [{name: scale, steps: [{name: set, tasks: [set]}]}]}
`;
const PARAMS = `parameters:
  - {name: COUNT, default: 1, trigger: scale}
  - {name: ZONE, default: a, immutable: true}
`;
const FIRST = {
  "operator.yaml": OPERATOR,
  "params.yaml": `${PARAMS}  - {name: OLD, default: x}\n`,
  "templates/config.yaml": `apiVersion: v1
kind: ConfigMap
metadata: {name: "{{ .Name }}"}
data: {zone: "{{ .Params.ZONE }}", version: "{{ .OperatorVersion }}"}
`,
  "templates/set.yaml": `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: "{{ .Name }}"}
spec:
  serviceName: "{{ .Name }}"
  replicas: {{ .Params.COUNT }}
  selector: {matchLabels: {app: "{{ .Name }}"}}
  template:
    metadata: {labels: {app: "{{ .Name }}"}}
    spec: {containers: [{name: db, image: "db:{{ .OperatorVersion }}"}]}
`,
};
const NEXT = {
  ...FIRST,
  "operator.yaml": OPERATOR.replace("0.1.0", "0.2.0").replace(
    "  scale:",
    "  upgrade: {strategy: serial, phases: [{name: up, strategy: serial, steps: [{name: config, tasks: [config]}, {name: set, tasks: [set]}]}]}\n  scale:",
  ),
  "params.yaml": PARAMS,
};

const HOME = { namespace: "default", name: "set-instance" };
const CONFIG = { apiVersion: "v1", kind: "ConfigMap", ...HOME };
const SET = { apiVersion: "apps/v1", kind: "StatefulSet", ...HOME };
const INSTANCE = { apiVersion: "kudo.dev/v1beta1", kind: "Instance", ...HOME };
const EVERY = process.env.KPLAN_EVERY_WRITE !== undefined ? 1 : 17;
const DAY = 24 * 3_600_000;
const next = packageFolder(NEXT);

let installed: WorldSnapshot;

beforeAll(async () => {
  const world = await startWorld({ seed: "kudo", speed: 100 });
  const driver = await world.driver();
  const ctx = contextOf(driver, { command: ["install"] });
  const values = valuesOf({ OLD: "y" });
  const source = packageFolder(FIRST);
  const ending = await world.run(driver, () => install(ctx, { source, values }));
  expect(ending).toMatchObject({ kind: "done", value: { outcome: { result: "complete" } } });
  driver.end();
  installed = await world.snapshot();
  await world.close();
});

function give(world: World, driver: Driver): Promise<Ending<ActionResult>> {
  const ctx = contextOf(driver, { command: ["upgrade"] });
  return world.run(
    driver,
    () => upgrade(ctx, { source: next, values: valuesOf({ COUNT: 2 }) }),
    DAY,
  );
}

test("an upgrade leaves the same wherever it is killed", async () => {
  const counter = { writes: 0 };
  const quiet = await startWorld({ seed: "kudo", from: installed, speed: 100 });
  const first = await quiet.driver({ through: deadly(0, "before", counter) });
  expect(await give(quiet, first)).toMatchObject({ value: { outcome: { result: "complete" } } });
  const wanted = await seen(quiet);
  expect(wanted).toEqual({
    version: "set-0.2.0",
    parameters: { COUNT: "2", ZONE: "a" },
    planExecution: undefined,
    data: { zone: "a", version: "0.2.0" },
    replicas: 2,
    image: "db:0.2.0",
    last: "COMPLETE",
  });
  await quiet.close();
  const { writes } = counter;
  expect(writes).toBeGreaterThan(10);
  for (let n = 1; n <= writes; n += EVERY)
    for (const when of ["before", "after"] as const) {
      const world = await startWorld({ seed: "kudo", from: installed, speed: 100 });
      const dying = await world.driver({ through: deadly(n, when, { writes: 0 }) });
      expect(await give(world, dying), `${when} write ${n}`).toEqual({ kind: "killed" });
      const successor = await world.driver();
      const ending = await give(world, successor);
      expect(ending, `killed ${when} write ${n}`).toMatchObject({ kind: "done" });
      expect(await seen(world), `killed ${when} write ${n}`).toEqual(wanted);
      await world.close();
    }
}, 600_000);

async function seen(world: World): Promise<unknown> {
  const driver = await world.driver();
  const ending = await world.run(driver, async () => {
    const [instance, config, set] = await Promise.all(
      [INSTANCE, CONFIG, SET].map((ref) => driver.cluster.get(ref)),
    );
    const [newest] = await planHistory(contextOf(driver, { command: ["plan"] }), {});
    return {
      version: specOf(instance).operatorVersion?.name,
      parameters: specOf(instance).parameters,
      planExecution: specOf(instance).planExecution,
      data: config?.data,
      replicas: specOf(set).replicas,
      image: specOf(set).template?.spec.containers[0]?.image,
      last: newest?.status,
    };
  });
  driver.end();
  return ending.kind === "done" ? ending.value : ending;
}

interface Spec {
  readonly operatorVersion?: { readonly name: string };
  readonly parameters?: unknown;
  readonly planExecution?: unknown;
  readonly replicas?: number;
  readonly template?: { readonly spec: { readonly containers: readonly { image: string }[] } };
}

function specOf(object: KubeObject | undefined): Spec {
  return (object?.spec ?? {}) as Spec;
}
