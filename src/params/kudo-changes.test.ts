import { expect, test } from "vitest";
import { formatIssue } from "../model/issue.ts";
import type { Parameter } from "../model/parameter.ts";
import { kudoChangedParams } from "./kudo-changes.ts";

test("values that may be secret are told in no change and no issue", () => {
  const declared: Parameter[] = ["PASSWORD", "ZONE"].map((name) => ({
    ...{ name, type: "string", kudoType: "string", required: true, immutable: true },
    at: { file: "params.yaml", line: 1, col: 1 },
  }));
  const { changes, issues } = kudoChangedParams(
    declared,
    { PASSWORD: "old", ZONE: "a" },
    { PASSWORD: "new", ZONE: "b" },
  );
  expect(changes).toEqual([
    { name: "PASSWORD", from: "***", to: "***" },
    { name: "ZONE", from: '"a"', to: '"b"' },
  ]);
  expect(issues.map(formatIssue)).toEqual([
    "error: parameter PASSWORD is immutable: it is *** since install and cannot become ***",
    'error: parameter ZONE is immutable: it is "a" since install and cannot become "b"',
  ]);
});
