import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Api, openApi } from "../support/api.ts";
import { cli } from "../support/cli.ts";
import { type InProcessTarget, serveInProcess } from "../support/serve-in-process.ts";
import { ODD_WARNINGS, oddPackage } from "./odd-package.ts";

// What KUDO's types did to objects on their way: fields that no kind has, and items that are there twice (compat section 3.5).

let server: InProcessTarget;
let api: Api;
let home: string;

beforeAll(async () => {
  server = await serveInProcess({ speed: 1000 });
  api = openApi(server.kubeconfig());
  home = mkdtempSync(join(tmpdir(), "kplan-home-"));
  writeFileSync(join(home, "kubeconfig"), server.kubeconfig());
});
afterAll(async () => {
  api.close();
  await server.close();
});

test("what KUDO dropped without a word is left out and told, once", async () => {
  const first = await kplan(`install ${oddPackage("1")}`);
  expect(first.code, first.stderr).toBe(0);
  const output = first.stdout + first.stderr;
  for (const text of ODD_WARNINGS) expect(output.split(text).length - 1, text).toBe(1);

  const { body: made } = await api.get("/apis/apps/v1/namespaces/default/deployments/odd-instance");
  expect(made.spec.template.spec.containers[0].env).toEqual([{ name: "A", value: "2" }]);
  expect(await kplan("drift")).toMatchObject({ code: 0 });

  const dry = await kplan("update -p COUNT=2 --dry-run");
  expect([dry.code, dry.stdout]).toEqual([10, expect.stringContaining(ODD_WARNINGS[0] ?? "")]);
  expect(await kplan("update -p COUNT=2")).toMatchObject({ code: 0 });
  const { body } = await api.get("/apis/apps/v1/namespaces/default/deployments/odd-instance");
  expect(body.spec.replicas).toBe(2);
});

async function kplan(line: string): Promise<{ code: number; stdout: string; stderr: string }> {
  return await cli(line.split(" "), { home, env: { KUBECONFIG: join(home, "kubeconfig") } });
}
