import { expect, test } from "vitest";
import { KplanError } from "../../model/kplan-error.ts";
import { createVirtualClock } from "../testing/virtual-clock.ts";
import { keepTrying, type Trying } from "./keep-trying.ts";
import { createWatchdog } from "./watchdog.ts";

const RAN_OUT = new KplanError("lease-lost", "the lease could not be renewed in time");

test("a lease that has nearly run out and is renewed in time costs a moment, not the run", async () => {
  const { ctx, clock } = trying();
  let tries = 0;
  await keepTrying(
    ctx,
    async () => {
      tries += 1;
      if (clock.monotonic() < 3000) throw RAN_OUT;
    },
    () => {},
  );
  expect(tries).toBe(7);
});

test("a lease that is lost ends the run", async () => {
  const lost = new AbortController();
  const { ctx } = trying(lost);
  let tries = 0;
  const work = async (): Promise<void> => {
    tries += 1;
    if (tries === 3) lost.abort(RAN_OUT);
    throw RAN_OUT;
  };
  await expect(keepTrying(ctx, work, () => {})).rejects.toBe(RAN_OUT);
  expect(tries).toBe(3);
});

function trying(lost = new AbortController()) {
  const clock = createVirtualClock();
  const ctx = {
    clock,
    fence: { lost: lost.signal, check: () => {} },
    halt: new AbortController().signal,
    watchdog: createWatchdog(clock, { step: 60_000, noActivity: 60_000 }),
    path: { plan: "deploy" },
    definedKinds: new Set<string>(),
    emit: () => {},
  } as unknown as Trying;
  return { ctx, clock };
}
