import fc from "fast-check";
import { expect, test } from "vitest";
import { bestFirst, chooseVersion, type Versions } from "./best-first.ts";

/** `app/operator`, or `operator` alone. */
const of = (text: string): Versions => {
  const [app = "", operator] = text.split("/");
  return operator === undefined
    ? { operatorVersion: app }
    : { appVersion: app, operatorVersion: operator };
};
const text = ({ appVersion, operatorVersion }: Versions) =>
  appVersion === undefined ? operatorVersion : `${appVersion}/${operatorVersion}`;

// Appendix A of KUDO's compatibility reference, in-cluster sort.
const SORTED =
  "10.1.0/0.1.0 10.0.0/0.1.1 10.0.0/0.1.0 1.0.0/1.0.2 1.0.0/1.0.0 1.0.0/0.0.1 0.1.9/1.0.1 0.0.9/1.0.1 0.0.9/1.0.0 0.0.2/1.0.0 0.0.1/10.1.0 0.0.1/1.0.0 bbb/10.1.0 bbb/1.1.0 bbb/0.1.0 bbb/0.0.1 aaa/0.0.2 aaa/0.0.1";

test("sorts as KUDO sorts what a cluster has", () => {
  const versions = SORTED.split(" ").map(of);
  fc.assert(
    fc.property(fc.shuffledSubarray(versions, { minLength: versions.length }), (shuffled) => {
      expect(shuffled.toSorted(bestFirst).map(text).join(" ")).toBe(SORTED);
    }),
  );
});

test.each([
  ["2.0.0", "1.0.0/0.1.0", "an application's version beats none, whatever the other one"],
  ["0.9.0", "1.0.0", "without one the operator's counts"],
  ["aaa", "0.0.1", "no version comes last"],
  ["1.0.0-rc1", "1.0.0", "a candidate is older"],
  ["v1.9", "1.10.0", "lenient forms are versions"],
])("%s comes after %s: %s", (worse, better) => {
  expect([of(worse), of(better)].toSorted(bestFirst).map(text)).toEqual([better, worse]);
});

test("the order is total: whatever is equal is the same", () => {
  const version = fc.oneof(
    fc.constantFrom("", "1", "1.0", "1.0.0", "v1.0.0", "1.0.0+b", "1.0.0-a", "x", "2"),
    fc.string({ maxLength: 3 }),
  );
  const any = fc.record({ appVersion: version, operatorVersion: version });
  fc.assert(
    fc.property(any, any, any, (a, b, c) => {
      expect(Math.sign(bestFirst(a, b))).toBe(-Math.sign(bestFirst(b, a)) + 0);
      if (bestFirst(a, b) === 0) expect(a).toEqual(b);
      if (bestFirst(a, b) <= 0 && bestFirst(b, c) <= 0)
        expect(bestFirst(a, c)).toBeLessThanOrEqual(0);
    }),
  );
});

// Appendix A, repository match.
const FOO = ["2.0.0/1.0.1", "3.0.0/1.0.1", "bar/1.0.1", "1.0.0"].map(of);

test.each([
  [{ operatorVersion: "1.0.1" }, "3.0.0/1.0.1"],
  [{ appVersion: "2.0.0" }, "2.0.0/1.0.1"],
  [{ appVersion: "2.0.0", operatorVersion: "1.0.1" }, "2.0.0/1.0.1"],
  [{ appVersion: "bar", operatorVersion: "1.0.1" }, "bar/1.0.1"],
  [{ operatorVersion: "1.0.0" }, "1.0.0"],
  [{}, "3.0.0/1.0.1"],
  [{ appVersion: "", operatorVersion: "" }, "3.0.0/1.0.1"],
  [{ appVersion: "2.0.0", operatorVersion: "1.0.0" }, undefined],
])("wanted %j gives %s", (wanted, expected) => {
  const found = chooseVersion(FOO, wanted);
  expect(found && text(found)).toBe(expected);
});
