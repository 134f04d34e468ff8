import { expect, test } from "vitest";
import { formatIssue } from "../model/issue.ts";
import { parseDocuments } from "./parse-documents.ts";

test.each<[string, string, [unknown, number][]]>([
  ["nothing", "", []],
  ["comments", "# a\n---\n# b\n", []],
  ["one", "\n\na: 1\n", [[{ a: 1 }, 3]]],
  [
    "two",
    "a: 1\n---\nb: 2\n",
    [
      [{ a: 1 }, 1],
      [{ b: 2 }, 3],
    ],
  ],
  [
    "a comment after the marker",
    "--- # first\na: 1\n--- # second\n\nb: 2\n",
    [
      [{ a: 1 }, 2],
      [{ b: 2 }, 5],
    ],
  ],
  ["empty ones between", "---\n---\na: 1\n---\n---\n", [[{ a: 1 }, 3]]],
  ["a scalar", "--- text\n", [["text", 1]]],
  [
    "CRLF",
    "a: 1\r\n---\r\nb: 2\r\n",
    [
      [{ a: 1 }, 1],
      [{ b: 2 }, 3],
    ],
  ],
  ["a marker in a block", "a: |\n  ---\n  b\n", [[{ a: "---\nb\n" }, 1]]],
  [
    "anchors of each",
    "a: &x 1\n---\na: &x 2\nb: *x\n",
    [
      [{ a: 1 }, 1],
      [{ a: 2, b: 2 }, 3],
    ],
  ],
])("reads %s", (_, text, documents) => {
  const read = parseDocuments(text, "a.yaml");
  expect(read.issues).toEqual([]);
  expect(read.documents.map(({ value, line }) => [value, line])).toEqual(documents);
});

test("an anchor ends with its document", () => {
  expect(parseDocuments("a: &x 1\n---\nb: *x\n", "a.yaml").issues.map(formatIssue)).toEqual([
    "a.yaml:3:4: error: alias *x has no anchor &x before it",
  ]);
});
