import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { hasErrors, type Issue } from "../model/issue.ts";
import { KplanError, refuse } from "../model/kplan-error.ts";
import { didYouMean } from "../model/nearest.ts";
import { SIMULATION_FILE } from "../package/read-simulation.ts";
import { FAULTS_FILE } from "./faults/story-of.ts";
import { type CaseResult, type GiveCommand, runCase } from "./run-case.ts";
import { readTestCases, type TestCase } from "./test-case.ts";
import { usablePackage } from "./usable-package.ts";

/** What `package test` is asked for. */
export interface TestRequest {
  /** Folder of the package. */
  readonly source: string;
  readonly give: GiveCommand;
  /** Only the case of this name. */
  readonly only?: string;
  /** Instead of the seeds that the cases name. */
  readonly seed?: string;
  /** Told each case as it ends. */
  readonly onCase?: (result: CaseResult) => void;
}

/** Plays the cases of a package, one after the other. Throws a `bad-input` KplanError for a package with errors, for files that cannot be read, and where there is no case. */
export async function testPackage(request: TestRequest): Promise<readonly CaseResult[]> {
  await usablePackage(request.source);
  const cases = await casesOf(request.source);
  const { only } = request;
  const chosen = cases.filter(({ name }) => only === undefined || name === only);
  if (chosen.length === 0) throw noCase(request.source, cases, only);
  const results: CaseResult[] = [];
  const packages = new Map();
  for (const test of chosen) {
    const seed = request.seed ?? test.seed ?? test.name;
    const result = await runCase(test, {
      source: request.source,
      give: request.give,
      seed,
      packages,
    });
    results.push(result);
    request.onCase?.(result);
  }
  return results;
}

/** Files of tests that hold no cases. */
const NO_CASES: ReadonlySet<string> = new Set([SIMULATION_FILE, FAULTS_FILE]);

/** The cases of all files in `tests/`, by file. Throws a `bad-input` KplanError with all that is wrong with them. */
async function casesOf(source: string): Promise<readonly TestCase[]> {
  const folder = join(source, "tests");
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return [];
    throw error;
  });
  const files = names
    .filter((name) => /\.ya?ml$/.test(name) && !NO_CASES.has(`tests/${name}`))
    .sort();
  const cases: TestCase[] = [];
  const issues: Issue[] = [];
  for (const name of files) {
    const read = readTestCases(await readFile(join(folder, name), "utf8"), `tests/${name}`);
    cases.push(...read.cases);
    issues.push(...read.issues);
  }
  if (hasErrors(issues)) refuse(`test cases of ${source}`, issues);
  return cases;
}

function noCase(source: string, cases: readonly TestCase[], only: string | undefined): KplanError {
  if (only === undefined)
    return new KplanError("no-cases", `${source} has no test cases`, {
      kind: "bad-input",
      hint: "cases are files tests/*.yaml beside operator.yaml; see docs/package-test.md",
    });
  const names = cases.map(({ name }) => name);
  return new KplanError("no-case", `no case is named "${only}"${didYouMean(only, names)}`, {
    kind: "bad-input",
    hint: `there are: ${names.join(", ")}`,
  });
}
