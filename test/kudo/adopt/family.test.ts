import { afterEach, beforeAll, expect, test } from "vitest";
import { type Adoption, adopt } from "../../../src/actions/adopt/adopt.ts";
import { update } from "../../../src/actions/change/update.ts";
import type { ActionContext } from "../../../src/actions/context.ts";
import { uninstall } from "../../../src/actions/removal/uninstall.ts";
import type { KubeObject } from "../../../src/model/kube-object.ts";
import { contextOf } from "../../../src/package-test/context-of.ts";
import { objectsOf } from "../../../src/package-test/faults/run-scenario.ts";
import {
  type DriverOptions,
  type Ending,
  startWorld,
  type World,
  type WorldSnapshot,
} from "../../../src/package-test/world.ts";
import { values } from "../../drivers/drivers.ts";
import { apiInProcess } from "../../support/api-in-process.ts";
import { deadly } from "../../support/deadly.ts";
import { leaveAsKudo } from "../../support/kudos-hand.ts";

// An instance of KUDO's that owns another one: both are taken over, whatever instant the command is killed at, and go on together.

const CONFIG = `apiVersion: v1
kind: ConfigMap
metadata: {name: "{{ .Name }}-config"}
data: {color: "{{ .Params.COLOR }}"}
`;

const LOW: Readonly<Record<string, string>> = {
  "operator.yaml": `apiVersion: kudo.dev/v1beta1
name: low
operatorVersion: "0.1.0"
tasks:
  - {name: config, kind: Apply, spec: {resources: [config.yaml]}}
plans:
  deploy:
    strategy: serial
    phases: [{name: main, strategy: serial, steps: [{name: config, tasks: [config]}]}]
  cleanup:
    strategy: serial
    phases: [{name: main, strategy: serial, steps: [{name: config, tasks: [config]}]}]
`,
  "params.yaml": "parameters: [{name: COLOR, default: none}]\n",
  "templates/config.yaml": CONFIG,
};

/** As KUDO's command had written it down: the task names the operator and its version. */
const TOP: Readonly<Record<string, string>> = {
  "operator.yaml": `apiVersion: kudo.dev/v1beta1
name: top
operatorVersion: "0.1.0"
tasks:
  - {name: config, kind: Apply, spec: {resources: [config.yaml]}}
  - {name: low, kind: KudoOperator, spec: {package: low, operatorVersion: "0.1.0", parameterFile: low.yaml}}
plans:
  deploy:
    strategy: serial
    phases:
      - name: main
        strategy: serial
        steps: [{name: low, tasks: [low]}, {name: config, tasks: [config]}]
`,
  "params.yaml": "parameters: [{name: COLOR, default: red}]\n",
  "templates/config.yaml": CONFIG,
  "templates/low.yaml": `COLOR: "{{ .Params.COLOR }}-low"\n`,
};

let world: World;
let kudos: WorldSnapshot;

beforeAll(async () => {
  world = await startWorld({ seed: "adopt", speed: 1000 });
  await give(async (ctx) => {
    const { initCluster } = await import("../../../src/actions/init-cluster.ts");
    return await initCluster(ctx, { dryRun: false });
  });
  const api = apiInProcess(world);
  const uid = await leaveAsKudo(api, { namespace: "default", name: "top", files: TOP });
  await leaveAsKudo(api, {
    namespace: "default",
    name: "top-low",
    files: LOW,
    parameters: { COLOR: "red-low" },
    finalizer: true,
    owner: { name: "top", uid },
  });
  kudos = await world.snapshot();
  await world.close();
});
afterEach(() => world.close());

test("the one that is owned is taken over first, and follows its owner from then on", async () => {
  await begin();
  const adoption = await done((ctx) => adopt(ctx, { instance: "top" }));
  expect(namesOf(adoption)).toEqual([
    "top-low adopted: ConfigMap top-low-config",
    "top adopted: ConfigMap top-config, Instance top-low",
  ]);
  expect(named("Instance", "top-low")?.metadata.finalizers ?? []).toEqual([]);

  await done((ctx) => update(ctx, { instance: "top", values: values("COLOR=blue") }));
  expect(named("ConfigMap", "top-low-config")?.data).toEqual({ color: "blue-low" });
  expect(named("ConfigMap", "top-config")?.data).toEqual({ color: "blue" });
  const ended = await done((ctx) => uninstall(ctx, { instance: "top" }));
  expect(ended).toMatchObject({ kind: "ran", outcome: { result: "complete" } });
  expect(objectsOf(world).filter(({ kind }) => kind === "Instance")).toEqual([]);
  expect(named("ConfigMap", "top-low-config")).toBeUndefined();
});

test("killed before or after any write, the same command comes to the same", async () => {
  await begin();
  const counter = { writes: 0 };
  await give((ctx) => adopt(ctx, { instance: "top" }), { through: deadly(-1, "before", counter) });
  const wanted = standing();
  const whole = counter.writes;
  expect(whole).toBeGreaterThan(8);
  // With KPLAN_EVERY_WRITE=1 at each one.
  const step = process.env.KPLAN_EVERY_WRITE ? 1 : 4;
  for (let n = 1; n <= whole; n += step)
    for (const when of ["before", "after"] as const) {
      await world.close();
      await begin();
      const ending = await give((ctx) => adopt(ctx, { instance: "top" }), {
        through: deadly(n, when, { writes: 0 }),
      });
      expect(ending.kind).toBe("killed");
      await done((ctx) => adopt(ctx, { instance: "top" }));
      expect(standing(), `killed ${when} write ${n}`).toEqual(wanted);
    }
});

/** What an adoption leaves, but for what differs each time. */
function standing(): unknown {
  return objectsOf(world)
    .filter(({ kind }) => ["Instance", "ConfigMap", "Secret", "OperatorVersion"].includes(kind))
    .map(({ kind, metadata, data }) => {
      const run = (data as Record<string, string> | undefined)?.["run.json"];
      const { inventory, plans, status, number } = JSON.parse(run ?? "{}");
      const { finalizers = [], labels } = metadata;
      const annotations = Object.keys(metadata.annotations ?? {}).sort();
      return {
        kind,
        name: metadata.name,
        finalizers,
        labels,
        annotations,
        inventory,
        plans,
        status,
        number,
      };
    })
    .sort((a, b) => (`${a.kind}${a.name}` < `${b.kind}${b.name}` ? -1 : 1));
}

function namesOf(adoption: Adoption): string[] {
  const { instance, state, objects, children } = adoption;
  const refs = objects.map(({ ref }) => `${ref.kind} ${ref.name}`).join(", ");
  return [...children.flatMap(namesOf), `${instance} ${state}: ${refs}`];
}

async function begin(): Promise<void> {
  world = await startWorld({ seed: "adopt", speed: 1000, from: kudos });
}

/** A command of a process of its own. */
async function give<T>(
  act: (ctx: ActionContext) => Promise<T>,
  options?: DriverOptions,
): Promise<Ending<T>> {
  const driver = await world.driver(options);
  const ctx = contextOf(driver, { command: ["kplan"] });
  const ending = await world.run(driver, () => act(ctx));
  driver.end();
  return ending;
}

async function done<T>(act: (ctx: ActionContext) => Promise<T>): Promise<T> {
  const ending = await give(act);
  if (ending.kind === "threw") throw ending.error;
  if (ending.kind !== "done") throw new Error(JSON.stringify(ending));
  return ending.value;
}

function named(kind: string, name: string): KubeObject | undefined {
  return objectsOf(world).find((object) => object.kind === kind && object.metadata.name === name);
}
