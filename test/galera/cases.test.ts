import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cli } from "../support/cli.ts";

// Two of Galera's own cases; `kplan package test operators/galera` plays all of them.

test.each(["grow and shrink", "a killed install goes on where it was"])("%s", async (name) => {
  const home = mkdtempSync(join(tmpdir(), "kplan-cases-"));
  const { stdout, code } = await cli(["package", "test", "operators/galera", "--case", name], {
    home,
  });
  expect(stdout).toMatch(/^ok .*\n1 passed, 0 failed/);
  expect(code).toBe(0);
});
