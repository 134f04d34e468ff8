import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CliResult, cli } from "../support/cli.ts";
import { packageFolder } from "../support/package-folder.ts";
import { type InProcessTarget, serveInProcess } from "../support/serve-in-process.ts";
import { normalised } from "./normalised.ts";
import { BROKEN, DEMO, DEMO_NEXT } from "./story-packages.ts";

// What is typed and what comes back, to the letter but for times, uids and paths. The rows of a story build on each other.
// After a wanted change: `npx vitest run test/cli/golden.test.ts -u`, and read the difference.

let server: InProcessTarget;
let home: string;
let names: Readonly<Record<string, string>>;

beforeAll(async () => {
  server = await serveInProcess({ speed: 1000 });
  home = mkdtempSync(join(tmpdir(), "kplan-home-"));
  writeFileSync(join(home, "kubeconfig"), server.kubeconfig());
  names = {
    $PKG: packageFolder(DEMO),
    $NEXT: packageFolder(DEMO_NEXT),
    $BROKEN: packageFolder(BROKEN),
    $HOME: home,
    $SERVER: server.url,
  };
});
afterAll(() => server.close());

/** File name: exit code and what is typed. */
type Story = Readonly<Record<string, readonly [number, string]>>;

const ONE_INSTANCE: Story = {
  "status-before": [2, "plan status"],
  "init-dry-run": [10, "init --dry-run"],
  init: [0, "init"],
  "init-again": [0, "init"],
  "install-dry-run": [10, "install $PKG --dry-run"],
  install: [0, "install $PKG -p PASSWORD=hunter2xyz"],
  "install-again": [0, "install $PKG"],
  "install-other-values": [2, "install $PKG -p COUNT=5"],
  "update-dry-run": [10, "update -p COUNT=5 -p PASSWORD=hunter3xyz --dry-run"],
  update: [0, "update -p COUNT=5"],
  "update-again": [0, "update -p COUNT=5"],
  "update-again-dry-run": [0, "update -p COUNT=5 --dry-run"],
  "update-unset": [0, "update --unset COUNT -o yaml"],
  "plan-status": [0, "plan status"],
  "plan-status-json": [0, "plan status -o json"],
  "plan-status-yaml": [0, "plan status -o yaml"],
  "plan-trigger": [0, "plan trigger smoke"],
  "plan-trigger-unknown": [2, "plan trigger smok"],
  "plan-trigger-fails": [1, "plan trigger broken"],
  "plan-status-failed": [0, "plan status"],
  "plan-history": [0, "plan history"],
  "plan-history-json": [0, "plan history -o json"],
  "get-instances": [0, "get instances"],
  "get-instances-yaml": [0, "get instances -o yaml"],
  "get-operators": [0, "get operators"],
  "get-operators-json": [0, "get operators -o json"],
  "get-operatorversions": [0, "get operatorversions"],
  "get-all": [0, "get all"],
  "get-operatorversions-yaml": [0, "get operatorversions -o yaml"],
  "plan-resume-failed": [2, "plan resume"],
  "plan-wait-failed": [1, "plan wait"],
  "plan-skip": [0, "plan skip fails"],
  "plan-resume": [0, "plan resume"],
  "plan-resume-nothing": [0, "plan resume"],
  "plan-retry-complete": [2, "plan retry"],
  "plan-retry-from": [2, "plan retry --from fail"],
  "plan-cancel-nothing": [0, "plan cancel -o json"],
  "plan-pause-nothing": [0, "plan pause"],
  "plan-attach-complete": [0, "plan attach"],
  "upgrade-dry-run": [10, "upgrade $NEXT --dry-run"],
  upgrade: [0, "upgrade $NEXT"],
  "upgrade-again": [0, "upgrade $NEXT"],
  "upgrade-back": [2, "upgrade $PKG"],
  "install-older": [2, "install $PKG"],
  "install-second": [0, "install $NEXT --instance other -o yaml"],
  "which-instance": [2, "plan status"],
  "misspelled-instance": [2, "plan status --instance othr"],
  "uninstall-dry-run": [10, "uninstall --instance demo-instance --dry-run"],
  uninstall: [0, "uninstall --instance demo-instance"],
  "uninstall-again": [0, "uninstall --instance demo-instance --delete-claims"],
  "uninstall-rest": [0, "uninstall --delete-claims -o yaml"],
  "uninstall-nothing": [2, "uninstall"],
  "get-nothing": [0, "get instances"],
  "get-all-nothing": [0, "get all"],
  "install-namespace": [0, "install $PKG -n elsewhere --create-namespace -o yaml"],
};

