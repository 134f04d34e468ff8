import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { main } from "../../../src/cli/main.ts";
import { type EmbeddedServer, startServer } from "../../../src/embedded/start-server.ts";
import { type CliResult, cli } from "../../support/cli.ts";
import { packageFolder } from "../../support/package-folder.ts";

// What KUDO's waits never did: end when a plan failed, or when nobody works on it (D-02).

const PACKAGE = {
  "operator.yaml": `apiVersion: kudo.dev/v1beta1
name: waits
operatorVersion: 0.1.0
tasks:
  - {name: fine, kind: Dummy, spec: {done: true}}
  - {name: never, kind: Dummy, spec: {done: false}}
  - {name: fails, kind: Dummy, spec: {wantErr: true, fatal: true}}
  - {name: unrenderable, kind: Apply, spec: {resources: [wrong.yaml]}}
plans:
  deploy: {strategy: serial, phases: [{name: main, strategy: serial, steps: [{name: fine, tasks: [fine]}]}]}
  broken: {strategy: serial, phases: [{name: main, strategy: serial, steps: [{name: fails, tasks: [fails]}]}]}
  endless: {strategy: serial, phases: [{name: main, strategy: serial, steps: [{name: never, tasks: [never]}]}]}
  refused: {phases: [{name: main, steps: [{name: wrong, tasks: [unrenderable]}]}]}
`,
  "params.yaml": "",
  "templates/config.yaml": null,
  "templates/wrong.yaml": "{{ .Nothing }}",
};

let server: EmbeddedServer;
let world: {
  readonly home: string;
  readonly env: Record<string, string>;
  readonly calledAs: string;
};

beforeAll(async () => {
  server = await startServer({ speed: 1000 });
  const home = mkdtempSync(join(tmpdir(), "kplan-home-"));
  writeFileSync(join(home, "kubeconfig"), server.kubeconfig());
  world = { home, env: { KUBECONFIG: join(home, "kubeconfig") }, calledAs: "kubectl-kudo" };
});
afterAll(() => server.close());

describe.sequential("waiting", () => {
  test("is over when a plan is complete", async () => {
    const { code, stdout } = await kudo(`install ${packageFolder(PACKAGE)} --wait`);
    expect([code, stdout.split("\n").at(-2)]).toEqual([0, "instance default/waits-instance ready"]);
    expect((await kudo("plan status --instance waits-instance --wait")).code).toBe(0);
  });

  test("ends at once when a plan fails, which says so and where", async () => {
    const triggered = await kudo("plan trigger --instance waits-instance --name broken --wait");
    expect(triggered).toMatchObject({
      code: 255,
      stdout: "Triggered broken plan for default/waits-instance instance\n",
      stderr: expect.stringMatching(/^Error: FAILED in broken\.main\.fails/),
    });
    const status = await kudo("plan status --instance waits-instance --wait");
    expect(status).toMatchObject({
      code: 255,
      stdout: expect.stringContaining("Plan broken (serial strategy) [FATAL_ERROR]"),
      stderr: expect.stringMatching(/^Error: plan broken of default\/waits-instance failed/),
    });
  });

  test("does not begin, and nothing is said to be done, when a plan is refused before its first write", async () => {
    const refused = await kudo("plan trigger --instance waits-instance --name refused --wait");
    expect(refused).toMatchObject({
      ...{ code: 255, stdout: "" },
      stderr: expect.stringMatching(/^Error: .*no entry for key "Nothing"/),
    });
  });

  test("ends when the wait time is over, and says how to go on", async () => {
    const triggered = await kudo(
      "plan trigger --instance waits-instance --name endless --wait --wait-time=1",
    );
    expect(triggered).toMatchObject({
      code: 255,
      stdout:
        "Triggered endless plan for default/waits-instance instance\ntimeout waiting for instance default/waits-instance\n",
      stderr: expect.stringMatching(
        /^Error: timed out waiting for the condition\n.*`kubectl kudo plan resume --instance waits-instance` goes on/,
      ),
    });
  });

  test("ends when nobody drives the plan", async () => {
    const status = await kudo("plan status --instance waits-instance --wait");
    expect(status).toMatchObject({
      code: 255,
      stderr: expect.stringMatching(/^Error: plan endless is unfinished and nobody drives it/),
    });
  });

  test("draws the tree again in its place on a terminal, until the plan is given up", async () => {
    const driven = kudo("plan resume --instance waits-instance");
    const undriven = async () => (await kudo("plan status --instance waits-instance")).stderr;
    await expect.poll(undriven, { timeout: 20_000 }).toBe("");
    let drawn = "";
    const watching = main("plan status --instance waits-instance --wait".split(" "), {
      ...world,
      stdin: nothing(),
      terminal: {
        out: (text) => {
          drawn += text;
        },
        err: () => {},
        isTty: true,
        colors: false,
        width: () => 100,
      },
    });
    await expect.poll(() => drawn, { timeout: 20_000 }).toContain("\u001B[J");
    expect((await kudo("plan cancel --instance waits-instance")).code).toBe(0);
    expect([await watching, (await driven).code]).toEqual([255, 255]);
    const [first = "", ...others] = drawn.split("\u001B[J");
    expect(first).toMatch(/^Plan\(s\) for "waits-instance"[\s\S]*\n\nelapsed time 0?\d+m?s\n/);
    expect(others.at(-1)).toContain("Plan endless (serial strategy) [FATAL_ERROR]");
  });
});

function kudo(line: string): Promise<CliResult> {
  return cli(line.split(" "), world);
}

async function* nothing(): AsyncGenerator<string> {}
