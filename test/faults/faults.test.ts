import { rmSync } from "node:fs";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { enumerate, scenarioId } from "../../src/package-test/faults/enumerate.ts";
import {
  runScenario,
  runUndisturbed,
  type Undisturbed,
} from "../../src/package-test/faults/run-scenario.ts";
import type { Story } from "../../src/package-test/faults/story.ts";
import { storyOf } from "../../src/package-test/faults/story-of.ts";
import { testFaults } from "../../src/package-test/faults/test-faults.ts";
import { type CliResult, cli } from "../support/cli.ts";
import { GOOD_PACKAGE, packageFolder } from "../support/package-folder.ts";
import { play } from "./play.ts";
import { randomStory } from "./random-package.ts";

/** `npm run test:faults` asks for more: so many random packages, with so many faults each, by another seed. */
const { KPLAN_FAULTS_RUNS = "1", KPLAN_FAULTS_EACH = "1", KPLAN_FAULTS_SEED = "7" } = process.env;
/** Whatever takes minutes, too. */
const { KPLAN_FAULTS_LONG = "" } = process.env;
if (KPLAN_FAULTS_LONG !== "") vi.setConfig({ testTimeout: 2 * 3_600_000 });

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function folder(changes: Readonly<Record<string, string>>): string {
  const made = packageFolder(changes);
  folders.push(made);
  return made;
}

/** Nothing of a home is read. */
function kplan(...words: readonly string[]): Promise<CliResult> {
  return cli(words, { home: "/nonexistent" });
}

const COMMANDS = [
  { kind: "install", values: {} },
  { kind: "update", values: { COUNT: 5 } },
  { kind: "uninstall" },
] as const;

let shared: { readonly story: Story; readonly undisturbed: readonly Undisturbed[] };
beforeAll(async () => {
  const story = { source: packageFolder({}), commands: COMMANDS, packages: new Map() };
  shared = { story, undisturbed: await runUndisturbed(story, "1") };
});
afterAll(() => rmSync(shared.story.source, { recursive: true }));

test("a small package comes to the same end, whatever happens to its driver", async () => {
  const report = await testFaults(
    { source: folder({}), commands: COMMANDS },
    { seed: "1", pairs: 2, sample: 4, mostShown: 3 },
  );
  expect(report.failures).toEqual([]);
  expect(report.scenarios).toBe(4);
});

test("the same seed is the same world", async () => {
  const source = folder({});
  const ends = async (): Promise<unknown> => {
    const story = { source, commands: COMMANDS };
    const undisturbed = await runUndisturbed({ ...story, commands: [COMMANDS[0]] }, "3");
    const [first] = undisturbed;
    const [scenario] = enumerate(undisturbed, { seed: "3", pairs: 1, sample: 1 });
    if (first === undefined || scenario === undefined) throw new Error("nothing to play");
    const { requests, ends } = await runScenario(story, "3", { ...scenario, command: 0 }, first);
    return { scenario, ends, requests };
  };
  expect(await ends()).toEqual(await ends());
});

test("random packages do what the model says, with and without faults", async () => {
  const parameters = { numRuns: Number(KPLAN_FAULTS_RUNS), seed: Number(KPLAN_FAULTS_SEED) };
  await fc.assert(
    fc.asyncProperty(randomStory, async (story) => {
      const how = { seed: KPLAN_FAULTS_SEED, faulty: Number(KPLAN_FAULTS_EACH) };
      expect(await play(story, how)).toEqual([]);
    }),
    { ...parameters, endOnFailure: KPLAN_FAULTS_LONG === "" },
  );
});

/** A command that cannot bear to be run twice, in a package that does not say so. */
const FRAGILE = {
  "operator.yaml": `apiVersion: kplan.dev/v1
name: demo
operatorVersion: 0.1.0
tasks:
  - {name: pod, kind: Apply, spec: {resources: [pod.yaml]}}
  - {name: act, kind: Exec, spec: {pod: "{{Name}}-pod", command: [act]}}
  - {name: config, kind: Apply, spec: {resources: [config.yaml]}}
plans:
  deploy:
    phases:
      - name: main
        steps: [{name: act, tasks: [pod, act, config]}]
`,
  "templates/pod.yaml": `apiVersion: v1
kind: Pod
metadata: {name: "{{Name}}-pod"}
spec:
  containers: [{name: main, image: "busybox:1.28"}]
`,
  "tests/simulate.yaml": `exec:
  - {command: ^act$, when: {acted: "yes"}, exitCode: 1, stderr: it was done already}
  - {command: ^act$, sets: {acted: "yes"}, stdout: '{"acted":true}'}
`,
  "tests/faults.yaml": "commands: [{install: {}}]\n",
};

test("what fails is told as short as it can be, and can be seen again", async () => {
  const source = folder({ ...FRAGILE });
  const story = await storyOf(source, "1");
  const undisturbed = await runUndisturbed(story, "1");
  const act = undisturbed[0]?.requests.findIndex(({ verb }) => verb === "exec") ?? -1;
  const id = scenarioId({
    command: 0,
    faults: [
      { at: 5, kind: "reset-before" },
      { at: act + 1, kind: "kill-after" },
    ],
    again: "other-host",
  });

  const found = await kplan("package", "test", source, "--faults", "--scenario", id);
  expect(found.code).toBe(1);
  expect(found.stdout).toMatch(/kill-after at request \d+: /);
  expect(found.stdout).not.toMatch(/reset-before at/);
  expect(found.stdout).toMatch(/attempt 2: exit 1: .*it was done already/);
  expect(found.stdout).toContain(`--faults --seed 1 --scenario ${id}`);

  const json = await kplan("package", "test", source, "--faults", "--sample", "0", "-o", "json");
  const { scenarios, failed, commands } = JSON.parse(json.stdout);
  expect([json.code, scenarios, failed]).toEqual([0, 0, 0]);
  expect(commands[0]).toMatchObject({ command: `install ${source}`, exit: 0 });
});

