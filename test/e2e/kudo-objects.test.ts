import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ODD_WARNINGS, oddPackage } from "../kudo/odd-package.ts";
import { cli } from "../support/cli.ts";
import { object } from "./kubectl.ts";
import { useNamespace } from "./use-namespace.ts";

const namespace = useNamespace("kp-odd");
const home = mkdtempSync(join(tmpdir(), "kplan-home-"));

test("what a real server refuses and KUDO dropped is left out and told, once", async () => {
  const first = await kplan("install", oddPackage("1"));
  expect(first.code, first.stderr + first.stdout).toBe(0);
  const output = first.stdout + first.stderr;
  for (const text of ODD_WARNINGS) expect(output.split(text).length - 1, output).toBe(1);
  const made = (await object(namespace, "deployment", "odd-instance")) as unknown as {
    spec: { template: { spec: { containers: { env: unknown }[] } } };
  };
  expect(made.spec.template.spec.containers[0]?.env).toEqual([{ name: "A", value: "2" }]);
  expect(await kplan("drift")).toMatchObject({ code: 0 });
  expect(await kplan("update", "-p", "COUNT=2")).toMatchObject({ code: 0 });
  expect(await kplan("uninstall")).toMatchObject({ code: 0 });
});

async function kplan(...words: string[]): ReturnType<typeof cli> {
  const KUBECONFIG = process.env.KUBECONFIG ?? "";
  return await cli([...words, "-n", namespace], { home, env: { KUBECONFIG } });
}
