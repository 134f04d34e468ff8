import { expect, test } from "vitest";
import { isKept } from "./claims.ts";

test.each<[string, Record<string, string> | undefined, boolean]>([
  ["a claim with data", { "app.kubernetes.io/component": "member" }, false],
  ["a claim without labels", undefined, false],
  ["what lives as long as claims do", { "kplan.dev/lifetime": "claims" }, false],
  ["a claim with backups", { "kplan.dev/lifetime": "keep" }, true],
])("%s: kept is %j → %s", (_, labels, kept) => {
  const metadata = { name: "a", namespace: "db", ...(labels && { labels }) };
  expect(isKept({ apiVersion: "v1", kind: "PersistentVolumeClaim", metadata })).toBe(kept);
});
