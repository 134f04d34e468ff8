import fc from "fast-check";
import { expect, test } from "vitest";
import { newSize, oldSizes, resolve } from "./rolling-sizes.ts";

test.each([
  ["25%", "25%", 4, { surge: 1, unavailable: 1 }],
  ["25%", "25%", 1, { surge: 1, unavailable: 0 }],
  ["25%", "25%", 10, { surge: 3, unavailable: 2 }],
  [0, 0, 3, { surge: 0, unavailable: 1 }],
  [1, 5, 3, { surge: 1, unavailable: 3 }],
])("a surge of %s and %s unavailable of %i", (maxSurge, maxUnavailable, wanted, limits) => {
  expect(resolve({ maxSurge, maxUnavailable }, wanted)).toEqual(limits);
});

const limits = { maxSurge: 1, maxUnavailable: 0 };

test.each([
  ["begins with the surge", { size: 0, available: 0 }, [{ size: 3, available: 3 }], 1, [3]],
  ["waits for the new pod", { size: 1, available: 0 }, [{ size: 3, available: 3 }], 1, [3]],
  ["gives up an old one", { size: 1, available: 1 }, [{ size: 3, available: 3 }], 1, [2]],
  ["goes on", { size: 1, available: 1 }, [{ size: 2, available: 2 }], 2, [2]],
  [
    "drops broken old ones first",
    { size: 1, available: 1 },
    [
      { size: 1, available: 1 },
      { size: 2, available: 0 },
    ],
    1,
    [1, 1],
  ],
  ["ends", { size: 3, available: 3 }, [{ size: 1, available: 1 }], 3, [0]],
  ["shrinks", { size: 5, available: 5 }, [], 3, []],
])("a rolling update to 3 %s", (_, newest, old, size, sizes) => {
  expect(newSize(3, limits, newest, old)).toBe(size);
  expect(oldSizes(3, limits, { ...newest, size }, old)).toEqual(sizes);
});

const set = fc
  .integer({ min: 0, max: 9 })
  .chain((size) =>
    fc.record({ size: fc.constant(size), available: fc.integer({ min: 0, max: size }) }),
  );

test("never too many pods, never too few available ones by its own doing", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 9 }),
      fc.integer({ min: 0, max: 3 }),
      fc.integer({ min: 0, max: 3 }),
      set,
      fc.array(set, { maxLength: 3 }),
      (wanted, maxSurge, maxUnavailable, newest, old) => {
        const given = { maxSurge, maxUnavailable };
        const { surge, unavailable } = resolve(given, wanted);
        const before = newest.size + old.reduce((sum, one) => sum + one.size, 0);
        const size = newSize(wanted, given, newest, old);
        const sizes = oldSizes(wanted, given, { ...newest, size }, old);
        const after = size + sizes.reduce((sum, one) => sum + one, 0);
        expect(after).toBeLessThanOrEqual(Math.max(before, wanted + surge));
        const availableBefore =
          Math.min(newest.available, size) + old.reduce((sum, one) => sum + one.available, 0);
        const availableAfter =
          Math.min(newest.available, size) +
          old.reduce((sum, one, index) => sum + Math.min(one.available, sizes[index] ?? 0), 0);
        expect(availableAfter).toBeGreaterThanOrEqual(
          Math.min(availableBefore, wanted - unavailable),
        );
        sizes.forEach((one, index) => {
          expect(one).toBeGreaterThanOrEqual(0);
          expect(one).toBeLessThanOrEqual(old[index]?.size ?? 0);
        });
      },
    ),
  );
});
