import { expect, test } from "vitest";
import { quantity } from "./quantity.ts";

test.each([
  ["1", 1],
  [2, 2],
  ["500m", 0.5],
  ["1Gi", 2 ** 30],
  ["1024Mi", 2 ** 30],
  ["1G", 1e9],
  ["1e3", 1000],
  ["0.1", 0.1],
  ["100m", 0.1],
  ["", Number.NaN],
  ["much", Number.NaN],
  ["1Xi", Number.NaN],
  [undefined, Number.NaN],
])("%s means %d", (text, number) => {
  expect(quantity(text)).toBe(number);
});
