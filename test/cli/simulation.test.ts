import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type EmbeddedServer, startServer } from "../../src/embedded/start-server.ts";
import { type CliResult, cli } from "../support/cli.ts";
import { packageFolder } from "../support/package-folder.ts";
import { DEMO } from "./story-packages.ts";

let server: EmbeddedServer;
let home: string;

beforeAll(async () => {
  server = await startServer({ speed: 1000 });
  home = mkdtempSync(join(tmpdir(), "kplan-home-"));
  writeFileSync(join(home, "kubeconfig"), server.kubeconfig());
});
afterAll(() => server.close());

const kplan = (...argv: readonly string[]): Promise<CliResult> =>
  cli([...argv, "--instance", "sim"], { home, env: { KUBECONFIG: join(home, "kubeconfig") } });
const RULES = "exec: [{command: ^who, stdout: '$(pod)'}]\n";
const kept = (): unknown =>
  server.store.get("/configmaps", "default", "sim-simulate")?.data as unknown;

test("what a package's pods say comes with its instance, and goes with it", async () => {
  const bad = packageFolder({ ...DEMO, "tests/simulate.yaml": "exec: [{comand: a}]\n" });
  const refused = await kplan("install", bad);
  expect([refused.code, kept()]).toEqual([2, undefined]);
  expect(refused.stderr).toContain("tests/simulate.yaml:1:9: ");
  expect(refused.stderr).toContain('unknown field comand, did you mean "command"?');

  const source = packageFolder({ ...DEMO, "tests/simulate.yaml": RULES });
  expect((await kplan("install", source)).code).toBe(0);
  const answers = [{ after: 0, stdout: "$(pod)", stderr: "", exitCode: 0 }];
  expect(kept()).toEqual({
    "simulation.json": JSON.stringify({ exec: [{ command: "^who", answers }], logs: [] }),
  });
  expect((await kplan("uninstall")).code).toBe(0);
  expect(kept()).toBeUndefined();
});
