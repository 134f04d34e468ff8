import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cli } from "../support/cli.ts";
import { GOOD_PACKAGE, packageFolder } from "../support/package-folder.ts";
import { testCases } from "./tester.ts";

// The tester itself: a case that is right passes, and one that is wrong fails with its place.

/** A case of one install with these expectations (flow YAML). */
const install = (expectations: string, more = ""): string => `cases:
  - name: installs
${more}    commands:
      - run: install
        expect: ${expectations}
`;

test("what is so passes", async () => {
  const { code, stdout } = await testCases(`cases:
  - name: installs and grows
    commands:
      - run: install
        expect:
          plans: {deploy: COMPLETE}
          objects:
            - {kind: ConfigMap, metadata: {name: pair-instance-config}, data: {count: "2"}}
            - {kind: StatefulSet, metadata: {name: pair-instance-pair}, status: {readyReplicas: 2}}
          absent: [{kind: Pod, name: pair-instance-pair-2}]
          count: [{kind: Pod, labels: {app: pair}, is: 2}]
          says: [COMPLETE]
          events:
            - {type: status, path: {step: config}, status: COMPLETE}
            - {type: status, path: {step: members}, status: COMPLETE}
      - run: update -p COUNT=3
        expect: {count: [{kind: Pod, is: 3}]}
      - run: update -p COUNT=x
        expect: {exit: refused}
      - run: uninstall
        expect: {count: [{kind: Pod, is: 0}, {kind: Instance, is: 0}]}
`);
  expect(stdout).toMatch(
    /^ok {3}installs and grows \(.*simulated.*\)\n1 passed, 0 failed \(simulated\)\n$/,
  );
  expect(code).toBe(0);
});

test.each([
  ["another end", "{exit: failed}", "5:24: expected it to be failed; it was complete"],
  [
    "another status",
    "{plans: {deploy: ERROR}}",
    "5:34: expected plan deploy to be ERROR; it is COMPLETE",
  ],
  [
    "a plan that is not there",
    "{plans: {x: COMPLETE}}",
    "5:29: expected plan x to be COMPLETE; it is unknown",
  ],
  [
    "an object that is not there",
    "{objects: [{kind: Pod, metadata: {name: x}}]}",
    "5:28: expected Pod x; there is none",
  ],
  [
    "an object that is there",
    "{absent: [{kind: ConfigMap, name: pair-instance-config}]}",
    "5:27: expected no ConfigMap pair-instance-config; it is there",
  ],
  [
    "another number",
    "{count: [{kind: Pod, is: 9}]}",
    "5:26: expected 9 of kind Pod; there are 2: pair-instance-pair-0, pair-instance-pair-1",
  ],
  ["what was not said", "{says: [hurrah]}", "5:25: expected it to say: hurrah"],
  [
    "events in another order",
    "{events: [{type: run-finished}, {type: run-started}]}",
    "5:49: expected an event after the 1 before it: type: run-started",
  ],
])("%s fails at its place", async (_, expectations, message) => {
  const { code, stdout } = await testCases(install(expectations));
  expect(stdout).toContain(`tests/cases.yaml:${message}`);
  expect(stdout).toContain("FAIL installs");
  expect(stdout).toContain("0 passed, 1 failed");
  expect(code).toBe(1);
});

test("what differs is shown as a diff, with the last lines of the command, and no secret", async () => {
  const { stdout } = await testCases(`cases:
  - name: installs
    commands:
      - run: install
        expect:
          objects:
            - {kind: ConfigMap, metadata: {name: pair-instance-config}, data: {count: "3"}}
            - {kind: Secret, metadata: {name: pair-instance-secrets}, data: {PASSWORD: eA==}}
`);
  expect(stdout).toContain('-  count: "3"\n    +  count: "2"');
  expect(stdout).toContain("    | ");
  expect(stdout).toContain("COMPLETE (simulated: no container runs)");
  expect(stdout).toContain("PASSWORD: (not shown, another one)");
  expect(stdout).not.toContain("eA==");
});

test.each([
  ["gets ready late, and crashes once", "{ready: 30s, crashes: {after: 10s}}", "complete"],
  ["crashes too often", "{ready: never, crashes: {after: 10s, times: 9}}", "failed"],
  ["never gets ready", "{ready: never}", "timed-out"],
  ["has no image", "{image: missing}", "failed"],
  ["finds no node", "{schedule: never}", "failed"],
])("a pod that %s", async (_, pod, exit) => {
  const { stdout } = await testCases(
    install(`{exit: ${exit}}`, `    pods: [${pod.replace("{", '{pods: "*-1", ')}]\n`),
  );
  expect(stdout).toContain("1 passed");
});

