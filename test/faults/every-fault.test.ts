import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { FaultReport } from "../../src/package-test/faults/test-faults.ts";
import { bundledProgram, killStarted, start } from "../cli/program.ts";
import { parallelSteps } from "./parallel-steps.ts";
import { writePackage } from "./write-package.ts";

// Every scenario of a package, in parts that are processes of their own: all processors have something to do, and none of them gets large.
// Minutes each, so only `npm run test:faults` plays them.
const { KPLAN_FAULTS_LONG = "", KPLAN_FAULTS_SEED = "7" } = process.env;
const PARTS = 12;

vi.setConfig({ testTimeout: 2 * 3_600_000, hookTimeout: 120_000 });

let program = "";
let parallel = "";
beforeAll(async () => {
  if (KPLAN_FAULTS_LONG === "") return;
  program = await bundledProgram();
  parallel = writePackage(parallelSteps(30).pkg);
  mkdirSync(join(parallel, "tests"), { recursive: true });
  const commands = "commands: [{install: {}}, {update: {SIZE: 2}}, uninstall]\n";
  writeFileSync(join(parallel, "tests/faults.yaml"), commands);
});
afterAll(() => {
  killStarted();
  if (KPLAN_FAULTS_LONG === "") return;
  rmSync(dirname(dirname(program)), { recursive: true, force: true });
  rmSync(parallel, { recursive: true });
});

test.skipIf(KPLAN_FAULTS_LONG === "").each([
  {
    title: "the Galera package",
    source: () => join(import.meta.dirname, "../../operators/galera"),
  },
  { title: "30 parallel steps", source: () => parallel },
])("$title under every fault", async ({ source }) => {
  const parts = Array.from({ length: PARTS }, (_, n) => n + 1);
  const reports: FaultReport[] = [];
  const play = async (): Promise<void> => {
    for (let part = parts.shift(); part !== undefined; part = parts.shift())
      reports.push(await reportOf(source(), part));
  };
  await Promise.all(Array.from({ length: availableParallelism() }, play));
  expect(reports.flatMap(({ failures }) => failures)).toEqual([]);
  expect(reports.reduce((sum, { scenarios }) => sum + scenarios, 0)).toBeGreaterThan(1000);
});

async function reportOf(source: string, part: number): Promise<FaultReport> {
  const how = ["--seed", KPLAN_FAULTS_SEED, "--shard", `${part}/${PARTS}`, "-o", "json"];
  const argv = ["package", "test", source, "--faults", ...how];
  const { code, stdout, stderr } = await start(program, argv, { HOME: "/nonexistent" }).ended;
  if (code !== 0 && code !== 1) throw new Error(stderr);
  return JSON.parse(stdout) as FaultReport;
}
