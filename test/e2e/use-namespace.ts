import { randomBytes } from "node:crypto";
import { afterAll, beforeAll } from "vitest";
import { kubectl, object } from "./kubectl.ts";
import { until } from "./until.ts";

/**
 * A namespace for the tests of this file, named by the prefix and a random end: new before them, deleted after them. A failed run's is left to be looked at when KPLAN_KEEP_NAMESPACES is set.
 * Gives its name.
 */
export function useNamespace(prefix: string): string {
  // Two runs on one cluster keep out of each other's way.
  const name = `${prefix}-${randomBytes(3).toString("hex")}`;
  beforeAll(async () => {
    if (!process.env.KUBECONFIG)
      throw new Error("KUBECONFIG says which cluster these tests run on");
    await removeNamespace(name);
    await kubectl("default", ["create", "namespace", name]);
    await until(
      "the namespace's service account",
      () => object(name, "serviceaccount", "default"),
      { within: 60_000 },
    );
  });
  afterAll(async () => {
    if (!process.env.KPLAN_KEEP_NAMESPACES) await removeNamespace(name);
  });
  return name;
}

async function removeNamespace(name: string): Promise<void> {
  await kubectl("default", ["delete", "namespace", name, "--ignore-not-found", "--wait=false"]);
  await until(
    `namespace ${name} gone`,
    async () => ((await object("default", "namespace", name)) === undefined ? true : undefined),
    { within: 8 * 60_000 },
  );
}
