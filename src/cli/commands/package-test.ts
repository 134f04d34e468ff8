import type { Command } from "commander";
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
    .option("--seed <text>", "decides all that is random, instead of what the cases say");
  examples(command, [
    ["kplan package test ./galera", "every case in tests/*.yaml"],
    ["kplan package test ./galera --case 'grow and shrink'", "one of them"],
  ]);
  command.action((source: string, options) =>
    run(async () => {
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