describe.sequential("an instance from install to uninstall", () => {
  test.each(Object.entries(ONE_INSTANCE))("%s", async (name, [code, line]) => {
    const result = await kplan(line);
    expect([result.code, result.stderr]).toEqual([code, result.stderr]);
    await golden(name, line, result);
  });
});

const OFFLINE: Story = {
  "package-verify": [0, "package verify $PKG"],
  "package-verify-json": [0, "package verify $PKG -o json"],
  "package-verify-broken": [2, "package verify $BROKEN"],
  "package-verify-broken-yaml": [2, "package verify $BROKEN -o yaml"],
  "package-render": [0, "package render $PKG"],
  "package-render-step": [0, "package render $PKG --plan deploy --step config -p COUNT=5 -o json"],
  "package-render-unknown": [2, "package render $PKG --plan deplyo"],
  "init-manifests": [0, "init --dry-run -o yaml"],
  "embedded-status": [0, "embedded status"],
  "embedded-status-yaml": [0, "embedded status -o yaml"],
  "embedded-stop": [0, "embedded stop"],
  version: [0, "version"],
  "version-flag": [0, "--version"],
  "unknown-command": [2, "instal $PKG"],
  "unknown-option": [2, "install $PKG --instanc x"],
  "missing-argument": [2, "install"],
  "no-command": [2, ""],
  "no-subcommand": [2, "plan"],
};

test.each(Object.entries(OFFLINE))("without a cluster: %s", async (name, [code, line]) => {
  const result = await kplan(line, {});
  expect([result.code, result.stderr]).toEqual([code, result.stderr]);
  await golden(name, line, result);
});

test.each([
  "",
  "install",
  "update",
  "upgrade",
  "uninstall",
  "adopt",
  "get",
  "plan",
  "plan status",
  "plan history",
  "plan trigger",
  "plan attach",
  "plan wait",
  "plan pause",
  "plan resume",
  "plan cancel",
  "plan retry",
  "plan skip",
  "package",
  "package verify",
  "package render",
  "package create",
  "package new",
  "repo",
  "repo add",
  "repo index",
  "diagnostics",
  "diagnostics collect",
  "init",
  "embedded",
  "embedded start",
  "embedded stop",
  "embedded status",
  "embedded reset",
  "embedded kubeconfig",
  "version",
  "completion",
])("help of kplan %s", async (command) => {
  const line = `${command} --help`.trim();
  const result = await kplan(line, {});
  expect(result).toMatchObject({ code: 0, stderr: "" });
  await golden(`help-${command.replace(" ", "-") || "kplan"}`, line, result);
});

/** Types a line in a shell without quotes. */
function kplan(line: string, env?: Readonly<Record<string, string>>): Promise<CliResult> {
  const argv = line
    .split(" ")
    .filter(Boolean)
    .map((word) => names[word] ?? word);
  return cli(argv, { home, env: env ?? { KUBECONFIG: join(home, "kubeconfig") } });
}

async function golden(name: string, line: string, result: CliResult): Promise<void> {
  const { stdout, stderr, code } = result;
  const said = stderr && `\n--- stderr\n${stderr}`;
  const text = `$ kplan ${line}\n${stdout}${said}--- exit ${code}\n`;
  await expect(normalised(text, names)).toMatchFileSnapshot(`golden/${name}.txt`);
}
