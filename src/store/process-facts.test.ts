import { existsSync, readlinkSync } from "node:fs";
import { expect, test } from "vitest";
import { localProcesses, processFacts } from "./process-facts.ts";

const hasProc = existsSync("/proc/self/ns/pid");

test("a process that lives is seen as it tells of itself", () => {
  expect(localProcesses.startOf(process.pid)).toBe(processFacts(process.pid).processStart);
});

test("a pid that is nobody's is dead", () => {
  expect(localProcesses.startOf(2 ** 22 + 1)).toBeUndefined();
});

test.runIf(hasProc)("processes of another container are not of the same boot", () => {
  expect(processFacts(process.pid).bootId).toContain(readlinkSync("/proc/self/ns/pid"));
});
