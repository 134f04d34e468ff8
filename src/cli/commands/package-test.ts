import type { Command } from "commander";
import { KplanError } from "../../model/kplan-error.ts";
import type { Scenario } from "../../package-test/faults/run-scenario.ts";
import type { CaseResult } from "../../package-test/run-case.ts";
import type { CliDeps } from "../deps.ts";
import { EXIT } from "../exit-code.ts";
import { addOutputOption } from "../run-options.ts";
import { examples, type RunAction } from "./command.ts";

/** `kplan package test` */
export function addPackageTest(parent: Command, deps: CliDeps, run: RunAction): void {
  const command = parent
    .command("test")
    .argument("<package>", "folder of an operator package")
    .description("play the test cases of a package on a simulated cluster in this process");
  addOutputOption(command)
    .option("--case <name>", "only this case")
    .option("--seed <text>", "decides all that is random, instead of what the cases say")
    .option(
      "--faults",
      "kill the driver before and after every write, and let every request fail in every way",
    )
    .option("--sample <n>", "with --faults: at most so many scenarios, chosen by the seed")
    .option("--pairs <n>", "with --faults: scenarios with two faults at once", "50")
    .option("--shard <i/n>", "with --faults: the i-th of n parts, each for a process of its own")
    .option("--scenario <id>", "with --faults: just this one");
  examples(command, [
    ["kplan package test ./galera", "every case in tests/*.yaml"],
    ["kplan package test ./galera --case 'grow and shrink'", "one of them"],
    [
      "kplan package test ./galera --faults --sample 200",
      "200 ways to be disturbed; without --sample all",
    ],
  ]);
  command.action((source: string, options) =>
    run(async () => {
      if (options.faults === true) return await testUnderFaults(source, options, deps);
      const { testPackage } = await import("../../package-test/test-package.ts");
      const { caseText, casesSummary } = await import("../output/case-text.ts");
      let begun = performance.now();
      const results = await testPackage({
        source,
        give: await deps.giveInTests(),
        ...(options.case !== undefined && { only: options.case }),
        ...(options.seed !== undefined && { seed: options.seed }),
        onCase: (result) => {
          const took = performance.now() - begun;
          begun = performance.now();
          if (!options.output) deps.terminal.out(caseText(result, took, deps.terminal));
        },
      });
      const failed = results.filter(({ failures }) => failures.length > 0);
      if (options.output) await print(results, options.output, deps);
      else deps.terminal.out(casesSummary(results, deps.terminal));
      return failed.length > 0 ? EXIT.failed : EXIT.ok;
    }),
  );
}

async function print(
  results: readonly CaseResult[],
  format: "json" | "yaml",
  deps: CliDeps,
): Promise<void> {
  const { printValue } = await import("../output/values.ts");
  const failed = results.filter(({ failures }) => failures.length > 0).length;
  const value = { simulated: true, passed: results.length - failed, failed, cases: results };
  await printValue(value, format, deps.terminal);
}

async function testUnderFaults(
  source: string,
  options: Record<string, string | undefined>,
  deps: CliDeps,
): Promise<number> {
  const { testFaults } = await import("../../package-test/faults/test-faults.ts");
  const { storyOf } = await import("../../package-test/faults/story-of.ts");
  const { faultsText } = await import("../output/fault-text.ts");
  const seed = options.seed ?? "1";
  const sample = options.sample === undefined ? undefined : countOf("--sample", options.sample);
  const only = options.scenario === undefined ? undefined : await namedScenario(options.scenario);
  const shard = options.shard === undefined ? undefined : shardOf(options.shard);
  let told = Number.NEGATIVE_INFINITY;
  const report = await testFaults(await storyOf(source, seed), {
    seed,
    pairs: countOf("--pairs", options.pairs ?? "50"),
    mostShown: 10,
    ...(sample !== undefined && { sample }),
    ...(shard && { shard }),
    ...(only && { only }),
    onProgress: (done, all, failed) => {
      if (done !== all && performance.now() - told < 5000) return;
      told = performance.now();
      deps.terminal.err(`${done} of ${all} scenarios, ${failed} failed\n`);
    },
  });
  const { output } = options;
  if (output === "json" || output === "yaml") {
    const { printValue } = await import("../output/values.ts");
    await printValue({ simulated: true, ...report }, output, deps.terminal);
  } else deps.terminal.out(faultsText(report, source, deps.terminal));
  return report.failed > 0 ? EXIT.failed : EXIT.ok;
}

async function namedScenario(id: string): Promise<Scenario> {
  const { scenarioOf } = await import("../../package-test/faults/enumerate.ts");
  const scenario = scenarioOf(id);
  if (scenario) return scenario;
  throw new KplanError("bad-scenario", `--scenario ${id}: expected e.g. 1:kill-after@42`, {
    kind: "bad-input",
  });
}

function shardOf(text: string): { readonly part: number; readonly of: number } {
  const [, part, of] = /^([1-9]\d{0,3})\/([1-9]\d{0,3})$/.exec(text) ?? [];
  if (part !== undefined && of !== undefined && Number(part) <= Number(of))
    return { part: Number(part), of: Number(of) };
  throw new KplanError("bad-shard", `--shard ${text}: expected e.g. 2/8, the second of eight`, {
    kind: "bad-input",
  });
}

function countOf(option: string, text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new KplanError("bad-count", `${option} ${text}: expected a number`, { kind: "bad-input" });
}
