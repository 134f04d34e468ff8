import { expect, test } from "vitest";
import { oneLine } from "./one-line.ts";

test.each([
  ["a && b", "a && b"],
  ["// why\na &&\n  b\n", "a && b"],
  ["x".repeat(300), `${"x".repeat(197)}...`],
])("%j is shown as %j", (expression, shown) => {
  expect(oneLine(expression)).toBe(shown);
});
