import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type EmbeddedServer, startServer } from "../../src/embedded/start-server.ts";
import { type CliResult, cli } from "../support/cli.ts";

/** The whole life of a Galera cluster on the embedded cluster, with what the package says that its pods answer. */
const PACKAGE = join(import.meta.dirname, "../../operators/galera");
let server: EmbeddedServer;
let home: string;

beforeAll(async () => {
  server = await startServer({ speed: 1000 });
  home = mkdtempSync(join(tmpdir(), "kplan-home-"));
  writeFileSync(join(home, "kubeconfig"), server.kubeconfig());
});
afterAll(() => server.close());

test("deploy founds once, hands over and removes the bootstrap node", async () => {
  const said = await succeed("install", PACKAGE);

  expect(said).toMatch(/found founded: uuid 0+-/);
  expect(said).toMatch(/1 to 2 pods, on the way to 3/);
  expect(said).toMatch(/cleanup gate holds: 3 pods are as expected/);
  expect(await succeed("plan", "trigger", "deploy")).toMatch(/bootstrap_deploy COMPLETE: skipped/);
});

test("node_update goes one by one under the gate", async () => {
  const up = await succeed("update", "-p", "NODE_COUNT=5");
  expect(up).toMatch(
    /3 to 4 pods[\s\S]*gate holds: 4 pods[\s\S]*4 to 5 pods[\s\S]*gate holds: 5 pods/,
  );

  const even = await kplan("update", "-p", "NODE_COUNT=4");
  expect([even.code, even.stderr]).toEqual([2, expect.stringMatching(/--allow even-size/)]);

  const down = await succeed("update", "-p", "NODE_COUNT=3");
  expect(down).toMatch(
    /5 to 4 pods[\s\S]*gate holds: 4 pods[\s\S]*4 to 3 pods[\s\S]*gate holds: 3 pods/,
  );
});

test("update restarts from the last member to the first", async () => {
  expect(await succeed("update", "-p", "MAX_CONNECTIONS=200")).toMatch(
    /restarting galera-instance-galera-2[\s\S]*restarting galera-instance-galera-1[\s\S]*restarting galera-instance-galera-0/,
  );
});

test("recover has nothing to do on a living cluster", async () => {
  const said = await succeed("plan", "trigger", "recover");
  expect(said).toMatch(/hold COMPLETE: skipped/);
  expect(said).toMatch(/join COMPLETE: skipped/);
});

test("uninstall leaves the records of what was founded, and a new install founds nothing", async () => {
  await succeed("uninstall");
  const data = (name: string): unknown => server.store.get("/configmaps", "default", name)?.data;
  expect(data("galera-instance-founded")).toMatchObject({ state: "done" });
  expect(data("galera-instance-handed-over")).toMatchObject({ state: "done" });

  const said = await succeed("install", PACKAGE, "--reuse-claims");
  expect(said).toMatch(/bootstrap_deploy COMPLETE: skipped/);
});

async function succeed(...argv: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await kplan(...argv);
  expect({ code, said: code === 0 ? "" : stdout + stderr }).toEqual({ code: 0, said: "" });
  return stdout + stderr;
}

function kplan(...argv: readonly string[]): Promise<CliResult> {
  return cli(argv, { home, env: { KUBECONFIG: join(home, "kubeconfig") } });
}
