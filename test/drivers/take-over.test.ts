import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { install } from "../../src/actions/change/install.ts";
import { update } from "../../src/actions/change/update.ts";
import { KplanError } from "../../src/model/kplan-error.ts";
import { type DriversWorld, driversWorld, type TestDriver, values } from "./drivers.ts";
import { holdOne } from "./hold-request.ts";
import { twoParameters } from "./two-parameters.ts";

// A driver that is held right before one of its requests, as SIGSTOP or a closed laptop holds it, with a clock that stands still, and another one that takes
// over meanwhile. KPLAN_EVERY_WRITE=1 holds it before each of its requests, one after the other (two minutes).

const ALL = process.env.KPLAN_EVERY_WRITE === "1";

let world: DriversWorld;
let source: string;
beforeAll(async () => {
  world = await driversWorld();
  source = twoParameters();
});
afterAll(() => world.close());

describe.each([
  { how: "by --take-over", places: [/PATCH .*configmaps\/\S+-two$/] },
  { how: "when the lease has run out", places: [/PATCH .*instances\/\S+$/] },
])("taken over $how", ({ how, places }) => {
  test.each(ALL ? [/./] : places)(
    "a driver that wakes up before %s lands no write",
    async (place) => {
      let held = 0;
      for (let skipped = 0; ; skipped++) {
        const found = await scenario(how === "by --take-over", { place, skipped });
        if (found === undefined) break;
        const { error, later, where, finished } = found;
        if (found.had) {
          expect({ where, landed: later.filter(isUpdate) }).toEqual({ where, landed: [] });
          if (!finished) {
            expect(error).toBeInstanceOf(KplanError);
            expect({ where, error }).toMatchObject({ error: { code: "lease-lost" } });
          }
        }
        held += 1;
        if (!ALL) break;
      }
      expect(held).toBeGreaterThan(ALL ? 30 : 0);
    },
    10 * 60_000,
  );
});

/** Status and code of what would overwrite or remove something; what is made anew, nobody can refuse. */
function isUpdate({ method, status }: { method: string; status: number }): boolean {
  return method !== "POST" && status < 300;
}

/** Undefined when the driver has no request there. */
async function scenario(
  takeOver: boolean,
  at: { readonly place: RegExp; readonly skipped: number },
) {
  count += 1;
  const instance = `demo-${count}`;
  const first = await world.driver("first");
  expect(await install(first.ctx, { source, instance })).toMatchObject({ kind: "ran" });
  const begun = world.writes.length;

  const paused = await world.driver(`paused ${count}`);
  const hold = holdOne(paused, at);
  const end = update(paused.ctx, { instance, values: values("A=paused") }).then(
    () => undefined,
    (error: unknown) => error,
  );
  const where = await Promise.race([hold.held, end.then(() => undefined)]);
  if (where === undefined) return undefined;
  paused.clock.stop();
  const own = world.writes.slice(begun).filter(({ by }) => by === paused.name);
  const leases = own.filter(({ path, status }) => path.includes("/leases/") && status < 300);
  const had = leases.length > 0;
  const finished = (where.includes("/leases/") && had) || own.some(isClosed);

  const other = await world.driver("other", { takeOver });
  if (!takeOver) world.clock.skip(20_000);
  let waited = 0;
  other.ctx = {
    ...other.ctx,
    emit: (event) => {
      if (event.type !== "waiting") return;
      waited += 1;
      void passTime(other);
    },
  };
  const done = await update(other.ctx, { instance, values: values("B=other") });
  expect({ where, done }).toMatchObject({ done: { outcome: { result: "complete" } } });
  if (!had || !takeOver || where.includes("/leases/")) waited = 1;
  expect({ where, waited }).toEqual({ where, waited: 1 });

  const before = world.writes.length;
  paused.clock.goOn();
  hold.release();
  const error = await end;
  const later = world.writes.slice(before).filter(({ by }) => by === paused.name);
  if (had) expect(await dataOf(`${instance}-two`)).toMatchObject({ b: "other" });
  return { where, error, later, had, finished };
}
let count = 0;

/** The last write of a run that is complete is that of its record. */
function isClosed({ path }: { readonly path: string }): boolean {
  return path.endsWith("/status");
}

/** The time of a lease, in steps in which a living driver renews its own. */
async function passTime(driver: TestDriver): Promise<void> {
  for (let passed = 0; passed < 20_000; passed += 4000) {
    world.clock.skip(4000);
    driver.clock.skip(4000);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function dataOf(name: string): Promise<Record<string, string>> {
  return (await world.api.get(`/api/v1/namespaces/default/configmaps/${name}`)).body.data;
}
