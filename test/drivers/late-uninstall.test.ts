import { afterAll, beforeAll, expect, test } from "vitest";
import { install } from "../../src/actions/change/install.ts";
import { update } from "../../src/actions/change/update.ts";
import { uninstall } from "../../src/actions/removal/uninstall.ts";
import { type DriversWorld, driversWorld, values } from "./drivers.ts";
import { holdOne } from "./hold-request.ts";
import { twoParameters } from "./two-parameters.ts";

// An uninstall that is held at one of its requests; meanwhile somebody else takes over, removes the instance and installs it anew under the same name (with
// another Lease, which begins to count anew). KPLAN_EVERY_WRITE=1 holds it at each of its requests.

const ALL = process.env.KPLAN_EVERY_WRITE === "1";

let world: DriversWorld;
let source: string;
beforeAll(async () => {
  world = await driversWorld();
  source = twoParameters();
});
afterAll(() => world.close());

test.each(ALL ? [/./] : [/POST .*configmaps$/])(
  "an uninstall that wakes up before %s removes nothing of the next instance",
  async (place) => {
    for (let skipped = 0; ; skipped++) {
      const where = await scenario(place, skipped);
      if (where === undefined || !ALL) break;
    }
  },
  10 * 60_000,
);

let count = 0;

async function scenario(place: RegExp, skipped: number): Promise<string | undefined> {
  count += 1;
  const instance = `again-${count}`;
  const first = await world.driver("first");
  await install(first.ctx, { source, instance });

  const paused = await world.driver(`paused ${count}`);
  const hold = holdOne(paused, { place: place, skipped: skipped });
  const end = uninstall(paused.ctx, { instance }).then(
    () => undefined,
    (error: unknown) => error,
  );
  const where = await Promise.race([hold.held, end.then(() => undefined)]);
  if (where === undefined) return undefined;
  paused.clock.stop();
  const had = world.writes.some(
    ({ by, path, status }) => by === paused.name && path.includes("/leases/") && status < 300,
  );

  world.clock.skip(20_000);
  const other = await world.driver("other");
  // Held before it had begun, or when all was done: there may be nothing left.
  await uninstall(other.ctx, { instance }).catch(() => undefined);
  await install(other.ctx, { source, instance });

  const before = world.writes.length;
  paused.clock.goOn();
  hold.release();
  await end;
  const landed = world.writes
    .slice(before)
    .filter(({ by, status, method }) => by === paused.name && status < 300 && method !== "POST");
  // One that had not begun yet begins now, with the lease of its own: it removes what it finds.
  if (had) {
    expect({ where, landed }).toEqual({ where, landed: [] });
    const end = await update(other.ctx, { instance, values: values("A=1") });
    expect({ where, end }).toMatchObject({ end: { outcome: { result: "complete" } } });
    for (const name of ["one", "two", "three"])
      expect(await dataOf(`${instance}-${name}`)).toEqual({ a: "1", b: "0" });
  }
  return where;
}

async function dataOf(name: string): Promise<Record<string, string>> {
  return (await world.api.get(`/api/v1/namespaces/default/configmaps/${name}`)).body.data;
}
