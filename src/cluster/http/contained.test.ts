import { expect, test } from "vitest";
import { contained } from "./contained.ts";

test.each<[string, unknown, unknown, boolean]>([
  ["the same", { a: 1, b: ["x"] }, { a: 1, b: ["x"] }, true],
  ["more on the server", { a: 1 }, { a: 1, uid: "u" }, true],
  ["another value", { a: 1 }, { a: 2 }, false],
  ["missing on the server", { a: 1 }, {}, false],
  [
    "empty values that the server leaves out",
    { a: "", b: false, c: 0, d: [], e: {}, f: { g: [] } },
    {},
    true,
  ],
  ["a value that was not empty", { f: { g: ["x"] } }, {}, false],
  ["null: as the server likes", { creationTimestamp: null }, { creationTimestamp: "2026" }, true],
  ["items in order", [{ a: 1 }, { a: 2 }], [{ a: 1, d: 0 }, { a: 2 }], true],
  ["one item more", [1], [1, 2], false],
  [
    "quantities",
    { cpu: "1000m", memory: "1024Mi", n: "0.5" },
    { cpu: "1", memory: "1Gi", n: "500m" },
    true,
  ],
  ["other quantities", { cpu: "1000m" }, { cpu: "2" }, false],
  ["words that are no quantities", { a: "x" }, { a: "y" }, false],
  [
    "a Secret's text",
    { kind: "Secret", stringData: { a: "hi" } },
    { kind: "Secret", data: { a: "aGk=" } },
    true,
  ],
  [
    "a Secret's other text",
    { kind: "Secret", stringData: { a: "ho" } },
    { kind: "Secret", data: { a: "aGk=" } },
    false,
  ],
])("%s", (_, sent, found, expected) => {
  expect(contained(sent, found, "anything")).toBe(expected);
});

test("null in a merge patch means that the field is gone", () => {
  expect(contained({ a: null }, {}, "absent")).toBe(true);
  expect(contained({ a: null }, { a: 1 }, "absent")).toBe(false);
});
