import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { valuesOf } from "../../src/actions/given-values.ts";
import { renderPackage } from "../../src/actions/render-package.ts";

const GALERA = join(import.meta.dirname, "../../operators/galera");
const CAPABILITIES = { KubeVersion: { Major: 1, Minor: 30 }, APIVersions: ["policy/v1"] };

const values = valuesOf({ TLS_MODE: "generate" });
const { tasks } = await renderPackage({ source: GALERA, values, capabilities: CAPABILITIES });
const scripts = tasks
  .flatMap(({ objects }) => objects)
  .filter(({ kind }) => kind === "ConfigMap")
  .flatMap(({ data }) => Object.entries(data as Record<string, string>))
  .filter(([name]) => name.endsWith(".sh"));

test.each([...new Map(scripts)])("%s is read by bash without a complaint", (_, text) => {
  const { status, stderr } = spawnSync("bash", ["-n"], { input: text, encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});

test("there are scripts to read", () => {
  expect(scripts.length).toBeGreaterThan(10);
});

/** What a script of rotation prints for a password on its standard input. */
function nativeHash(password: string): string {
  const script = scripts.find(([name]) => name === "passwords.sh")?.[1] ?? "";
  const [own = ""] = /native_hash\(\) \{.*\}/.exec(script) ?? [];
  return spawnSync("bash", ["-c", `${own}; native_hash`], { input: password, encoding: "utf8" })
    .stdout;
}

// The script runs in a container that has both programs; this machine may not.
const able = ["openssl", "basenc"].every(
  (program) => spawnSync(program, [program === "openssl" ? "version" : "--version"]).status === 0,
);
test.runIf(able).each([
  // As MariaDB's PASSWORD() gives them.
  ["old1", "*C906F44266002275A899856CB61A48A34B3A14DF"],
  ["new2", "*5ADC78E8CB6B58476B153E2807E4D26CD2D927B5"],
])("the hash of %s is the one that MariaDB keeps", (password, hash) => {
  expect(nativeHash(password)).toBe(hash);
});
