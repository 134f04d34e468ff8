import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type EmbeddedServer, startServer } from "../../../src/embedded/start-server.ts";
import type { KubeObject } from "../../../src/model/kube-object.ts";
import { type CliResult, cli } from "../../support/cli.ts";
import { normalised } from "../normalised.ts";

// `kubectl kudo` as it is typed, and what comes back, to the letter but for times, uids and paths. The rows of the story build on each other.
// After a wanted change: `npx vitest run test/cli/kudo -u`, and read the difference.

const kudoPackage = (name: string): string =>
  join(import.meta.dirname, "../../kudo/packages", name);

let server: EmbeddedServer;
let home: string;
let names: Readonly<Record<string, string>>;

beforeAll(async () => {
  server = await startServer({ speed: 1000 });
  home = mkdtempSync(join(tmpdir(), "kplan-home-"));
  writeFileSync(join(home, "kubeconfig"), server.kubeconfig());
  names = {
    $WEB_NEXT: kudoPackage("web-1.1"),
    $WEB: kudoPackage("web-1.0"),
    $HELLO: kudoPackage("hello"),
    $SWITCH: kudoPackage("switch"),
    $BROKEN: kudoPackage("broken"),
    $HOME: home,
    $SERVER: server.url,
  };
});
afterAll(() => server.close());

/** File name: exit code and what is typed. */
type Story = Readonly<Record<string, readonly [number, string]>>;

const STORY: Story = {
  "get-before-init": [255, "get instances"],
  init: [0, "init --kudo-image=acme/controller:v1 --wait"],
  "init-again": [0, "init --crd-only"],
  "get-nothing": [0, "get instances"],
  "install-missing": [255, "install $WEB"],
  "install-unread": [255, "install $WEB -p foo -p =bar -p LEVEL= -p REPLICAS=x"],
  "install-skip": [0, "install $WEB -p PAGE=hi --skip-instance"],
  install: [0, "install $WEB -p PAGE=hello --wait --wait-time=60"],
  "install-again": [255, "install $WEB -p PAGE=hello --instance web-instance"],
  "install-default-again": [255, "install $WEB -p PAGE=hello"],
  "plan-status": [0, "plan status --instance=web-instance"],
  "plan-status-json": [0, "plan status --instance=web-instance -o json"],
  "plan-status-yaml": [0, "plan status --instance=web-instance --output=yaml"],
  "plan-status-wait": [0, "plan status --instance=web-instance --wait"],
  "plan-status-unknown": [255, "plan status --instance=webb-instance"],
  update: [0, "update --instance web-instance -p=REPLICAS=3 --wait=true"],
  "update-unknown": [255, "update --instance web-instance -p NOTHING=3"],
  "plan-trigger": [0, "plan trigger --name=scale --instance web-instance"],
  "plan-trigger-unknown": [255, "plan trigger --name=scal --instance web-instance"],
  "plan-history": [0, "plan history --instance web-instance"],
  "plan-history-unknown": [255, "plan history --instance web"],
  upgrade: [0, "upgrade $WEB_NEXT --instance web-instance -p REGION=eu -p OWNER=me"],
  "upgrade-back": [255, "upgrade $WEB --instance web-instance"],
  "install-second": [
    0,
    "install $WEB_NEXT -p PAGE=x -p REGION=us -p OWNER=me --instance second --validate-install=false",
  ],
  "install-in-cluster": [
    0,
    "install web --in-cluster --operator-version=1.0.0 -p PAGE=x --instance third",
  ],
  "install-in-cluster-unknown": [255, "install webb --in-cluster"],
  diagnostics: [0, "diagnostics collect --instance=web-instance -O $HOME/diag --log-since=1h"],
  "diagnostics-again": [255, "diagnostics collect --instance=web-instance -O $HOME/diag"],
  "get-instances": [0, "get instances"],
  "get-operators": [0, "get operators"],
  "get-all": [0, "get all"],
  uninstall: [0, "uninstall --instance web-instance --wait"],
  "uninstall-again": [255, "uninstall --instance nobody"],
};

