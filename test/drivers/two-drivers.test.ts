import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { install } from "../../src/actions/change/install.ts";
import { update } from "../../src/actions/change/update.ts";
import { inTurn } from "../../src/actions/run/in-turn.ts";
import { KplanError } from "../../src/model/kplan-error.ts";
import type { RunRecord } from "../../src/model/run.ts";
import { type DriversWorld, driversWorld, type TestDriver, values } from "./drivers.ts";
import { holdAll } from "./hold-request.ts";
import { twoParameters } from "./two-parameters.ts";

let world: DriversWorld;
let source: string;
beforeAll(async () => {
  world = await driversWorld();
  source = twoParameters();
});
afterAll(() => world.close());

test("of three that install at the same instant one drives, those that want the same follow, the other is told", async () => {
  const HOUR = 3_600_000;
  const skews = [5 * HOUR, -5 * HOUR, 0];
  const drivers = await Promise.all(
    skews.map((skew, index) => world.driver(`one-of-${index}`, { skew })),
  );
  const ends = await Promise.allSettled(
    drivers.map(({ ctx }, index) =>
      install(ctx, {
        source,
        instance: "race",
        ...(index === 2 && { values: values("A=other") }),
      }),
    ),
  );
  const kinds = ends.map((end) =>
    end.status === "fulfilled" ? end.value.kind : kindOf(end.reason),
  );
  // Whoever comes when all is done finds nothing to do, or other values.
  expect(kinds.filter((kind) => kind === "ran")).toHaveLength(1);
  const others = new Set(kinds.filter((kind) => kind !== "ran"));
  for (const kind of others)
    expect(["attached", "nothing-to-do", "busy", "bad-input"]).toContain(kind);
  expect((await runsOf("race")).map(({ status }) => status)).toEqual(["COMPLETE"]);
  expect(createdTwice("race")).toEqual([]);
});

test("a driver whose clock is hours off neither loses its lease nor takes one early", async () => {
  const HOUR = 3_600_000;
  const [behind, ahead] = await Promise.all([
    world.driver("behind", { skew: -6 * HOUR }),
    world.driver("ahead", { skew: 6 * HOUR }),
  ]);
  await install(behind.ctx, { source, instance: "skewed" });
  const held = holdAll(behind, /PATCH .*skewed-two$/);
  const first = update(behind.ctx, { instance: "skewed", values: values("A=behind") });
  await held.reached;
  await expect(
    update(ahead.ctx, { instance: "skewed", values: values("B=ahead") }),
  ).rejects.toMatchObject({ kind: "busy", hint: expect.stringContaining("--take-over") });
  held.goOn();
  expect(await first).toMatchObject({ outcome: { result: "complete" } });
  const second = await update(ahead.ctx, { instance: "skewed", values: values("B=ahead") });
  expect(second).toMatchObject({ outcome: { result: "complete" } });
  expect(await dataOf("skewed-two")).toEqual({ a: "behind", b: "ahead" });
});

test("those that wait have their turn in the order in which they came, and decide then", async () => {
  const names = ["holder", "second", "dead", "gone", "third"] as const;
  const [holder, second, dead, gone, third] = await Promise.all(
    names.map((name) =>
      world.driver(name, name === "dead" ? { host: "host-third", alive: false } : {}),
    ),
  );
  if (!holder || !second || !dead || !gone || !third) throw new Error("no drivers");
  await install(holder.ctx, { source, instance: "queue" });
  const held = holdAll(holder, /PATCH .*queue-two$/);
  const first = update(holder.ctx, { instance: "queue", values: values("A=1") });
  await held.reached;

  const told: string[] = [];
  const ends: Promise<unknown>[] = [];
  for (const [driver, value] of [
    [second, "A=2"],
    [dead, "A=dead"],
    [gone, "A=gone"],
    [third, "B=3"],
  ] as const) {
    const waits = new Promise<void>((resolve) => {
      driver.ctx = {
        ...driver.ctx,
        emit: (event) => {
          if (event.type === "waiting") told.push(`${driver.name}: ${event.message}`);
          if (event.type === "waiting") resolve();
          if (event.type === "run-started") told.push(`${driver.name} begins`);
        },
      };
    });
    ends.push(
      inTurn(driver.ctx, "queue", (ctx) =>
        update(ctx, { instance: "queue", values: values(value) }),
      ).catch((error: unknown) => error),
    );
    await waits;
  }
  // Killed: it gives no sign of life any more. On the machine of the third, which sees that.
  dead.clock.stop();
  gone.interrupt();
  expect(await ends[2]).toMatchObject({ kind: "interrupted" });
  held.goOn();
  expect(await first).toMatchObject({ outcome: { result: "complete" } });
  expect(await ends[0]).toMatchObject({ outcome: { result: "complete" } });
  expect(await ends[3]).toMatchObject({ outcome: { result: "complete" } });

  const lines = told.map((line) => line.replace(/process \d+/, "process N"));
  expect(lines.slice(0, 4)).toEqual([
    "second: waiting for `update holder` on host-holder (process N), first in the queue",
    "dead: waiting, number 2 in the queue, after `update second` on host-second (process N)",
    "gone: waiting, number 3 in the queue, after `update dead` on host-third (process N)",
    "third: waiting, number 3 in the queue, after `update gone` on host-gone (process N)",
  ]);
  expect(lines.filter((line) => line.endsWith("begins"))).toEqual([
    "second begins",
    "third begins",
  ]);
  expect(await dataOf("queue-two")).toEqual({ a: "2", b: "3" });
  const { status } = await world.api.get(
    "/apis/coordination.k8s.io/v1/namespaces/default/leases/queue-kplan-queue",
  );
  expect(status).toBe(404);
});

