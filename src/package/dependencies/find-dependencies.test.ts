import { expect, test } from "vitest";
import { KplanError } from "../../model/kplan-error.ts";
import { operatorVersionName } from "../../model/names.ts";
import type { OperatorPackage } from "../../model/package.ts";
import { readKudoPackage } from "../kudo/kudo-package.ts";
import type { WantedPackage } from "../resolve/resolve-package.ts";
import { type Dependencies, findDependencies } from "./find-dependencies.ts";

// Graphs are written as `A -> B C`: package A has a task for each of B and C.

test.each([
  { title: "no dependency", graph: ["A ->"], needed: [] },
  { title: "one", graph: ["A -> B", "B ->"], needed: ["B"] },
  { title: "three deep", graph: ["A -> B", "B -> C", "C ->"], needed: ["C", "B"] },
  {
    title: "two that need the same",
    graph: ["A -> B C", "B -> D", "C -> D", "D ->"],
    needed: ["D", "B", "C"],
  },
  {
    title: "compat appendix",
    graph: ["A -> B C", "B -> D E", "C -> D E F", "D -> F", "E -> F G", "F -> G", "G ->"],
    needed: ["G", "F", "D", "E", "B", "C"],
  },
  { title: "the same twice in one package", graph: ["A -> B B", "B ->"], needed: ["B"] },
])("$title: each is found once, after what it needs itself", async ({ graph, needed }) => {
  const { issues, needed: found } = await find(graph);
  expect(issues).toEqual([]);
  expect(found.map(({ operator }) => operator.name)).toEqual(needed.map(lower));
});

test.each([
  { title: "itself", graph: ["A -> A"], ends: "a-0.1.0 -> a-0.1.0" },
  { title: "a child that needs itself", graph: ["A -> B", "B -> B"], ends: "b-0.1.0 -> b-0.1.0" },
  {
    title: "a child that needs its parent",
    graph: ["A -> B", "B -> A"],
    ends: "b-0.1.0 -> a-0.1.0",
  },
  { title: "a circle below", graph: ["A -> B", "B -> C", "C -> B"], ends: "c-0.1.0 -> b-0.1.0" },
])("$title: a circle is an error that ends with both", async ({ graph, ends }) => {
  const { issues } = await find(graph);
  expect(issues.map(({ code }) => code)).toEqual(["dependency-cycle"]);
  expect(issues[0]?.message).toMatch(new RegExp(`${ends.replaceAll(".", "\\.")}$`));
});

test("another version of the same operator is another package", async () => {
  const { issues, needed } = await find(["A -> A@0.2.0", "A@0.2.0 ->"]);
  expect(issues).toEqual([]);
  expect(needed.map(({ operator }) => operatorVersionName(operator))).toEqual(["a-0.2.0"]);
});

test("tasks name the operator and the versions that were found", async () => {
  const { pkg, needed } = await find(["A -> B", "B -> C/7", "C/7 ->"]);
  expect(pkg.operator.tasks).toEqual([
    { kind: "KudoOperator", name: "t1", package: "b", operatorVersion: "0.1.0" },
  ]);
  expect(needed.at(-1)?.operator.tasks).toEqual([
    { kind: "KudoOperator", name: "t1", package: "c", appVersion: "7", operatorVersion: "0.1.0" },
  ]);
});

test("all that is wrong is said at once, each where it stands", async () => {
  const { issues, needed } = await find(["A -> X B", "B -> Z C", "C -> A"]);
  expect(needed.map(({ operator }) => operator.name)).toEqual(["c", "b"]);
  expect(issues.map(({ message, at }) => [at?.file, message])).toEqual([
    ["operator.yaml", "task t1: there is no package X"],
    ["packages/B/operator.yaml", "task t1: there is no package Z"],
    ["packages/C/operator.yaml", "packages need each other in a circle: c-0.1.0 -> a-0.1.0"],
  ]);
});

test("what is wrong within a package that is needed is said with its name", async () => {
  const broken = readKudoPackage("b", new Map());
  const { issues } = await findDependencies(packageOf("A -> ./b/"), () => Promise.resolve(broken));
  expect(issues.map(({ at }) => at?.file)).toEqual(
    ["b/operator.yaml", "b/params.yaml"].map((file) => `./${file}`),
  );
});

test("two contents under one name and version are an error", async () => {
  let count = 0;
  const { issues } = await findDependencies(packageOf("A -> B B"), () =>
    Promise.resolve({ pkg: { ...packageOf("B ->"), digest: String(++count) }, issues: [] }),
  );
  expect(issues.map(({ code }) => code)).toEqual(["two-contents"]);
});

test("no more than 200 packages are looked at", async () => {
  let count = 0;
  const { issues, needed } = await findDependencies(packageOf("A -> B"), () =>
    Promise.resolve({ pkg: packageOf(`P${++count} -> B`), issues: [] }),
  );
  expect(issues.map(({ code }) => code)).toEqual(["too-many-packages"]);
  expect(needed).toHaveLength(200);
});

test("what is no mistake of the package is thrown", async () => {
  const down = new KplanError("no-network", "nobody answers");
  await expect(findDependencies(packageOf("A -> B"), () => Promise.reject(down))).rejects.toBe(
    down,
  );
});

async function find(graph: readonly string[]): Promise<Dependencies> {
  const packages = new Map(graph.map((line) => [line.split(" ")[0], packageOf(line)]));
  const resolve = ({ name }: WantedPackage) => {
    const pkg = packages.get(name);
    if (pkg) return Promise.resolve({ pkg, issues: [] });
    return Promise.reject(
      new KplanError("no-such-package", `there is no package ${name}`, { kind: "bad-input" }),
    );
  };
  return await findDependencies(packageOf(graph[0] ?? ""), resolve);
}

/** `A/7@0.2.0 -> B`: name, version of the application, version of the package. */
function packageOf(line: string): OperatorPackage {
  const [what = "", , ...children] = line.split(" ");
  const [named = "", version = "0.1.0"] = what.split("@");
  const [name = "", app] = named.split("/");
  const tasks = children
    .filter(Boolean)
    .map(
      (child, n) =>
        `  - {name: t${n + 1}, kind: KudoOperator, spec: {package: ${child}, appVersion: "1"}}`,
    );
  const text = `name: ${lower(name)}
operatorVersion: ${version}
${app === undefined ? "" : `appVersion: "${app}"`}
tasks:
${tasks.join("\n")}
plans: {}
`;
  const files = { "operator.yaml": text, "params.yaml": "" };
  const bytes = Object.entries(files).map(([path, content]): [string, Uint8Array] => [
    path,
    new TextEncoder().encode(content),
  ]);
  const { pkg, issues } = readKudoPackage(`packages/${name}`, new Map(bytes));
  if (pkg === undefined) throw new Error(JSON.stringify(issues));
  return pkg;
}

function lower(name: string): string {
  return name.toLowerCase();
}
