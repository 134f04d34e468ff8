import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type EmbeddedServer, startServer } from "../../src/embedded/start-server.ts";
import { type Api, openApi } from "../support/api.ts";
import { cli } from "../support/cli.ts";
import { packageFolder } from "../support/package-folder.ts";

// What KUDO's types did to objects on their way: fields that no kind has, and items that are there twice (compat section 3.5).

let server: EmbeddedServer;
let api: Api;
let home: string;

beforeAll(async () => {
  server = await startServer({ speed: 1000 });
  api = openApi(server.kubeconfig());
  home = mkdtempSync(join(tmpdir(), "kplan-home-"));
  writeFileSync(join(home, "kubeconfig"), server.kubeconfig());
});
afterAll(async () => {
  api.close();
  await server.close();
});

const folder = (count: string): string =>
  packageFolder({
    "operator.yaml": `apiVersion: kudo.dev/v1beta1
name: odd
operatorVersion: "0.1.0"
tasks:
  - {name: all, kind: Apply, spec: {resources: [odd.yaml]}}
  - {name: late, kind: Apply, spec: {resources: [late.yaml]}}
plans:
  deploy:
    strategy: serial
    phases: [{name: main, strategy: serial, steps: [{name: all, tasks: [all]}, {name: late, tasks: [late]}]}]
`,
    "params.yaml": `apiVersion: kudo.dev/v1beta1\nparameters: [{name: COUNT, default: "${count}"}]\n`,
    "templates/odd.yaml": `apiVersion: apps/v1
kind: Deployment
metadata: {name: "{{ .Name }}"}
spec:
  replicas: {{ .Params.COUNT }}
  stratege: {type: Recreate}
  selector: {matchLabels: {app: odd}}
  template:
    metadata: {labels: {app: odd}}
    spec:
      containers:
        - name: odd
          image: odd
          imagePullPolice: Always
          env: [{name: A, value: "1"}, {name: A, value: "2"}]
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: strange.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {kind: Strange, plural: strange, singular: strange, listKind: StrangeList}
  versions:
    - name: v1
      served: true
      storage: true
      schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {a: {type: string}}}}}}
`,
    "templates/late.yaml": `apiVersion: example.com/v1
kind: Strange
metadata: {name: "{{ .Name }}"}
spec: {a: x, b: y}
`,
    "templates/config.yaml": null,
  });

test("what KUDO dropped without a word is left out and told, once", async () => {
  const first = await kplan(`install ${folder("1")}`);
  expect(first.code, first.stderr).toBe(0);
  const told = [
    "Deployment odd-instance: .spec.stratege is no field of its kind and is left out, as KUDO did",
    'Deployment odd-instance: .spec.template.spec.containers[name="odd"].imagePullPolice is no field of its kind and is left out, as KUDO did',
    'Deployment odd-instance: .spec.template.spec.containers[name="odd"].env is there more than once, with the key [name="A"]: one of them is left out, as KUDO did',
    "Strange odd-instance: .spec.b is no field of its kind and is left out, as KUDO did",
  ];
  const output = first.stdout + first.stderr;
  for (const text of told) expect(output.split(text).length - 1, text).toBe(1);

  const { body: made } = await api.get("/apis/apps/v1/namespaces/default/deployments/odd-instance");
  expect(made.spec.template.spec.containers[0].env).toEqual([{ name: "A", value: "2" }]);
  expect(await kplan("drift")).toMatchObject({ code: 0 });

  const dry = await kplan("update -p COUNT=2 --dry-run");
  expect([dry.code, dry.stdout]).toEqual([10, expect.stringContaining(told[0] ?? "")]);
  expect(await kplan("update -p COUNT=2")).toMatchObject({ code: 0 });
  const { body } = await api.get("/apis/apps/v1/namespaces/default/deployments/odd-instance");
  expect(body.spec.replicas).toBe(2);
});

async function kplan(line: string): Promise<{ code: number; stdout: string; stderr: string }> {
  return await cli(line.split(" "), { home, env: { KUBECONFIG: join(home, "kubeconfig") } });
}
