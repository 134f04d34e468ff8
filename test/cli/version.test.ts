import { expect, test } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { VERSION } from "../../src/cli/version.ts";

test("the program and its package have one version", () => {
  expect(VERSION).toBe(manifest.version);
});
