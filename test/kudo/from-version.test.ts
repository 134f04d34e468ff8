import fc from "fast-check";
import { expect, test } from "vitest";
import { formatIssue } from "../../src/model/issue.ts";
import type { KubeObject } from "../../src/model/kube-object.ts";
import { KUDO_API_VERSION } from "../../src/model/names.ts";
import { packArchive, unpackArchive } from "../../src/package/files/archive.ts";
import {
  filesOfOperatorVersion,
  packageOfOperatorVersion,
} from "../../src/package/kudo/kudo-from-version.ts";
import { kudoDefault, kudoEnum } from "../../src/params/kudo-text.ts";

/** An OperatorVersion as KUDO's command leaves it: templates raw, values texts, fields that say nothing there all the same. */
function operatorVersion(spec: Record<string, unknown> = {}): KubeObject {
  return {
    apiVersion: KUDO_API_VERSION,
    kind: "OperatorVersion",
    metadata: { name: "shop-5.7-0.1.0", namespace: "default" },
    spec: {
      operator: { kind: "Operator", name: "shop" },
      version: "0.1.0",
      appVersion: "5.7",
      connectionString: "",
      templates: { "a/service.yaml": "kind: Service\n", "pod.yaml": "kind: Pod\n" },
      tasks: [
        { name: "main", kind: "Apply", spec: { resources: ["a/service.yaml"], wantErr: false } },
        { name: "wait", kind: "Dummy", spec: { resources: null, wantErr: false, done: true } },
        {
          name: "gen",
          kind: "Pipe",
          spec: {
            resources: null,
            pod: "pod.yaml",
            pipe: [{ file: "/a", kind: "Secret", key: "A" }],
          },
        },
        {
          name: "child",
          kind: "KudoOperator",
          spec: { resources: null, package: "zk", appVersion: "3.6", operatorVersion: "0.3.0" },
        },
      ],
      parameters: [
        { name: "COUNT", default: "3", required: true, "value-type": "integer", trigger: "grow" },
        { name: "EMPTY", default: "", required: true },
        { name: "HAND", description: "written by hand" },
        { name: "MUST", required: true, immutable: true, displayName: "Must" },
        { name: "BIG", default: "1e+06", required: true },
        { name: "PORTS", default: "- 80\n- 443\n", required: true, "value-type": "array" },
        { name: "NONE", default: "null\n", required: true, "value-type": "map" },
        { name: "SIZE", default: "s", required: false, enum: ["s", "yes"] },
      ],
      plans: {
        deploy: {
          strategy: "serial",
          phases: [{ name: "p", strategy: "", steps: [{ name: "s", tasks: ["main"] }] }],
        },
        grow: { strategy: "serial", phases: null },
      },
      ...spec,
    },
  };
}

const OPERATOR: KubeObject = {
  apiVersion: KUDO_API_VERSION,
  kind: "Operator",
  metadata: { name: "shop" },
  spec: {
    description: "A shop",
    kubernetesVersion: "1.16",
    maintainers: [{ name: "Ada", email: "ada@example.org" }],
    namespaceManifest: "ns.yaml",
  },
};

test("a package is made of the objects that KUDO made of a package", () => {
  const { pkg, issues } = packageOfOperatorVersion(operatorVersion(), OPERATOR);
  expect(issues.filter(({ severity }) => severity === "error")).toEqual([]);
  expect(pkg).toMatchObject({
    dialect: "kudo",
    operator: {
      name: "shop",
      operatorVersion: "0.1.0",
      appVersion: "5.7",
      description: "A shop",
      kubernetesVersion: "1.16",
      maintainers: [{ name: "Ada", email: "ada@example.org" }],
      namespaceManifest: "ns.yaml",
      tasks: [
        { kind: "Apply", name: "main", resources: ["a/service.yaml"] },
        { kind: "Dummy", name: "wait", done: true },
        { kind: "Pipe", pod: "pod.yaml", pipe: [{ file: "/a", kind: "Secret", key: "A" }] },
        { kind: "KudoOperator", package: "zk", appVersion: "3.6", operatorVersion: "0.3.0" },
      ],
      plans: [
        { name: "deploy", strategy: "serial", phases: [{ name: "p", strategy: "parallel" }] },
        { name: "grow", phases: [] },
      ],
    },
  });
  expect(Object.fromEntries(pkg?.templates ?? [])).toEqual({
    "a/service.yaml": "kind: Service\n",
    "pod.yaml": "kind: Pod\n",
  });
});

