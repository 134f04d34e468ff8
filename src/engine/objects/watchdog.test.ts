import { expect, test } from "vitest";
import type { Clock } from "../../model/clock.ts";
import { createWatchdog } from "./watchdog.ts";

test("time in which others' limits hold does not count, however often it is asked for at once", () => {
  let elapsed = 0;
  const clock: Clock = {
    now: () => new Date(elapsed),
    monotonic: () => elapsed,
    sleep: () => Promise.resolve(),
  };
  const watchdog = createWatchdog(clock, { step: 100, noActivity: 60 });
  elapsed = 10;
  const first = watchdog.suspend();
  elapsed = 500;
  const second = watchdog.suspend();
  expect([watchdog.left(), watchdog.remaining(), watchdog.expired("x")]).toEqual([
    90,
    50,
    undefined,
  ]);
  first();
  first();
  elapsed = 1000;
  expect(watchdog.left()).toBe(90);
  second();
  elapsed = 1049;
  expect([watchdog.left(), watchdog.remaining()]).toEqual([41, 1]);
  watchdog.touch();
  elapsed = 1089;
  expect([watchdog.left(), watchdog.remaining(), watchdog.expired("x")]).toEqual([1, 1, undefined]);
  elapsed = 1090;
  expect(watchdog.expired("a child")).toMatch(/^timed out after 100 ms, waiting for a child$/);
});
