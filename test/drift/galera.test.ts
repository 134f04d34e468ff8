import { join } from "node:path";
import { expect, test } from "vitest";
import { valuesOf } from "../../src/actions/change/given-values.ts";
import { install } from "../../src/actions/change/install.ts";
import { update } from "../../src/actions/change/update.ts";
import type { ActionContext } from "../../src/actions/context.ts";
import { drift, fix } from "../../src/actions/drift/drift.ts";
import { contextOf } from "../../src/package-test/context-of.ts";
import { type Ending, startWorld } from "../../src/package-test/world.ts";

// A package that applies its objects differently from step to step has no drift either.

const DAY = 24 * 3_600_000;
const SET = {
  apiVersion: "apps/v1",
  kind: "StatefulSet",
  namespace: "default",
  name: "galera-instance-galera",
};

// Takes long: only where every write is tried too.
const isWanted = process.env.KPLAN_EVERY_WRITE !== undefined;

test.runIf(isWanted)(
  "a Galera cluster has no drift but what others do, and is put right one member at a time",
  async () => {
    const world = await startWorld({ seed: "galera" });
    const give = async <T>(act: (ctx: ActionContext) => Promise<T>): Promise<Ending<T>> => {
      const driver = await world.driver();
      const ending = await world.run(driver, () => act(contextOf(driver, { command: [] })), DAY);
      driver.end();
      return ending;
    };
    const drifted = async (): Promise<unknown> => {
      const found = await give((ctx) => drift(ctx, {}));
      if (found.kind !== "done") throw new Error(found.kind, { cause: found });
      const { objects, unknown, leftovers } = found.value;
      const lines = objects.map(({ ref, state, fields }) =>
        [ref.kind, ref.name, state, ...fields.map(({ field }) => field)].join(" "),
      );
      return { lines, unknown, leftovers: leftovers.map(({ ref }) => `${ref.kind} ${ref.name}`) };
    };
    const none = { lines: [], unknown: [], leftovers: [] };
    const complete = { kind: "done", value: { outcome: { result: "complete" } } };
    try {
      const source = join(import.meta.dirname, "../../operators/galera");
      expect(await give((ctx) => install(ctx, { source }))).toMatchObject(complete);
      expect(await drifted()).toEqual(none);
      expect(
        await give((ctx) => update(ctx, { values: valuesOf({ NODE_COUNT: 5 }) })),
      ).toMatchObject(complete);
      expect(await drifted()).toEqual(none);
      await give(async ({ cluster }) => {
        const live = await cluster.get(SET);
        if (live === undefined) throw new Error("there is no set");
        const spec = structuredClone(live.spec) as {
          template: { spec: { containers: { image: string }[] } };
        };
        for (const container of spec.template.spec.containers) container.image = "other:1";
        await cluster.replace({ ...live, spec });
      });
      expect(await drifted()).toMatchObject({
        lines: [expect.stringMatching(/^StatefulSet galera-instance-galera changed .*image/)],
      });
      expect(await give((ctx) => fix(ctx, {}))).toMatchObject(complete);
      expect(await drifted()).toEqual(none);
    } finally {
      await world.close();
    }
  },
);