test("its defaults are the texts of the OperatorVersion, and absent `required` is false", () => {
  const { pkg } = packageOfOperatorVersion(operatorVersion());
  const seen = pkg?.parameters.map((each) => [each.name, kudoDefault(each), each.required]);
  expect(seen).toEqual([
    ["COUNT", "3", true],
    ["EMPTY", "", true],
    ["HAND", undefined, false],
    ["MUST", undefined, true],
    ["BIG", "1e+06", true],
    ["PORTS", "- 80\n- 443\n", true],
    ["NONE", "null\n", true],
    ["SIZE", "s", false],
  ]);
  expect(pkg?.parameters.map(kudoEnum).filter(Boolean)).toEqual([["s", "yes"]]);
});

test.each([
  ["deploy.yaml", "deploy.yaml"],
  ["templates-old/x.yaml", "templates-old/x.yaml"],
  ["../escape.yaml", "template-1.yaml"],
  ["/etc/x.yaml", "template-1.yaml"],
  ["no-extension", "template-1.yaml"],
  [".hidden.yaml", "template-1.yaml"],
  ["a/templates/b.yaml", "template-1.yaml"],
  ["", "template-1.yaml"],
])("a template with the key %j is kept under %j", (key, kept) => {
  const { pkg, issues } = packageOfOperatorVersion(
    operatorVersion({
      templates: { [key]: "kind: Pod\n" },
      tasks: [{ name: "main", kind: "Apply", spec: { resources: [key] } }],
    }),
  );
  expect(issues.filter(({ severity }) => severity === "error").map(formatIssue)).toEqual([]);
  expect(pkg?.operator.tasks).toMatchObject([{ resources: [kept] }]);
  expect(pkg?.templates.get(kept)).toBe("kind: Pod\n");
});

test.each([
  [{}],
  [{ spec: null }],
  [{ spec: { tasks: "x", parameters: 3, plans: [], templates: [1] } }],
])("an OperatorVersion of nonsense gives issues and no throw: %j", (changes) => {
  const { issues } = packageOfOperatorVersion({
    ...operatorVersion(),
    spec: undefined,
    ...changes,
  });
  expect(issues.length).toBeGreaterThan(0);
});

test("whatever the texts, templates and defaults come back, also after a way through an archive", async () => {
  const text = fc.string({ unit: "grapheme", maxLength: 40 });
  // JSON knows no zero below zero, and a package no key of that name.
  const json = fc
    .jsonValue()
    .map((value) => JSON.stringify(value))
    .filter((value) => !value.includes("__proto__"))
    .map((value) => JSON.parse(value) as unknown);
  await fc.assert(
    fc.asyncProperty(text, text, json, async (template, value, list) => {
      const version = operatorVersion({
        templates: { "a/service.yaml": template, "pod.yaml": value },
        parameters: [
          { name: "TEXT", default: value },
          { name: "LIST", "value-type": "array", default: JSON.stringify([list]) },
        ],
      });
      const files = filesOfOperatorVersion(version);
      expect(await unpackArchive(await packArchive(files), "x")).toEqual(files);
      const { pkg } = packageOfOperatorVersion(version);
      expect(pkg?.templates.get("a/service.yaml")).toBe(template);
      expect(pkg?.parameters.map(({ default: it }) => it)).toMatchObject([value, [list]]);
    }),
    { numRuns: 100 },
  );
});
