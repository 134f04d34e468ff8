import { describe, expect, test } from "vitest";
import { formatIssue } from "../model/issue.ts";
import { KplanError } from "../model/kplan-error.ts";
import type { OperatorPackage } from "../model/package.ts";
import type { TemplateScope } from "../model/scope.ts";
import { renderObjects } from "./render-objects.ts";

const scope: TemplateScope = {
  Name: "g",
  Namespace: "db",
  OperatorName: "galera",
  OperatorVersion: "1.0.0",
  AppVersion: "10.11",
  PlanName: "deploy",
  PhaseName: "nodes",
  StepName: "config",
  TaskName: "config",
  Params: {},
  Pipes: {},
  Facts: {},
  Capabilities: { KubeVersion: { Major: 1, Minor: 30 }, APIVersions: ["v1"] },
};

function pkg(templates: Readonly<Record<string, string>>): OperatorPackage {
  return {
    dialect: "native",
    source: "op",
    digest: "",
    files: new Map(),
    operator: { name: "op", operatorVersion: "1.0.0", maintainers: [], tasks: [], plans: [] },
    groups: [],
    parameters: [],
    templates: new Map(Object.entries(templates)),
    placeOf: (file) => ({ file, line: 1, col: 1 }),
  };
}

function objects(templates: Readonly<Record<string, string>>, keys = Object.keys(templates)) {
  const constants = { seed: "s", startedAt: "2023-11-14T22:13:20Z" };
  return renderObjects(pkg(templates), keys, scope, constants);
}

function issues(templates: Readonly<Record<string, string>>): string[] {
  try {
    objects(templates);
  } catch (error) {
    if (error instanceof KplanError && error.kind === "bad-input")
      return error.issues.map(formatIssue);
    throw error;
  }
  return [];
}

const CONFIG_MAP =
  'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{Name}}\ndata:\n  a: "1"\n';

test("objects come in order of the keys and of the documents, each with its line", () => {
  const two = `${CONFIG_MAP}---\n# only a comment\n---\n${CONFIG_MAP.replace("{{Name}}", "two")}`;
  const found = objects({ "a.yaml": two, "b.yaml": CONFIG_MAP.replace("{{Name}}", "three") }, [
    "b.yaml",
    "a.yaml",
  ]);
  expect(found.map(({ object, template, line }) => [object.metadata.name, template, line])).toEqual(
    [
      ["three", "b.yaml", 1],
      ["g", "a.yaml", 1],
      ["two", "a.yaml", 10],
    ],
  );
});

test.each(["", "\n", "---\n", "# nothing\n", "{{#if false}}\nkind: X\n{{/if}}\n", "---\n---\n"])(
  "%j gives no object",
  (text) => expect(objects({ "a.yaml": text })).toEqual([]),
);

test("values keep the types that they have", () => {
  const text = `${CONFIG_MAP}  yes: "yes"\nnumber: 010\nflag: on\nbig: {{add 9007199254740990 1}}\n`;
  expect(objects({ "a.yaml": text })[0]?.object).toMatchObject({
    data: { a: "1", true: "yes" },
    number: 8,
    flag: true,
    big: 9_007_199_254_740_991,
  });
});

describe("what is no object", () => {
  const at = (line: number, message: string) =>
    `templates/a.yaml (rendered):${line}:1: error: ${message}`;

  test.each([
    [
      "just text",
      1,
      "a Kubernetes object is expected here, not a list or a single value, at: just text",
    ],
    ["- a\n- b", 1, "a Kubernetes object is expected here, not a list or a single value, at: - a"],
    ["kind: X", 1, "the object has no apiVersion, at: kind: X"],
    ["apiVersion: v1", 1, "the object has no kind, at: apiVersion: v1"],
    ["apiVersion: 1\nkind: X", 1, "the object has no apiVersion, at: apiVersion: 1"],
    [
      `${CONFIG_MAP}---\napiVersion: v1\nkind: X`,
      8,
      "X: the object has no metadata, at: apiVersion: v1",
    ],
    ["apiVersion: v1\nkind: X\nmetadata: {}", 1, "X: metadata.name is missing, at: apiVersion: v1"],
    [
      "apiVersion: v1\nkind: X\nmetadata: {name: 5}",
      1,
      "X: metadata.name must be a text, at: apiVersion: v1",
    ],
    [
      "apiVersion: v1\nkind: X\nmetadata: {generateName: a-}",
      1,
      "X: metadata.generateName would make a new object each time; give it a name, at: apiVersion: v1",
    ],
    [
      "apiVersion: v1\nkind: X\nmetadata: {name: A_b}",
      1,
      'X: "A_b" is no valid name: lower-case letters, digits, - and ., at most 253, at: apiVersion: v1',
    ],
    [
      "apiVersion: v1\nkind: X\nmetadata: {name: a, labels: {b: 1}}",
      1,
      "X a: metadata.labels.b must be a text; put numbers and booleans in quotes, at: apiVersion: v1",
    ],
    [
      "apiVersion: v1\nkind: List\nitems: []",
      1,
      "List: give each item a document of its own, separated by ---, at: apiVersion: v1",
    ],
  ])("%j", (text, line, message) => {
    expect(issues({ "a.yaml": text })).toEqual([at(line, message)]);
  });

  test("a Role may have a name that others may not", () => {
    const role =
      "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata:\n  name: MyRole:Admin\n";
    expect(objects({ "a.yaml": role })).toHaveLength(1);
  });

  test("a broken line of YAML is quoted as it was rendered", () => {
    expect(issues({ "a.yaml": `${CONFIG_MAP}  b: {{Name}}: c\n` })[0]).toMatch(
      /^templates\/a\.yaml \(rendered\):7:\d+: error: .*, at: b: g: c$/s,
    );
  });

  test("a line of a Secret is never quoted", () => {
    const secret =
      "apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\nstringData:\n  p: hunter2: x\n";
    const [issue = ""] = issues({ "a.yaml": secret });
    expect(issue).toContain("templates/a.yaml (rendered):6:");
    expect(issue).not.toContain("hunter2");
  });
});

test("the problems of all templates are reported together", () => {
  const found = issues({
    "a.yaml": "{{Nmae}}",
    "b.yaml": "kind: X",
    "c.yaml": CONFIG_MAP,
    "d.yaml": "{{",
  });
  expect(found.map((issue) => issue.split(":")[0])).toEqual([
    "templates/a.yaml",
    "templates/b.yaml (rendered)",
    "templates/d.yaml",
  ]);
});