describe.sequential("an instance under kubectl kudo", () => {
  test.each(Object.entries(STORY))("%s", async (name, [code, line]) => {
    const result = await kudo(line);
    expect([result.code, result.stderr]).toEqual([code, result.stderr]);
    await golden(name, line, result);
  });
});

test("all that is installed, for programs: operators, then versions, then instances", async () => {
  const { stdout } = await kudo("get all -o json");
  const objects: KubeObject[] = JSON.parse(stdout);
  expect(objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
    "Operator web",
    "OperatorVersion web-2.4-1.0.0",
    "OperatorVersion web-2.4-1.1.0",
    "Instance second",
    "Instance third",
  ]);
  const yaml = await kudo("get all -o yaml");
  expect(yaml.stdout.match(/^(---|\.\.\.|kind: .*)$/gm)).toEqual([
    ...["Operator", "OperatorVersion", "OperatorVersion", "Instance", "Instance"].flatMap(
      (kind) => ["---", `kind: ${kind}`],
    ),
    "...",
  ]);
});

test("diagnostics are in KUDO's folders, and show nothing that sounds secret", () => {
  const files = readdirSync(join(home, "diag"), { recursive: true, encoding: "utf8" });
  const shown = files.filter((file) => statSync(join(home, "diag", file)).isFile()).sort();
  expect(shown).toMatchInlineSnapshot(`
    [
      "kplan/runs_web-instance.yaml",
      "operator_web/instance_web-instance/pod_web-instance-0/web-instance-0.yaml",
      "operator_web/instance_web-instance/pod_web-instance-0/web.log.gz",
      "operator_web/instance_web-instance/pod_web-instance-1/web-instance-1.yaml",
      "operator_web/instance_web-instance/pod_web-instance-1/web.log.gz",
      "operator_web/instance_web-instance/pod_web-instance-2/web-instance-2.yaml",
      "operator_web/instance_web-instance/pod_web-instance-2/web.log.gz",
      "operator_web/instance_web-instance/servicelist.yaml",
      "operator_web/instance_web-instance/statefulsetlist.yaml",
      "operator_web/instance_web-instance/web-instance.yaml",
      "operator_web/operatorversion_web-2.4-1.1.0/web-2.4-1.1.0.yaml",
      "operator_web/web.yaml",
      "settings.yaml",
      "version.yaml",
    ]
  `);
  const log = readFileSync(
    join(home, "diag", shown.find((file) => file.endsWith(".log.gz")) ?? ""),
  );
  expect(gunzipSync(log).toString()).toMatch(/^simulated: no container runs in pod web-instance-0/);
});