test(
  "two drivers interleaved at random: nothing is made twice, and no change is lost",
  async () => {
    let instances = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ driver: fc.nat(1), requests: fc.integer({ min: 1, max: 12 }) }), {
          minLength: 2,
          maxLength: 12,
        }),
        fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
        fc.boolean(),
        async (turns, takes, isInstall) => {
          instances += 1;
          const instance = `law-${instances}`;
          if (!isInstall) await install((await world.driver("law")).ctx, { source, instance });
          const drivers = await Promise.all([world.driver("left"), world.driver("right")]);
          const ends = drivers.map((driver, index) =>
            untilDone(driver, instance, {
              value: index === 0 ? "A=left" : "B=right",
              isInstall,
              takes: takes.slice(index * 2, index * 2 + 2),
            }),
          );
          await interleaved(drivers, turns, Promise.allSettled(ends));
          await Promise.all(ends);

          const wanted = { a: "left", b: "right" };
          for (const name of ["one", "two", "three"])
            expect(await dataOf(`${instance}-${name}`)).toEqual(wanted);
          const [newest] = await runsOf(instance);
          expect(newest).toMatchObject({
            status: "COMPLETE",
            parameters: { A: '"left"', B: '"right"' },
          });
          expect(createdTwice(instance)).toEqual([]);
        },
      ),
      { numRuns: process.env.KPLAN_EVERY_WRITE === "1" ? 40 : 1 },
    );
  },
  10 * 60_000,
);

/** Does it, and again while somebody else is in the way: by force when it says so. */
async function untilDone(
  driver: TestDriver,
  instance: string,
  want: {
    readonly value: string;
    readonly isInstall: boolean;
    readonly takes: readonly boolean[];
  },
): Promise<void> {
  let missing = want.isInstall;
  for (let tries = 0; ; tries++) {
    const ctx = { ...driver.ctx, takeOver: want.takes[tries] === true };
    ctx.emit = (event) => {
      if (event.type === "waiting") void passTime(driver);
    };
    try {
      if (missing) await install(ctx, { source, instance });
      missing = false;
      const end = await update(ctx, { instance, values: values(want.value) });
      if (end.kind === "nothing-to-do") return;
      if (end.kind === "ran" && end.outcome.result === "complete") return;
    } catch (error) {
      if (!(error instanceof KplanError) || tries > 200) throw error;
      if (error.code === "use-update") missing = false;
      else if (!["busy", "timed-out"].includes(error.kind)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** Lets the drivers send their requests in turns, so many at a time, and then freely. */
async function interleaved(
  drivers: readonly TestDriver[],
  turns: readonly { readonly driver: number; readonly requests: number }[],
  end: Promise<unknown>,
): Promise<void> {
  let over = false;
  void end.then(() => {
    over = true;
  });
  const waiting: (() => void)[][] = drivers.map(() => []);
  drivers.forEach((driver, index) => {
    driver.before = () =>
      over || free ? undefined : new Promise<void>((go) => void waiting[index]?.push(go));
  });
  let free = false;
  for (const { driver, requests } of turns)
    for (let sent = 0; sent < requests && !over; sent++) {
      waiting[driver]?.shift()?.();
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
  free = true;
  for (const each of waiting.flat()) each();
}

async function passTime(driver: TestDriver): Promise<void> {
  for (let passed = 0; passed < 20_000; passed += 4000) {
    world.clock.skip(4000);
    driver.clock.skip(4000);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function kindOf(error: unknown): string {
  if (error instanceof KplanError) return error.kind;
  throw error;
}

/** Paths below which more than one creation was answered with success; those of uninstalled instances are not asked about. */
function createdTwice(instance: string): readonly string[] {
  const made = world.made.filter((name) => name.startsWith(`ConfigMap ${instance}-`));
  return made.filter((name, index) => made.indexOf(name) !== index);
}

async function runsOf(instance: string): Promise<readonly RunRecord[]> {
  const query = `labelSelector=kudo.dev%2Finstance%3D${instance}%2Ckplan.dev%2Frole%3Drun`;
  const { body } = await world.api.get(`/api/v1/namespaces/default/configmaps?${query}`);
  return body.items
    .map(({ data }: { data: Record<string, string> }) => JSON.parse(data["run.json"] ?? ""))
    .sort((a: RunRecord, b: RunRecord) => b.number - a.number);
}

async function dataOf(name: string): Promise<Record<string, string>> {
  return (await world.api.get(`/api/v1/namespaces/default/configmaps/${name}`)).body.data;
}
