import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type CliResult, cli } from "../support/cli.ts";
import { packageFolder } from "../support/package-folder.ts";
import { type InProcessTarget, serveInProcess } from "../support/serve-in-process.ts";

const operator = (name: string, meter = METER): string => `apiVersion: kplan.dev/v1
name: ${name}
operatorVersion: 0.1.0
${meter}
tasks:
  - name: config
    kind: Apply
    spec:
      resources: [config.yaml]
plans:
  deploy:
    phases:
      - name: main
        steps:
          - name: config
            tasks: [config]
  measured:
    phases:
      - name: main
        steps:
          - name: config
            tasks: [config]
            meter: true
`;
const METER = "meter: {pod: meter.yaml, budget: {failed: 0, gap: 1s}, over: pause}";
const POD = `apiVersion: v1
kind: Pod
metadata:
  name: {{Name}}-meter
spec:
  restartPolicy: Never
  containers:
    - {name: meter, image: busybox}
`;
const PARAMS = `apiVersion: kplan.dev/v1
parameters:
  - {name: COUNT, type: integer, default: 3, trigger: deploy}
`;
const CONFIG =
  "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{Name}}-config\ndata:\n  n: {{quote Params.COUNT}}\n";
const line = (failed: number): string =>
  JSON.stringify({ ok: 40, failed, p50: 2, p99: 7, gapMs: 9 });
const simulate = (failed: number): string =>
  `logs:\n  - {pods: "*-meter", lines: ['${line(failed)}'], every: 100ms, repeat: true}\n`;

const pkg = (name: string, files: Readonly<Record<string, string>> = {}): string =>
  packageFolder({
    "operator.yaml": operator(name),
    "params.yaml": PARAMS,
    "templates/config.yaml": CONFIG,
    "templates/meter.yaml": POD,
    ...files,
  });

let server: InProcessTarget;
let home: string;

beforeAll(async () => {
  server = await serveInProcess({ speed: 1000 });
  home = mkdtempSync(join(tmpdir(), "kplan-home-"));
  writeFileSync(join(home, "kubeconfig"), server.kubeconfig());
});
afterAll(() => server.close());

const kplan = (line: string): Promise<CliResult> =>
  cli(line.split(" "), { home, env: { KUBECONFIG: join(home, "kubeconfig") } });
const pods = (): string[] =>
  server.store.list("/pods", "default").map(({ metadata }) => metadata.name);
const runOf = async (instance: string) =>
  JSON.parse((await kplan(`plan history --instance ${instance} -o json`)).stdout)[0];

test("a run is measured, told, and what was found is kept", async () => {
  const good = pkg("good", { "tests/simulate.yaml": simulate(0) });
  expect((await kplan(`install ${good} --instance good`)).code).toBe(0);
  const { code, stdout, stderr } = await kplan("update --instance good -p COUNT=4 --meter");
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(
    /deploy\.main\.config meter: \d+ ok, 0 failed, longest gap 0\.01 s, p50 2 ms, p99 7 ms/,
  );
  expect(pods()).toEqual([]);
  const run = await runOf("good");
  expect(Object.keys(run.meters)).toEqual(["deploy.main.config", "deploy"]);
  expect(run.meters["deploy.main.config"]).toMatchObject({ failed: 0, gapMs: 9, p99: 7 });
  expect(run.inventory.map(({ ref }: { ref: { kind: string } }) => ref.kind)).toEqual([
    "ConfigMap",
  ]);
  const status = await kplan("plan status --instance good");
  expect(status.stdout).toMatch(/\n\ndeploy\.main\.config meter: \d+ ok, 0 failed/);
});

test("over its budget a run pauses with exit 3, and the same command goes on", async () => {
  const bad = pkg("bad", { "tests/simulate.yaml": simulate(1) });
  expect((await kplan(`install ${bad} --instance bad`)).code).toBe(0);
  const paused = await kplan("plan trigger measured --instance bad");
  expect(paused.code).toBe(3);
  expect(paused.stdout).toContain(
    "PAUSED: paused in measured.main.config: the meter is over its budget: 1 failed statement (at most 0)",
  );
  expect(paused.stderr).toContain("to go on:\n  kplan plan trigger measured --instance bad\n");
  expect(pods()).toEqual([]);
  const { status, reason, number } = await runOf("bad");
  expect([status, reason, number]).toEqual(["IN_PROGRESS", "Paused", 2]);
  const shown = await kplan("plan status --instance bad");
  expect(shown.stdout).toContain("\n\npaused in measured.main.config: ");
  // The rules of the package come back with each run, so the package is what has to be mended.
  const mended = pkg("bad", {
    "operator.yaml": operator("bad").replace("0.1.0", "0.2.0"),
    "tests/simulate.yaml": simulate(0),
  });
  expect((await kplan(`upgrade ${mended} --instance bad`)).code).toBe(0);
  expect((await kplan("plan trigger measured --instance bad")).code).toBe(0);
});

test.each([
  ["install PKG --instance late --meter", "nothing serves them before the instance is installed"],
  ["update --instance plain -p COUNT=9 --meter", "the package plain has no meter"],
])("%s is refused", async (command, words) => {
  const plain = pkg("plain", {
    "operator.yaml": operator("plain", "").replace("            meter: true\n", ""),
  });
  await kplan(`install ${plain} --instance plain`);
  const { code, stderr } = await kplan(command.replace("PKG", plain));
  expect(code).toBe(2);
  expect(stderr).toContain(words);
});

test("a simulated meter without rules is not evaluated, with a warning", async () => {
  expect((await kplan(`install ${pkg("mute")} --instance mute`)).code).toBe(0);
  const { code, stderr } = await kplan("plan trigger measured --instance mute");
  expect(code).toBe(0);
  expect(stderr).toContain("warning: what clients feel is not measured: the cluster is simulated");
});
