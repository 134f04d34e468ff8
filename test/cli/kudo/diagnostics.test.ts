import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Api, openApi } from "../../support/api.ts";
import { type CliResult, cli } from "../../support/cli.ts";
import { packageFolder } from "../../support/package-folder.ts";
import { type InProcessTarget, serveInProcess } from "../../support/serve-in-process.ts";

let server: InProcessTarget;
let api: Api;
let home: string;

beforeAll(async () => {
  server = await serveInProcess({ speed: 1000 });
  home = mkdtempSync(join(tmpdir(), "kplan-home-"));
  writeFileSync(join(home, "kubeconfig"), server.kubeconfig());
  api = openApi(server.kubeconfig());
});
afterAll(async () => {
  api.close();
  await server.close();
});

const OPERATOR = (name: string, task: string): string => `apiVersion: kudo.dev/v1beta1
name: ${name}
operatorVersion: 0.1.0
tasks:
  - {name: one, ${task}}
plans:
  deploy: {strategy: serial, phases: [{name: main, strategy: serial, steps: [{name: one, tasks: [one]}]}]}
`;
const PARENT = {
  "operator.yaml": OPERATOR("parent", "kind: KudoOperator, spec: {package: ./child}"),
  "params.yaml": "",
  "templates/config.yaml": null,
  "child/operator.yaml": OPERATOR("child", "kind: Dummy, spec: {done: true}"),
  "child/params.yaml": "",
};

test("instances that a package installs are in folders below its operator's, and what a dead controller left beside them", async () => {
  const installed = await kudo(`install ${packageFolder(PARENT)}`);
  expect([installed.code, installed.stderr]).toEqual([0, ""]);
  await leaveController();
  expect(await kudo(`diagnostics collect --instance parent-instance -O ${home}/both`)).toEqual({
    code: 0,
    stdout: "",
    stderr: "",
  });
  expect(filesIn("both")).toEqual([
    "kplan/runs_parent-instance-child.yaml",
    "kplan/runs_parent-instance.yaml",
    "kudo/statefulsetlist.yaml",
    "operator_parent/instance_parent-instance/parent-instance.yaml",
    "operator_parent/operator_child/child.yaml",
    "operator_parent/operator_child/instance_parent-instance-child/parent-instance-child.yaml",
    "operator_parent/operator_child/operatorversion_child-0.1.0/child-0.1.0.yaml",
    "operator_parent/operatorversion_parent-0.1.0/parent-0.1.0.yaml",
    "operator_parent/parent.yaml",
    "settings.yaml",
    "version.yaml",
  ]);
});

const SECRETS = {
  "operator.yaml": `apiVersion: kudo.dev/v1beta1
name: keeps
operatorVersion: 0.1.0
tasks:
  - {name: app, kind: Apply, spec: {resources: [set.yaml]}}
plans:
  deploy: {strategy: serial, phases: [{name: main, strategy: serial, steps: [{name: app, tasks: [app]}]}]}
`,
  "params.yaml": `apiVersion: kudo.dev/v1beta1
parameters:
  - {name: ROOT_PASSWORD, default: letmein}
  - {name: COLOR, default: red}
`,
  "templates/config.yaml": null,
  "templates/set.yaml": `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: "{{ .Name }}"}
spec:
  serviceName: keeps
  selector: {matchLabels: {app: keeps}}
  template:
    metadata: {labels: {app: keeps}}
    spec:
      containers:
        - name: main
          image: busybox
          env:
            - {name: ROOT_PASSWORD, value: "{{ .Params.ROOT_PASSWORD }}"}
            - {name: COLOR, value: "{{ .Params.COLOR }}"}
`,
};

test("nothing of it tells a password, wherever it stands", async () => {
  const folder = packageFolder(SECRETS);
  const installed = await kudo(`install ${folder} -p ROOT_PASSWORD=hunter2`);
  expect([installed.code, installed.stderr]).toEqual([0, installed.stderr]);
  await kudo("update --instance keeps-instance -p ROOT_PASSWORD=hunter3");
  const result = await kplan(`diagnostics collect --instance keeps-instance -O ${home}/keeps`);
  expect(result).toEqual({
    code: 0,
    stdout: `diagnostics of keeps-instance are in ${home}/keeps\n`,
    stderr: "",
  });
  const texts = filesIn("keeps").map((file) => readFileSync(join(home, "keeps", file), "utf8"));
  expect(texts.join("")).not.toMatch(/hunter|letmein/);
  expect(texts.join("")).toMatch(/COLOR/);
});

test("what cannot be read is a file that says why, and the rest is there", async () => {
  const gone = await api.delete("/apis/kudo.dev/v1beta1/namespaces/default/operators/keeps");
  expect(gone.status).toBe(200);
  const result = await kudo(`diagnostics collect --instance keeps-instance -O ${home}/rest`);
  expect(result).toMatchObject({
    code: 255,
    stderr: "Error: operator_keeps/keeps: Operator keeps is not there\n",
  });
  expect(readFileSync(join(home, "rest/operator_keeps/keeps.err"), "utf8")).toBe(
    "Operator keeps is not there\n",
  );
  expect(filesIn("rest")).toContain("operator_keeps/instance_keeps-instance/keeps-instance.yaml");
});

/** As KUDO's `init` makes it, with no pod that runs. */
async function leaveController(): Promise<void> {
  const labels = { app: "kudo-manager" };
  const answers = [
    await api.post("/api/v1/namespaces", { metadata: { name: "kudo-system" } }),
    await api.post("/apis/apps/v1/namespaces/kudo-system/statefulsets", {
      metadata: { name: "kudo-controller-manager", labels },
      spec: {
        ...{ replicas: 0, serviceName: "kudo-controller-manager-service" },
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: { containers: [{ name: "manager", image: "kudobuilder/controller" }] },
        },
      },
    }),
  ];
  expect(answers.map(({ status }) => status)).toEqual([201, 201]);
}

function filesIn(folder: string): readonly string[] {
  const root = join(home, folder);
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((file) => statSync(join(root, file)).isFile())
    .sort();
}

function kudo(line: string): Promise<CliResult> {
  return run(line, "kubectl-kudo");
}

function kplan(line: string): Promise<CliResult> {
  return run(line, "kplan");
}

function run(line: string, calledAs: string): Promise<CliResult> {
  return cli(line.split(" "), { home, env: { KUBECONFIG: join(home, "kubeconfig") }, calledAs });
}
