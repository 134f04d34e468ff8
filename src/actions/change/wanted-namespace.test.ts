import { expect, test } from "vitest";
import { KplanError } from "../../model/kplan-error.ts";
import type { OperatorPackage } from "../../model/package.ts";
import { realClock } from "../../model/real-clock.ts";
import { readKudoPackage } from "../../package/kudo/kudo-package.ts";
import { wantedNamespace } from "./wanted-namespace.ts";

const MANIFEST = `apiVersion: v1
kind: Namespace
metadata: {name: ignored, labels: {team: "{{ .Params.TEAM }}", of: "{{ .Name }}"}, annotations: {a: b}}
`;

test("a manifest sees parameters with their defaults; its name is the one that was asked for", () => {
  expect(namespaceOf(packageOf(MANIFEST))).toEqual({
    apiVersion: "v1",
    kind: "Namespace",
    metadata: {
      name: "prod",
      labels: { team: "core", of: "app-instance" },
      annotations: { a: "b", "created-by": "kudo-cli" },
    },
  });
});

test("a manifest without a name will do", () => {
  expect(namespaceOf(packageOf("apiVersion: v1\nkind: Namespace\n"))).toMatchObject({
    metadata: { name: "prod" },
  });
});

test("without a manifest it is a bare one with KUDO's mark, and of a native package without", () => {
  const pkg = packageOf(undefined);
  const metadata = { name: "prod", annotations: { "created-by": "kudo-cli" } };
  expect(namespaceOf(pkg)).toEqual({ apiVersion: "v1", kind: "Namespace", metadata });
  expect(namespaceOf({ ...pkg, dialect: "native" })).toEqual({
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: "prod" },
  });
});

test.each([
  ["another kind", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}", /one Namespace/],
  ["two", `${MANIFEST}---\n${MANIFEST}`, /one Namespace/],
  ["nothing", "", /one Namespace/],
  ["a plan's name", "kind: Namespace\nmetadata: {name: '{{ .PlanName }}'}", /PlanName/],
  ["pipes", "kind: Namespace\nmetadata: {name: '{{ .Pipes.x }}'}", /Pipes/],
])("a manifest that gives %s is refused", (_, text, says) => {
  try {
    namespaceOf(packageOf(text));
  } catch (error) {
    if (!(error instanceof KplanError)) throw error;
    expect(error.kind).toBe("bad-input");
    expect(error.issues.map(({ message }) => message).join()).toMatch(says);
    return;
  }
  expect.unreachable();
});

test("a manifest that is not there is refused where it is named", () => {
  const pkg = packageOf(MANIFEST);
  expect(() => namespaceOf({ ...pkg, templates: new Map() })).toThrow(KplanError);
});

function namespaceOf(pkg: OperatorPackage): unknown {
  const where = { namespace: "prod", clock: realClock };
  return wantedNamespace(where, pkg, "app-instance", { TEAM: "core" });
}

function packageOf(manifest: string | undefined): OperatorPackage {
  const files: Record<string, string> = {
    "operator.yaml": `name: app\noperatorVersion: 0.1.0\nplans: {}\n${manifest === undefined ? "" : "namespaceManifest: ns.yaml"}`,
    "params.yaml": "parameters: [{name: TEAM, default: core}]",
    "templates/ns.yaml": manifest ?? "",
  };
  const bytes = Object.entries(files).map(([path, text]): [string, Uint8Array] => [
    path,
    new TextEncoder().encode(text),
  ]);
  const { pkg, issues } = readKudoPackage("app", new Map(bytes));
  if (pkg === undefined) throw new Error(JSON.stringify(issues));
  return pkg;
}
