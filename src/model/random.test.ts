import { afterEach, expect, test } from "vitest";
import {
  playRandom,
  type RandomSource,
  randomBytes,
  randomFraction,
  randomIndex,
  randomUuid,
} from "./random.ts";

afterEach(() => playRandom(undefined));

const fixed = (...values: number[]): RandomSource => {
  let at = 0;
  return { bytes: (count) => Uint8Array.from({ length: count }, () => values[at++] ?? 0) };
};

test("a uuid is of version 4", () => {
  expect(randomUuid(fixed(...Array(16).fill(0xff)))).toBe("ffffffff-ffff-4fff-bfff-ffffffffffff");
  expect(randomUuid(fixed())).toBe("00000000-0000-4000-8000-000000000000");
  expect(randomUuid()).not.toBe(randomUuid());
});

test("an index favours none: what does not divide evenly is drawn again", () => {
  expect(randomIndex(10, fixed(255, 254, 3))).toBe(3);
  expect(randomIndex(57, fixed(57))).toBe(0);
});

test("a fraction is below 1", () => {
  expect(randomFraction(fixed(255, 255, 255, 255))).toBeLessThan(1);
  expect(randomFraction(fixed(128))).toBe(0.5);
});

test("a played source is drawn from until it is taken away", () => {
  playRandom(fixed(1, 2, 3));
  expect([...randomBytes(3)]).toEqual([1, 2, 3]);
  playRandom(undefined);
  expect([...randomBytes(16)]).not.toEqual(Array(16).fill(0));
});
