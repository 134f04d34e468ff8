import { expect, test } from "vitest";
import { pipesOf } from "../../src/engine/pipe/pipes-of.ts";
import { KplanError } from "../../src/model/kplan-error.ts";
import { kudoTaskProblem } from "../../src/model/kudo-task-problem.ts";
import { verifyKudoPackage } from "../../src/verify/kudo/verify-kudo-package.ts";
import { packageOf } from "../support/kudos-hand.ts";

// Pods and artifacts of Pipe tasks that Kubernetes would refuse, or that would write over each other, are refused before anything runs.

const packageWith = (first: string, second: string, names = ["one", "two"]) =>
  packageOf({
    "operator.yaml": `name: odd
operatorVersion: 0.1.0
tasks:
  - {name: "${names[0]}", kind: Pipe, spec: {pod: pod.yaml, pipe: [${first}]}}
  - {name: "${names[1]}", kind: Pipe, spec: {pod: pod.yaml, pipe: [${second}]}}
plans:
  deploy: {phases: [{name: p, steps: [{name: s, tasks: ["${names[0]}", "${names[1]}"]}]}]}
`,
    "params.yaml": "",
    "templates/pod.yaml": "kind: Pod\n",
  });

const file = (key: string, path = "/tmp/x") => `{file: "${path}", kind: Secret, key: "${key}"}`;
const env = (key: string) => `{envFile: /tmp/env, kind: ConfigMap, key: ${key}}`;

test.each<[what: string, pkg: ReturnType<typeof packageWith>, said: RegExp]>([
  ["a key twice", packageWith(file("a"), file("a")), /more than one artifact of the key a/],
  [
    "keys that differ in what does not count",
    packageWith(`${file("a-b")}, ${file("ab")}`, file("c")),
    /the keys a-b and ab of plan deploy would be one Secret, odd\.deploy\.p\.s\.one\.ab/,
  ],
  [
    "tasks that differ in what does not count",
    packageWith(file("a"), file("b"), ["gen-a", "gena"]),
    /deploy\.p\.s\.gen-a and deploy\.p\.s\.gena would be one pod, odd\.deploy\.p\.s\.gena\.pipepod/,
  ],
  ["a task without a letter", packageWith(file("a"), file("b"), ["-", "two"]), /no valid name/],
])("%s", (_, pkg, said) => {
  const problems = () =>
    pipesOf({ pkg, instance: { name: "odd", namespace: "n", uid: "u" } }, "deploy");
  expect(problems).toThrow(KplanError);
  try {
    problems();
  } catch (error) {
    const { issues } = error as KplanError;
    expect(issues.map(({ message }) => message).join("\n")).toMatch(said);
  }
  const verified = verifyKudoPackage(pkg).filter(({ code }) => code === "duplicate-pipe");
  const words = verified.map(({ message }) => message.replace("oddinstance", "odd")).join("\n");
  expect(words).toMatch(said);
});

test("a Secret and a ConfigMap may share a name", () => {
  const pkg = packageWith(`${file("a-b")}, ${env("ab")}`, file("c"));
  expect(pipesOf({ pkg, instance: { name: "odd", namespace: "n", uid: "u" } }, "deploy")).toEqual({
    "a-b": "odd.deploy.p.s.one.ab",
    ab: "odd.deploy.p.s.one.ab",
    c: "odd.deploy.p.s.two.c",
  });
});

test.each([
  [file("-"), "has a letter or digit"],
  [file("a", "/tmp/a b"), 'cannot hold a file of the name "a b"'],
  [file("a", "/tmp/é/"), "cannot hold a file of the name"],
  [file("a", "/tmp/b/.."), 'cannot hold a file of the name ".."'],
  [file("a", "/tmp/a b/c.d_e-f"), undefined],
])("%s", (pipe, said) => {
  const [task] = packageWith(pipe, env("z")).operator.tasks;
  const problem = task && kudoTaskProblem(task);
  if (said === undefined) expect(problem).toBeUndefined();
  else expect(problem).toContain(said);
});