test.each([
  ["commands: [{instal: {}}]", /tests\/faults.yaml:1:12: .*expected `install/],
  ["commands: [{install: {COUNTS: 1}}]", /tests\/faults.yaml:1:\d+: .*no parameter COUNTS/],
  ["commands: [uninstall]", /the first command is an install/],
  ["command: []", /expected a list `commands`/],
])("tests/faults.yaml: %s", async (text, message) => {
  const source = folder({ "tests/faults.yaml": text });
  const { code, stderr } = await kplan("package", "test", source, "--faults");
  expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
});

test("the parts of all scenarios are all of them", () => {
  const patch = { verb: "patch", dryRun: false, what: "a/b", path: "/", method: "PATCH" } as const;
  const commands = [{ requests: [patch, patch, patch] }];
  const ids = (shard?: { part: number; of: number }): string[] =>
    enumerate(commands, { seed: "1", pairs: 4, ...(shard && { shard }) }).map(scenarioId);
  const parts = [1, 2, 3].flatMap((part) => ids({ part, of: 3 }));
  expect(parts.sort()).toEqual(ids().sort());
});

test.each([["0/2"], ["3/2"], ["2"], ["a/b"]])("--shard %s is refused", async (shard) => {
  const { code, stderr } = await kplan("package", "test", "x", "--faults", "--shard", shard);
  expect([code, stderr]).toEqual([2, expect.stringMatching(/expected e\.g\. 2\/8/)]);
});

test("a command that fails anyhow is given again when it failed by a fault", async () => {
  const operator = GOOD_PACKAGE["operator.yaml"]
    ?.replace(
      "plans:",
      "  - {name: fails, kind: Dummy, spec: {wantErr: true, fatal: true}}\nplans:",
    )
    .replace("tasks: [config]", "tasks: [config, fails]");
  const story = { source: folder({ "operator.yaml": operator ?? "" }), commands: [COMMANDS[0]] };
  const [here] = await runUndisturbed(story, "1");
  if (here === undefined) throw new Error("no such command");
  const at = here.requests.findIndex(
    ({ verb, what, dryRun }) => verb === "create" && what === "instances" && !dryRun,
  );
  const faults = [{ at, kind: "status-422" }] as const;
  const { ends } = await runScenario(story, "1", { command: 0, faults, again: "same-host" }, here);
  expect(ends).toMatchObject([
    { exit: 1, said: expect.stringMatching(/injected/) },
    { exit: 1, said: here.said },
  ]);
});

test("a 409 to a question before the first write is no reason to give up", async () => {
  const { story, undisturbed } = shared;
  const attempts = [];
  for (const command of [0, 1]) {
    const here = undisturbed[command];
    if (here === undefined) throw new Error("no such command");
    const at = here.requests.findIndex(({ dryRun }) => dryRun);
    const scenario = {
      command,
      faults: [{ at, kind: "status-409" }],
      again: "same-host",
    } as const;
    attempts.push((await runScenario(story, "1", scenario, here)).attempts);
  }
  expect(attempts).toEqual([1, 1]);
});

test("who goes on with an uninstall whose package is gone knows that its cleanup plan has run", async () => {
  const source = folder({
    "operator.yaml": `${GOOD_PACKAGE["operator.yaml"]}  cleanup:
    phases:
      - name: main
        steps:
          - name: config
            tasks: [config]
`,
  });
  const story = { source, commands: [COMMANDS[0], COMMANDS[2]] };
  const here = (await runUndisturbed(story, "1"))[1];
  const at = here?.requests.findIndex(
    ({ verb, what }) => verb === "delete" && what.startsWith("operatorversions/"),
  );
  if (here === undefined || at === undefined) throw new Error("no such command");
  const faults = [{ at, kind: "kill-before" }] as const;
  const result = await runScenario(story, "1", { command: 1, faults, again: "same-host" }, here);
  const warnings = result.events.flat().filter(({ type }) => type === "warning");
  expect([result.attempts, result.complaints, warnings]).toEqual([2, [], []]);
});

// What faults have found, each at the request where it was.
test.each([
  // Who follows an uninstall goes on with it when its driver dies after the record was closed.
  { command: 2, verb: "delete", what: /^instances\//, kind: "kill-after", again: "other-host" },
  // After the very last write nothing is left to remove.
  { command: 2, verb: "delete", what: /^leases\//, kind: "kill-after", again: "same-host" },
  // CRDs that were made in part are no CRDs.
  { command: 0, verb: "create", what: /^customresource/, kind: "status-422", again: "same-host" },
  // Nobody goes round and round while a lease is about to expire.
  { command: 0, verb: "create", what: /^leases/, kind: "kill-after", again: "other-host" },
  // A lease that the server refused to take back once.
  { command: 1, verb: "replace", what: /^leases/, kind: "status-409", again: "same-host" },
  // An OperatorVersion that is to be removed, and is another version by then.
  { command: 2, verb: "patch", what: /^operatorversions/, kind: "status-409", again: "same-host" },
] as const)("$kind at $verb $what of command $command", async (found) => {
  const { story, undisturbed } = shared;
  const here = undisturbed[found.command];
  if (here === undefined) throw new Error("no such command");
  const { command, kind, again } = found;
  for (const [at, request] of here.requests.entries()) {
    if (request.dryRun || request.verb !== found.verb || !found.what.test(request.what)) continue;
    const scenario = { command, faults: [{ at, kind }], again };
    const { complaints } = await runScenario(story, "1", scenario, here);
    expect(complaints).toEqual([]);
  }
});
