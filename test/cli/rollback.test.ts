import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Api, openApi } from "../support/api.ts";
import { type CliResult, cli } from "../support/cli.ts";
import { packageFolder } from "../support/package-folder.ts";
import { type InProcessTarget, serveInProcess } from "../support/serve-in-process.ts";
import { DEMO, DEMO_NEXT } from "./story-packages.ts";

// One instance through updates, a failure and an upgrade, and back. The rows build on each other.

let server: InProcessTarget;
let api: Api;
let home: string;
let names: Readonly<Record<string, string>>;

beforeAll(async () => {
  server = await serveInProcess({ speed: 1000 });
  api = openApi(server.kubeconfig());
  home = mkdtempSync(join(tmpdir(), "kplan-home-"));
  writeFileSync(join(home, "kubeconfig"), server.kubeconfig());
  names = { $PKG: packageFolder(DEMO), $NEXT: packageFolder(DEMO_NEXT) };
});
afterAll(async () => {
  api.close();
  await server.close();
});

test.each<readonly [string, number, RegExp, Readonly<Record<string, string>>]>([
  ["install $PKG -p PASSWORD=one", 0, /COMPLETE/, {}],
  ["rollback", 2, /no earlier run that is complete/, {}],
  ["update -p COUNT=5", 0, /COMPLETE/, { COUNT: "5" }],
  ["rollback --dry-run", 10, /ConfigMap/, { COUNT: "5" }],
  ["rollback", 0, /COMPLETE/, {}],
  ["plan history", 0, /rollback to run 1: COUNT 5 → 3/, {}],
  ["rollback", 0, /COMPLETE/, { COUNT: "5" }],
  ["rollback 4", 0, /has these values already/, { COUNT: "5" }],
  ["rollback 99", 2, /keeps no run 99[\s\S]*it keeps 1, 2, 3, 4/, { COUNT: "5" }],
  ["update -p PASSWORD=two -p COLOR=green", 0, /COMPLETE/, { COUNT: "5", COLOR: '"green"' }],
  ["rollback 4", 0, /PASSWORD: the present value stays/, { COUNT: "5" }],
  ["upgrade $NEXT -p COUNT=7", 0, /COMPLETE/, { COUNT: "7" }],
  ["rollback", 0, /COMPLETE/, { COUNT: "5" }],
  ["get instances", 0, /demo-1\.0-0\.1\.0/, { COUNT: "5" }],
])("%s", async (line, code, said, parameters) => {
  const result = await typed(line);
  expect(result).toMatchObject({ code });
  expect(result.stdout + result.stderr).toMatch(said);
  const path = "/apis/kudo.dev/v1beta1/namespaces/default/instances/demo-instance";
  expect((await api.get(path)).body.spec.parameters ?? {}).toEqual(parameters);
});

test("a package that the cluster does not keep any more is named, with what brings it back", async () => {
  const secrets = "/api/v1/namespaces/default/secrets";
  const { body } = await api.get(`${secrets}?labelSelector=kplan.dev%2Frole%3Dpackage`);
  for (const { metadata } of body.items)
    if (metadata.name.includes("0.2.0")) await api.delete(`${secrets}/${metadata.name}`);
  const result = await typed("rollback");
  expect(result.code).toBe(2);
  expect(result.stderr).toMatch(/0\.2\.0 .*does not keep any more[\s\S]*`kplan upgrade PACKAGE`/);
});

test("the same package brings it back when the instance itself has lost it", async () => {
  const secrets = "/api/v1/namespaces/default/secrets";
  const { body } = await api.get(`${secrets}?labelSelector=kplan.dev%2Frole%3Dpackage`);
  for (const { metadata } of body.items) await api.delete(`${secrets}/${metadata.name}`);
  const lost = await typed("plan trigger smoke");
  expect(lost.stderr).toMatch(/is not there[\s\S]*`kplan upgrade PACKAGE` with the same package/);
  expect((await typed("upgrade $NEXT")).stderr).toMatch(/is not there/);
  // Objects of which nobody knows how they were applied are not said to be as they were.
  const fixed = await typed("drift --fix");
  expect(fixed).toMatchObject({ code: 1 });
  expect(fixed.stderr).toMatch(/of demo-instance could not be compared, and nothing else differs/);
  expect(await typed("upgrade $PKG --dry-run")).toMatchObject({ code: 0 });
  expect((await typed("plan trigger smoke")).stderr).toMatch(/is not there/);
  const again = await typed("upgrade $PKG");
  expect(again).toMatchObject({ code: 0 });
  expect(again.stderr).toMatch(/did not keep demo-1\.0-0\.1\.0 any more: it is stored again/);
  expect(await typed("plan trigger smoke")).toMatchObject({ code: 0 });
});

test("another instance of the operator, uninstalled, leaves the packages that this one may go back to", async () => {
  // The second time brings back what the test above has deleted.
  expect(await typed("upgrade $NEXT")).toMatchObject({ code: 0 });
  expect(await typed("upgrade $NEXT")).toMatchObject({ code: 0 });
  expect(await typed("install $PKG --instance other -p PASSWORD=x")).toMatchObject({ code: 0 });
  expect(await typed("uninstall --instance other --delete-claims")).toMatchObject({ code: 0 });
  expect(await typed("rollback")).toMatchObject({ code: 0 });
  expect((await typed("get instances")).stdout).toMatch(/demo-1\.0-0\.1\.0/);
  expect(await typed("uninstall --delete-claims")).toMatchObject({ code: 0 });
  for (const path of [
    "/api/v1/namespaces/default/secrets",
    "/apis/kudo.dev/v1beta1/namespaces/default/operatorversions",
    "/apis/kudo.dev/v1beta1/namespaces/default/operators",
  ])
    expect((await api.get(path)).body.items).toEqual([]);
});

async function typed(line: string): Promise<CliResult> {
  let text = line;
  for (const [key, value] of Object.entries(names)) text = text.replaceAll(key, value);
  return await cli(text.split(" "), { home, env: { KUBECONFIG: join(home, "kubeconfig") } });
}