const OFFLINE: Story = {
  "no-command": [0, ""],
  "no-subcommand": [0, "plan"],
  "unknown-command": [255, "instal $WEB"],
  "unknown-flag": [255, "install $WEB --instanc x"],
  "unknown-shorthand": [255, "get instances -x"],
  "missing-value": [255, "update --instance"],
  "no-number": [255, "install $WEB --wait-time=soon"],
  "install-nothing": [255, "install"],
  "install-two": [255, "install a b"],
  "install-in-cluster-repo": [255, "install web --in-cluster --repo=x"],
  "update-arguments": [255, "update x"],
  "update-no-instance": [255, "update -p a=b"],
  "update-no-parameter": [255, "update --instance x"],
  "upgrade-no-instance": [255, "upgrade $WEB"],
  "uninstall-no-instance": [255, "uninstall"],
  "plan-status-no-instance": [255, "plan status"],
  "plan-trigger-no-name": [255, "plan trigger"],
  "get-no-kind": [255, "get"],
  "get-other-kind": [255, "get pods"],
  "get-format": [255, "get all -o wide"],
  help: [0, "help update"],
  version: [0, "version"],
  "version-yaml": [0, "version -o yaml"],
  "version-flag": [0, "--version"],
  "init-client": [0, "init --client-only --home $HOME/.other"],
  "repo-list": [0, "repo list --home $HOME/.other"],
  "repo-add": [0, "repo add ours http://127.0.0.1:1 --skip-check --home $HOME/.other"],
  "repo-context": [0, "repo context ours --home $HOME/.other"],
  "repo-list-two": [0, "repo list --home $HOME/.other"],
  "repo-rm": [0, "repo rm community --home $HOME/.other"],
  "repo-remove-nothing": [255, "repo remove"],
  "repo-add-name": [255, "repo add ours"],
  "package-create": [0, "package create $WEB -d $HOME"],
  "package-create-again": [255, "package create $WEB --destination=$HOME"],
  "package-create-json": [0, "package create $WEB_NEXT -d $HOME -o json"],
  "package-create-broken": [255, "package create $BROKEN -d $HOME"],
  "repo-index": [0, "repo index $HOME"],
  "repo-index-again": [255, "repo index $HOME"],
  "repo-add-file": [0, "repo add local file://$HOME --home $HOME/.other"],
  search: [0, "search we --repo local --home $HOME/.other"],
  "search-all": [0, "search we -a --repo=local --home $HOME/.other"],
  "search-nothing": [0, "search kafka --repo=local --home $HOME/.other"],
  "package-list-parameters": [0, "package list parameters $WEB"],
  "package-list-parameters-repo": [
    0,
    "package list parameters web --operator-version=1.0.0 --repo local --home $HOME/.other -d",
  ],
  "package-list-parameters-required": [0, "package list parameters $WEB -r"],
  "package-list-parameters-names": [0, "package list parameters $WEB --names"],
  "package-list-parameters-both": [255, "package list parameters $WEB --names -r"],
  "package-list-parameters-yaml": [0, "package list parameters $WEB -o yaml"],
  "package-list-plans": [0, "package list plans $HELLO"],
  "package-list-plans-tasks": [0, "package list plans -t $SWITCH"],
  "package-list-tasks": [0, "package list tasks $SWITCH"],
  "package-list-unknown": [255, "package list tasks $HOME/none"],
  "package-add": [255, "package add parameter"],
  "search-unreachable": [255, "search kafka --home $HOME/.other"],
  "package-verify": [0, "package verify $WEB"],
  "package-verify-broken": [255, "package verify $BROKEN"],
  "package-verify-yaml": [255, "package verify $BROKEN -o yaml"],
  "package-verify-json": [0, "package verify $WEB -o json"],
  test: [255, "test --parallel 3 ./tests"],
  "init-manifests": [0, "init --dry-run -o yaml"],
};

describe.sequential("without a cluster", () => {
  test.each(Object.entries(OFFLINE))("%s", async (name, [code, line]) => {
    const result = await kudo(line, {});
    expect([result.code, result.stderr]).toEqual([code, result.stderr]);
    await golden(name, line, result);
  });
});

/** Types a line in a shell without quotes. */
function kudo(line: string, env?: Readonly<Record<string, string>>): Promise<CliResult> {
  const argv = line
    .split(" ")
    .filter(Boolean)
    .map((word) => names[word] ?? word.replace("$HOME", home));
  return cli(argv, {
    home,
    env: env ?? { KUBECONFIG: join(home, "kubeconfig") },
    calledAs: "/usr/local/bin/kubectl-kudo",
  });
}

async function golden(name: string, line: string, result: CliResult): Promise<void> {
  const { stdout, stderr, code } = result;
  const said = stderr && `\n--- stderr\n${stderr}`;
  const text = `$ kubectl kudo ${line}\n${stdout}${said}--- exit ${code}\n`;
  await expect(normalised(text, names)).toMatchFileSnapshot(`golden/${name}.txt`);
}
