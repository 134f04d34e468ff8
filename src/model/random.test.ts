import { expect, test } from "vitest";
import { type RandomSource, randomIndex, randomUuid, systemRandom } from "./random.ts";

const fixed = (...values: number[]): RandomSource => {
  let at = 0;
  return { bytes: (count) => Uint8Array.from({ length: count }, () => values[at++] ?? 0) };
};

test("a uuid is of version 4", () => {
  expect(randomUuid(fixed(...Array(16).fill(0xff)))).toBe("ffffffff-ffff-4fff-bfff-ffffffffffff");
  expect(randomUuid(fixed())).toBe("00000000-0000-4000-8000-000000000000");
  expect(randomUuid(systemRandom)).not.toBe(randomUuid(systemRandom));
});

test("an index favours none: what does not divide evenly is drawn again", () => {
  expect(randomIndex(fixed(255, 254, 3), 10)).toBe(3);
  expect(randomIndex(fixed(57), 57)).toBe(0);
});
