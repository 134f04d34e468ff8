import { expect, test } from "vitest";
import { firstMissing, matches, partOf } from "./matches.ts";

test.each([
  ["the same", 1, 1, true],
  ["a text is no number", "1", 1, false],
  ["more members than asked about", { a: 1, b: 2 }, { a: 1 }, true],
  ["a member that differs", { a: 1 }, { a: 2 }, false],
  ["a member that is not there", {}, { a: 1 }, false],
  ["nothing where nothing is wanted", {}, { a: null }, true],
  ["items among others, in order", [1, 2, 3], [1, 3], true],
  ["items in another order", [1, 2, 3], [3, 1], false],
  ["one item for two", [{ a: 1, b: 1 }], [{ a: 1 }, { b: 1 }], false],
  ["a map where a list is wanted", {}, [], false],
])("%s", (_, found, expected, is) => {
  expect(matches(found, expected)).toBe(is);
});

test("the first item that does not come is named", () => {
  const events = [{ type: "a" }, { type: "b", n: 1 }, { type: "c" }];
  expect(firstMissing(events, [{ type: "a" }, { type: "c" }])).toBeUndefined();
  expect(firstMissing(events, [{ type: "b" }, { type: "a" }])).toBe(1);
});

test("what is shown of a value is what was asked about", () => {
  expect(partOf({ a: 1, b: { c: 2, d: 3 } }, { b: { c: 0 }, e: 1 })).toEqual({ b: { c: 2 } });
});
