import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { type VirtualTime, virtualTime } from "./virtual-time.ts";

const begun = (): VirtualTime => virtualTime(0, { before: () => {}, after: () => {} });

test("an hour passes in no time, sleepers wake in order, and those of one moment in the order they lay down", async () => {
  const time = begun();
  const clock = time.clock((elapsed) => elapsed);
  const woken: string[] = [];
  const sleep = async (name: string, ms: number): Promise<void> => {
    await clock.sleep(ms);
    woken.push(`${name} ${clock.monotonic()}`);
  };
  void sleep("late", 3_600_000);
  void sleep("first", 1000);
  void sleep("second", 1000);
  expect(await time.until(() => false)).toBe("idle");
  expect(woken).toEqual(["first 1000", "second 1000", "late 3600000"]);
});

test("time stands still while files are read", async () => {
  const time = begun();
  const clock = time.clock((elapsed) => elapsed);
  let at: number | undefined;
  void clock.sleep(5);
  void readFile(import.meta.filename).then(() => {
    at = clock.monotonic();
  });
  await time.until(() => at !== undefined);
  expect(at).toBe(0);
});

test("who is called off does not wake, and who is stopped never does", async () => {
  const time = begun();
  const clock = time.clock((elapsed) => elapsed);
  const off = new AbortController();
  const heard: string[] = [];
  clock.sleep(10, off.signal).catch((reason) => heard.push(String(reason)));
  off.abort("called off");
  const dead = time.clock((elapsed) => elapsed);
  void dead.sleep(10).then(() => heard.push("woke"));
  dead.stop();
  void dead.sleep(10).then(() => heard.push("woke"));
  expect(await time.until(() => false)).toBe("idle");
  expect(heard).toEqual(["called off"]);
});

test("a limit lets just so much time pass", async () => {
  const time = begun();
  const clock = time.clock((elapsed) => 1000 + elapsed);
  void clock.sleep(100);
  expect(await time.until(() => false, 50)).toBe("late");
  expect(clock.now().getTime()).toBe(1050);
});
