import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cli } from "../support/cli.ts";
import { kudoPackage } from "./story.ts";

const PACKAGES = join(import.meta.dirname, "packages");

test("what verify says of each of the packages", async () => {
  const said: string[] = [];
  for (const name of readdirSync(PACKAGES).sort()) {
    const { code, stdout, stderr } = await cli(["package", "verify", join(PACKAGES, name)], {
      home: "/nowhere",
    });
    said.push(`== ${name}: exit ${code}\n${(stdout + stderr).replaceAll(`${PACKAGES}/`, "")}`);
  }
  await expect(said.join("\n")).toMatchFileSnapshot("golden/verify.txt");
});

test("how parameters are described is looked at when it is asked for", async () => {
  const verify = (...checks: readonly string[]) =>
    cli(["package", "verify", kudoPackage("web-1.0"), ...checks], { home: "/nowhere" });
  expect((await verify()).stdout).not.toContain("has no hint");
  const asked = await verify("--param-checks", "hint,type");
  expect([asked.code, asked.stdout]).toEqual([0, expect.stringContaining("has no hint")]);
  const wrong = await verify("--param-checks", "hints");
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining("hint")]);
});

test("the defects of KUDO's tutorial operator have names", async () => {
  const { code, stdout, stderr } = await cli(
    ["package", "verify", kudoPackage("galera-tutorial")],
    {
      home: "/nowhere",
    },
  );
  const said = stdout + stderr;
  // KUDO's own command finds nothing.
  expect(code).toBe(0);
  expect(said).toMatch(/unknown field "stratege" is passed over, did you mean "strategy"/);
  expect(said).toMatch(/ConfigMap galera-instance-nodescripts has no data.*prestop\.sh/);
  expect(said).toMatch(
    /Deployment galera-instance-bootstrap .*what it begins by ConfigMap galera-instance-bootstrap it begins anew when its pod restarts, and in every run of plan deploy\s+plan deploy runs when one of these changes: SST_USER, SST_PASSWORD/,
  );
  expect(said).toMatch(
    /ConfigMap galera-instance-nodeconfig says one thing in step deploy\.deploy\.firstboot_config and another in step deploy\.deploy\.cleanup/,
  );
});
