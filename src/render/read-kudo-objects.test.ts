import { expect, test } from "vitest";
import type { Issue } from "../model/issue.ts";
import { formatIssue } from "../model/issue.ts";
import { readKudoObjects } from "./read-kudo-objects.ts";

const one = (name: string) => `kind: ConfigMap\napiVersion: v1\nmetadata: {name: ${name}}`;

test.each<[what: string, text: string, ...names: string[]]>([
  ["nothing", ""],
  ["blanks", " \n\n"],
  ["comments", "# nothing\n---\n# and nothing\n"],
  ["one", one("a"), "a"],
  ["dashes at the beginning", `---\n${one("a")}`, "a"],
  ["two, and a blank piece between them", `${one("a")}\n---\n\n---\n${one("b")}\n---\n`, "a", "b"],
  ["words after the dashes", `${one("a")}\n--- # next\n${one("b")}`, "a", "b"],
  ["dashes that belong to the next piece", `${one("a")}\n---${"\n"}${one("b")}`, "a", "b"],
  ["JSON", '{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"a"}}', "a"],
])("%s", (_, text, ...names) => {
  const issues: Issue[] = [];
  const objects = readKudoObjects(text, "x.yaml", issues);
  expect(issues).toEqual([]);
  expect(objects.map(({ object }) => object.metadata.name)).toEqual(names);
});

test.each<[what: string, text: string, why: RegExp]>([
  ["no kind", `${one("a")}\n---\napiVersion: v1\n`, /x\.yaml \(rendered\):5:1: error: .*no kind/],
  ["a list of objects", "kind: List\napiVersion: v1\nitems: []\n", /List: give each item/],
  [
    "a number that would lose digits",
    `${one("a")}\n---\n${one("b")}\nspec: {a: [{b: 18446744073709551615}]}`,
    /x\.yaml \(rendered\):5:1: error: the integer 18446744073709551615 is beyond/,
  ],
  ["too many", "#\n---\n".repeat(20_000), /more than 10000 objects/],
  ["a text", "just words", /a Kubernetes object is expected/],
  ["no YAML", `${one("a")}\n---\na: [\n`, /x\.yaml \(rendered\):[56]:\d+: error/],
])("%s is refused with its place", (_, text, why) => {
  const issues: Issue[] = [];
  readKudoObjects(text, "x.yaml", issues);
  expect(issues.map(formatIssue).join("\n")).toMatch(why);
});

test("a text that is wrong everywhere ends soon, and places are right behind blank pieces", () => {
  const issues: Issue[] = [];
  readKudoObjects(`\n---\n\n---\n${"\n---\nwords".repeat(50_000)}`, "x.yaml", issues);
  expect(issues).toHaveLength(20);
  expect(issues[0]?.at?.line).toBe(7);
  readKudoObjects("\n---".repeat(200_000), "x.yaml", issues);
  expect(issues).toHaveLength(20);
});

test("keys given twice and the namespace of a template count for nothing", () => {
  const issues: Issue[] = [];
  const text = "kind: ConfigMap\napiVersion: v1\nmetadata: {name: a, namespace: b, name: c}\n";
  const [found] = readKudoObjects(text, "x.yaml", issues);
  expect(issues).toEqual([]);
  expect(found).toMatchObject({ line: 1, object: { metadata: { name: "c" } } });
  expect(found?.object.metadata).not.toHaveProperty("namespace");
});
