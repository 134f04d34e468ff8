import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { valuesOf } from "../../src/actions/change/given-values.ts";
import { install } from "../../src/actions/change/install.ts";
import { update } from "../../src/actions/change/update.ts";
import { upgrade } from "../../src/actions/change/upgrade.ts";
import type { ActionContext } from "../../src/actions/context.ts";
import { planHistory } from "../../src/actions/instance/plan-history.ts";
import { uninstall } from "../../src/actions/removal/uninstall.ts";
import type { KubeObject } from "../../src/model/kube-object.ts";
import { contextOf } from "../../src/package-test/context-of.ts";
import { objectsOf } from "../../src/package-test/faults/run-scenario.ts";
import { startWorld, type World, type WorldSnapshot } from "../../src/package-test/world.ts";
import { deadly } from "../support/deadly.ts";
import { packageFolder } from "../support/package-folder.ts";

// The inventory law: at any time it names what the instance has made and not removed, no more and no less; after an uninstall nothing of it is left.

const operator = (version: string): string => `apiVersion: kplan.dev/v1
name: many
operatorVersion: ${version}
tasks:
  - {name: some, kind: Apply, spec: {resources: [config.yaml${version === "0.1.0" ? ", more.yaml" : ""}]}}
  - {name: claim, kind: Apply, spec: {resources: [claim.yaml]}}
  - {name: drop, kind: Delete, spec: {resources: [drop.yaml]}}
plans:
  deploy:
    phases:
      - name: main
        steps:
          - {name: some, tasks: [some]}
          - {name: claim, tasks: [claim]}
  drop:
    phases:
      - name: main
        steps:
          - {name: drop, tasks: [drop]}
`;

const FILES: Readonly<Record<string, string>> = {
  "params.yaml": `apiVersion: kplan.dev/v1
parameters:
  - {name: ITEMS, type: array, default: [a, b], trigger: deploy}
  - {name: DROP, type: array, default: [], trigger: drop}
`,
  "templates/config.yaml": `{{#each Params.ITEMS}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: "{{@root.Name}}-{{this}}"}
data: {all: "{{join "," @root.Params.ITEMS}}"}
{{/each}}
`,
  "templates/more.yaml": `apiVersion: v1
kind: Secret
metadata: {name: "{{Name}}-more"}
stringData: {a: b}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: "{{Namespace}}-{{Name}}"}
rules: []
`,
  "templates/claim.yaml": `apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: "{{Name}}-data"}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
`,
  "templates/drop.yaml": `{{#each Params.DROP}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: "{{@root.Name}}-{{this}}"}
{{/each}}
`,
};

type Command =
  | { readonly does: "items" | "drop"; readonly names: readonly string[] }
  | { readonly does: "upgrade" };

/** A command, and at which of its writes its driver dies first, if it has so many. */
interface Step {
  readonly command: Command;
  readonly killedAt: number | undefined;
}

const NAMES = fc.subarray(["a", "b", "c", "d"], { minLength: 1 });
const COMMAND: fc.Arbitrary<Command> = fc.oneof(
  fc.record({ does: fc.constant("items" as const), names: NAMES }),
  fc.record({ does: fc.constant("drop" as const), names: NAMES }),
  fc.constant({ does: "upgrade" as const }),
);
const DEATH = fc.option(fc.integer({ min: 1, max: 20 }), { nil: undefined });
const STORY = fc.record({
  first: DEATH,
  steps: fc.array(fc.record({ command: COMMAND, killedAt: DEATH }), { minLength: 1, maxLength: 4 }),
  last: DEATH,
});
const RUNS = process.env.KPLAN_EVERY_WRITE !== undefined ? 100 : 2;

let empty: WorldSnapshot;
let folders: Readonly<Record<"first" | "second", string>>;

beforeAll(async () => {
  const world = await startWorld({ seed: "inventory" });
  empty = await world.snapshot();
  await world.close();
  const version = (text: string): string =>
    packageFolder({ ...FILES, "operator.yaml": operator(text) });
  folders = { first: version("0.1.0"), second: version("0.2.0") };
});

test("the inventory names all that was made and not removed, and an uninstall leaves nothing of it", async () => {
  await fc.assert(
    fc.asyncProperty(STORY, async ({ first, steps, last }) => {
      const world = await startWorld({ seed: "inventory", from: empty });
      try {
        await give(world, first, (ctx) => install(ctx, { source: folders.first }));
        await law(world);
        for (const step of steps) {
          await give(world, step.killedAt, (ctx) => carryOut(ctx, step));
          await law(world);
        }
        await give(world, last, (ctx) => uninstall(ctx, { instance: "many-instance" }));
        expect(owned(world)).toEqual(["PersistentVolumeClaim many-instance-data"]);
      } finally {
        await world.close();
      }
    }),
    { numRuns: RUNS, seed: 4 },
  );
}, 1_800_000);

function carryOut(ctx: ActionContext, { command }: Step): Promise<unknown> {
  switch (command.does) {
    case "items":
      return update(ctx, { values: valuesOf({ ITEMS: command.names }) });
    case "drop":
      return update(ctx, { values: valuesOf({ DROP: command.names }) });
    case "upgrade":
      return upgrade(ctx, { source: folders.second });
  }
}

/** Gives a command, and again when its driver died. */
async function give(
  world: World,
  killedAt: number | undefined,
  act: (ctx: ActionContext) => Promise<unknown>,
): Promise<void> {
  for (const through of [killedAt && deadly(killedAt, "after", { writes: 0 }), undefined]) {
    const driver = await world.driver(through ? { through } : {});
    const ending = await world.run(driver, () => act(contextOf(driver, { command: ["test"] })));
    driver.end();
    if (ending.kind === "killed") continue;
    if (ending.kind === "done") expect(JSON.stringify(ending.value)).not.toContain('"failed"');
    // Killed after its very last write, an uninstall has nothing left to do.
    else expect(ending).toMatchObject({ error: { code: "no-such-instance" } });
    break;
  }
  await world.pass(1000);
}

async function law(world: World): Promise<void> {
  const driver = await world.driver();
  const history = await world.run(driver, () =>
    planHistory(contextOf(driver, { command: [] }), { instance: "many-instance" }),
  );
  driver.end();
  if (history.kind !== "done") throw new Error(`the history is ${history.kind}`);
  const known = history.value[0]?.inventory.map(({ ref }) => `${ref.kind} ${ref.name}`);
  expect([...(known ?? [])].sort()).toEqual(owned(world));
}

/** What carries the instance's label and was applied by a task. */
function owned(world: World): string[] {
  const isApplied = ({ metadata }: KubeObject): boolean =>
    metadata.labels?.["kudo.dev/instance"] === "many-instance" &&
    metadata.annotations?.["kudo.dev/step"] !== undefined;
  return objectsOf(world)
    .filter(isApplied)
    .map(({ kind, metadata }) => `${kind} ${metadata.name}`)
    .sort();
}
