import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Api, openApi } from "../support/api.ts";
import { type CliResult, cli } from "../support/cli.ts";
import { packageFolder } from "../support/package-folder.ts";
import { type InProcessTarget, serveInProcess } from "../support/serve-in-process.ts";

// Objects of APIs that a server serves no more: a definition of apiextensions v1beta1 and its object, roles of v1beta1, a budget of policy/v1beta1.

const LEGACY = join(import.meta.dirname, "packages/legacy");

let server: InProcessTarget;
let api: Api;
let home: string;
let count = 0;
let namespace = "";

beforeAll(async () => {
  server = await serveInProcess({ speed: 1000 });
  api = openApi(server.kubeconfig());
  home = mkdtempSync(join(tmpdir(), "kplan-home-"));
  writeFileSync(join(home, "kubeconfig"), server.kubeconfig());
});
beforeEach(async () => {
  namespace = `old-apis-${++count}`;
  const metadata = { name: namespace };
  await api.post("/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata });
});
afterAll(async () => {
  api.close();
  await server.close();
});

async function run(...argv: readonly string[]): Promise<CliResult> {
  const all = [...argv, "-n", namespace, "--kubeconfig", join(home, "kubeconfig")];
  return await cli(all, { home });
}

const BUDGET =
  "PodDisruptionBudget legacy-instance: policy/v1beta1 is not served, it is applied as policy/v1";

test("are converted, which the run says once", async () => {
  const preview = await run("install", LEGACY, "--dry-run");
  expect([preview.code, preview.stderr]).toEqual([10, expect.any(String)]);
  expect(preview.stdout).toContain(`note: ${BUDGET}`);
  const { code, stdout, stderr } = await run("install", LEGACY);
  expect([code, stderr]).toEqual([0, expect.any(String)]);
  expect(`${stdout}${stderr}`.split(BUDGET)).toHaveLength(2);
  const budget = await api.get(
    `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets/legacy-instance`,
  );
  expect(budget.body.spec.minAvailable).toBe(1);
  const again = await run("update", "--instance", "legacy-instance");
  expect(again.code).toBe(0);
  const gadget = await api.get(
    `/apis/legacy.kplan.test/v1beta1/namespaces/${namespace}/gadgets/legacy-instance`,
  );
  expect(gadget.body.spec).toEqual({ size: 3 });
  const gone = await run("uninstall", "--instance", "legacy-instance");
  expect([gone.code, gone.stdout]).toEqual([0, expect.any(String)]);
  const left = await api.get(`/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`);
  expect(left.body.items).toEqual([]);
});

test("are refused before anything is applied when they are not to be converted", async () => {
  const { code, stderr } = await run("install", LEGACY, "--api-upgrade", "off");
  expect(code).toBe(2);
  expect(stderr).toContain("policy/v1beta1");
  const left = await api.get(`/api/v1/namespaces/${namespace}/serviceaccounts`);
  expect(left.body.items.map((one: { metadata: { name: string } }) => one.metadata.name)).toEqual([
    "default",
  ]);
});

test("are refused before anything is applied when they cannot be converted", async () => {
  const folder = packageFolder({
    "operator.yaml": `apiVersion: kudo.dev/v1beta1
name: hook
operatorVersion: 0.1.0
kubernetesVersion: 1.16.0
tasks: [{name: all, kind: Apply, spec: {resources: [config.yaml, hook.yaml]}}]
plans: {deploy: {strategy: serial, phases: [{name: p, steps: [{name: s, tasks: [all]}]}]}}
`,
    "params.yaml": "",
    "templates/config.yaml":
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: "{{ .Name }}"}\ndata: {a: b}\n',
    "templates/hook.yaml": `apiVersion: admissionregistration.k8s.io/v1beta1
kind: ValidatingWebhookConfiguration
metadata: {name: "{{ .Name }}"}
webhooks: [{name: hook.example.com, clientConfig: {url: "https://hook.example.com"}}]
`,
  });
  const why = "webhook hook.example.com has sideEffects Unknown, which v1 does not take";
  const { code, stderr } = await run("install", folder);
  expect([code, stderr]).toEqual([2, expect.stringContaining(why)]);
  const { body } = await api.get(`/api/v1/namespaces/${namespace}/configmaps/hook-instance`);
  expect(body.code).toBe(404);
  const verified = await cli(["package", "verify", folder], { home });
  expect([verified.code, verified.stdout]).toEqual([0, expect.stringContaining(why)]);
});

test("are shown as a cluster of that version would get them", async () => {
  const now = await run("package", "render", LEGACY);
  expect([now.code, now.stdout.includes("beta1\nkind: PodDisruptionBudget")]).toEqual([0, false]);
  expect(now.stderr).toContain(BUDGET);
  const then = await run("package", "render", LEGACY, "--kube-version", "1.20");
  expect(then.stdout).toContain("policy/v1beta1\nkind: PodDisruptionBudget");
  expect(then.stderr).not.toContain(BUDGET);
});