test("others delete, edit, kill, ask and lose nodes meanwhile, and clocks jump", async () => {
  const { stdout } = await testCases(`cases:
  - name: killed and gone on
    pods: [{ready: 30s}]
    commands:
      - run: install
        meanwhile:
          - {when: members, after: 5s, kill: true}
        expect: {exit: killed}
      - run: install
        meanwhile:
          - {after: 1s, driverClock: -5h}
          - {after: 2s, delete: {kind: Pod, name: pair-instance-pair-0}}
          - {after: 3s, run: get instances}
        expect: {count: [{kind: Pod, is: 2}]}
      - run: drift
        meanwhile:
          - edit: {kind: StatefulSet, metadata: {name: pair-instance-pair}, spec: {replicas: 5}}
        expect: {exit: changes, says: [spec.replicas]}
      - run: update -p COUNT=3 --force-conflicts
        meanwhile:
          - {nodeLost: node0}
          - {after: 1s, interrupt: true}
        expect: {exit: interrupted}
`);
  expect(stdout).toMatch(/^ok /);
});

test("what never happens is told", async () => {
  const { stdout } = await testCases(`cases:
  - name: installs
    commands:
      - run: install
        meanwhile:
          - {when: nowhere, kill: true}
          - {after: 9h, kill: true}
`);
  expect(stdout).toContain("tests/cases.yaml:6:13: step nowhere never began");
  expect(stdout).toContain("tests/cases.yaml:7:13: the command had ended before this could happen");
});

test("a case is chosen by its name, and the same seed comes out the same, to the last token", async () => {
  const cases = `cases:
  - {name: one, commands: [{run: install}]}
  - name: two
    kubeVersion: "1.20"
    commands:
      - run: install
        expect: {objects: [{kind: ConfigMap, metadata: {name: pair-instance-config}, data: {token: x}}]}
`;
  const of = async (seed: string): Promise<string> => {
    const { stdout } = await testCases(cases, "--case", "two", "--seed", seed, "-o", "json");
    const { failed, cases: found } = JSON.parse(stdout);
    expect([failed, found.length]).toEqual([1, 1]);
    return JSON.stringify(found[0].failures);
  };
  const [first, again, other] = [await of("a"), await of("a"), await of("b")];
  expect(again).toBe(first);
  expect(other).not.toBe(first);
});

test("what cannot be read, or is not there, is bad input", async () => {
  const broken = await testCases("cases: [{name: a, command: []}]\n");
  expect(broken.stderr).toContain(
    'tests/cases.yaml:1:19: error: cases[0]: unknown field "command", did you mean "commands"?',
  );
  expect(broken.code).toBe(2);
  const none = await testCases(install("{}"), "--case", "instals");
  expect(none.stderr).toContain('no case is named "instals", did you mean "installs"?');
  expect(none.code).toBe(2);
});

test.each([[[]], [["--faults"]]])("a package with errors is bad input %s", async (options) => {
  const params = "parameters: [{name: A, default: a, trigger: updat}]\n";
  const folder = packageFolder({ "params.yaml": params, "tests/cases.yaml": install("{}") });
  const home = mkdtempSync(join(tmpdir(), "kplan-home-"));
  const { code, stdout, stderr } = await cli(["package", "test", folder, ...options], { home });
  expect(stderr).toContain('params.yaml:1:45: error: parameter A triggers plan "updat"');
  expect(stdout).toBe("");
  expect(code).toBe(2);
});

test("faults need a package that can be installed with its defaults, or values for it", async () => {
  const operator = GOOD_PACKAGE["operator.yaml"]?.replace(
    "  deploy:\n",
    "  deploy:\n    require: [{id: many, expression: Params.COUNT > 3, message: Too few.}]\n",
  );
  const folder = packageFolder({ "operator.yaml": operator ?? null });
  const home = mkdtempSync(join(tmpdir(), "kplan-home-"));
  const { code, stderr } = await cli(["package", "test", folder, "--faults"], { home });
  expect(stderr).toContain("refuses an install with its defaults");
  expect(stderr).toContain("say in tests/faults.yaml which values it takes");
  expect(code).toBe(2);
});

// The others take longer: `kplan package test operators/galera` plays them all, and test/galera/rehearsal.test.ts what they show.
test("one of Galera's own cases", async () => {
  const home = mkdtempSync(join(tmpdir(), "kplan-home-"));
  const argv = [
    "package",
    "test",
    "operators/galera",
    "--case",
    "an image that is not there fails the install",
  ];
  expect((await cli(argv, { home })).stdout).toMatch(/^ok .*\n1 passed, 0 failed/);
});
