import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { runningServer } from "../../src/embedded/daemon/daemon-files.ts";
import { type Api, openApi } from "../support/api.ts";
import type { CliResult } from "../support/cli.ts";
import { packageFolder } from "../support/package-folder.ts";
import { bundledProgram, killStarted, start } from "./program.ts";

// The program as people run it: processes, signals, and an embedded cluster for each test. A gate (a Service that nobody gives an address but the test)
// holds a run at a known place; everything is waited for, nothing is guessed by time.

/** More moments at which a process is killed. */
const EVERY = process.env.KPLAN_EVERY_WRITE === "1";

let program: string;
let env: Readonly<Record<string, string>>;

beforeAll(async () => {
  program = await bundledProgram();
});
beforeEach(() => {
  const home = mkdtempSync(join(tmpdir(), "kplan-home-"));
  env = { HOME: home, KPLAN_EMBEDDED_DIR: join(home, "embedded") };
});
afterEach(() => {
  killStarted();
  const server = runningServer(env.KPLAN_EMBEDDED_DIR ?? "");
  if (server) process.kill(server.pid, "SIGKILL");
  rmSync(env.HOME ?? "", { recursive: true, force: true, maxRetries: 20 });
});
afterAll(() => rmSync(dirname(dirname(program)), { recursive: true, force: true }));

describe("the embedded cluster", () => {
  test("is started by the first command, by one of two that come at once, stopped and reset", async () => {
    expect((await run(["embedded", "status"])).stdout).toMatch(/^not running/);
    const [one, two] = await Promise.all([run(["get", "instances"]), run(["get", "instances"])]);
    expect([one.code, two.code]).toEqual([0, 0]);
    expect(one.stderr).toMatch(/^no cluster is configured: using the embedded one/);
    const first = await status();
    expect(first).toMatchObject({ running: true });
    expect((await run(["init"])).stdout).toMatch(/instances\.kudo\.dev created/);

    const path = await run(["embedded", "kubeconfig"]);
    expect(path).toEqual({ code: 0, stdout: `${first.kubeconfig}\n`, stderr: "" });
    expect((await run(["embedded", "stop"])).stdout).toBe("stopped\n");
    expect((await status()).running).toBe(false);
    expect((await run(["init"])).stdout).toMatch(/instances\.kudo\.dev unchanged/);
    expect((await status()).pid).not.toBe(first.pid);
    expect((await run(["embedded", "reset"])).stdout).toBe("reset\n");
    expect((await run(["init", "--dry-run"])).stdout).toMatch(/would be created/);
  });

  test("killed in the middle of an install, it goes on with the next command, and so does the install", async () => {
    const source = gated();
    const install = start(program, ["install", source], env);
    await install.says(/Service demo-instance-gate: /);
    process.kill(serverPid(), "SIGKILL");
    const again = start(program, ["install", source], env);
    await again.says(/following .*|run 1 continues/);
    await openGate();
    expect(await again.ended).toMatchObject({ code: 0 });
    expect(await install.ended).toMatchObject({ code: 0 });
    expect((await run(["plan", "history", "-o", "json"])).stdout).toMatch(/"number": 1,/);
  });
});

describe("a run", () => {
  test("is stopped by Ctrl-C and goes on with the command that is then printed", async () => {
    const source = gated();
    const install = start(program, ["install", source, "-p", "TEXT=other"], env);
    await install.says(/Service demo-instance-gate: /);
    install.child.kill("SIGINT");
    const stopped = await install.ended;
    expect(stopped.code).toBe(130);
    expect(stopped.stdout).toMatch(/INTERRUPTED/);
    const printed = /to go on:\n {2}kplan (.*)\n/.exec(stopped.stderr)?.[1] ?? "";
    expect(printed).toBe(`install ${source}`);
    expect((await run(["plan", "status"])).stdout).toMatch(/interrupted/);

    await openGate();
    const rest = await run(printed.split(" "));
    expect(rest.code).toBe(0);
    expect(rest.stdout).toMatch(/run 1 continues/);
    expect((await dataOf("demo-instance-last")).text).toBe("other");
  });

  test("goes on when nobody reads any more what it says", async () => {
    const install = start(program, ["install", gated()], env);
    await install.says(/Service demo-instance-gate: /);
    install.child.stdout?.destroy();
    install.child.stderr?.destroy();
    await openGate();
    expect((await install.ended).code).toBe(0);
    expect((await run(["plan", "status"])).stdout).toMatch(/Plan deploy .*\[COMPLETE\]/);
  });

  test("ends at once at the second Ctrl-C", async () => {
    const install = start(program, ["install", gated()], env);
    await install.says(/Service demo-instance-gate: /);
    const pid = serverPid();
    process.kill(pid, "SIGSTOP");
    try {
      install.child.kill("SIGINT");
      await install.says(/once more to stop at once/);
      install.child.kill("SIGINT");
      expect((await install.ended).code).toBe(130);
    } finally {
      process.kill(pid, "SIGCONT");
    }
  });

  test("killed at any moment, it goes on, and applies nothing twice", async () => {
    const source = gateless();
    const whole = await run(["install", source, "--instance", "whole"]);
    expect(whole.code).toBe(0);
    const moments = [
      /run 1 starts/,
      /first\S* ConfigMap/,
      /second COMPLETE/,
      ...(EVERY ? [/first IN_PROGRESS/, /third\S* ConfigMap/] : []),
    ];
    await Promise.all(
      moments.map(async (moment, index) => {
        const argv = ["install", source, "--instance", `killed${index}`];
        const install = start(program, argv, env);
        await install.says(moment);
        install.child.kill("SIGKILL");
        const cut = await install.ended;
        const rest = await run(argv);
        expect([rest.code, rest.stderr]).toEqual([0, rest.stderr]);
        const lines = written(cut.stdout + rest.stdout);
        expect(lines.filter((line) => line.endsWith(" configured"))).toEqual([]);
        expect(new Set(lines.map((line) => line.split(" ")[0])).size).toBe(3);
        expect(await objectsOf(`killed${index}`)).toEqual(await objectsOf("whole"));
      }),
    );
  });

  test("has one driver: the same command follows it, another one is told who drives", async () => {
    const source = gated();
    const driver = start(program, ["install", source], env);
    await driver.says(/Service demo-instance-gate: /);
    const follower = start(program, ["install", source], env);
    await follower.says(/following /);
    const other = await run(["update", "-p", "TEXT=other"]);
    expect(other.code).toBe(4);
    expect(other.stderr).toContain(`\`install ${source}\``);
    expect(other.stderr).toContain(`process ${driver.child.pid}`);

    await openGate();
    expect((await driver.ended).code).toBe(0);
    const followed = await follower.ended;
    expect(followed.code).toBe(0);
    expect(followed.stdout).toMatch(/COMPLETE/);
  });
});

describe("completion", () => {
  test.each(["bash", "zsh", "fish"])("%s takes the script", async (shell) => {
    const { code, stdout } = await run(["completion", shell]);
    expect(code).toBe(0);
    expect(stdout).toContain("kplan complete");
    const script = join(mkdtempSync(join(tmpdir(), "kplan-completion-")), shell);
    writeFileSync(script, stdout);
    const read = spawnSync(shell, ["-n", script], { encoding: "utf8" });
    // A shell that is not on this machine says nothing about the script.
    if (read.error === undefined) expect([read.status, read.stderr]).toEqual([0, ""]);
  });

  test("completes commands, their commands, and options", async () => {
    const rows: readonly (readonly [readonly string[], RegExp])[] = [
      [["pl"], /^plan\t/m],
      [["plan", ""], /^history\t/m],
      [["get", ""], /^operatorversions/m],
      [["install", "--cre"], /^--create-namespace/m],
    ];
    await Promise.all(
      rows.map(async ([words, answer]) =>
        expect((await run(["complete", "--", ...words])).stdout).toMatch(answer),
      ),
    );
  });
});

function run(argv: readonly string[]): Promise<CliResult> {
  return start(program, argv, env).ended;
}

async function status(): Promise<{ running: boolean; pid: number; kubeconfig: string }> {
  return JSON.parse((await run(["embedded", "status", "-o", "json"])).stdout);
}

/** Of the embedded cluster. */
function serverPid(): number {
  const server = runningServer(env.KPLAN_EMBEDDED_DIR ?? "");
  if (!server) throw new Error("no embedded cluster runs");
  return server.pid;
}

/** Gives the gate its address: the run goes on. */
async function openGate(): Promise<void> {
  const path = "/api/v1/namespaces/default/services/demo-instance-gate/status";
  const body = { status: { loadBalancer: { ingress: [{ ip: "192.0.2.77" }] } } };
  const answer = await asking((api) => api.patch(path, "merge-patch", body));
  expect(answer.status).toBe(200);
}

async function dataOf(name: string): Promise<Record<string, string>> {
  const { body } = await asking((api) => api.get(`/api/v1/namespaces/default/configmaps/${name}`));
  return body.data;
}

/** What an instance is made of, without what differs between two of them. */
async function objectsOf(instance: string): Promise<readonly unknown[]> {
  const query = `labelSelector=kudo.dev%2Finstance%3D${instance}`;
  const { body } = await asking((api) => api.get(`/api/v1/namespaces/default/configmaps?${query}`));
  return body.items
    .filter(
      (item: { metadata: { labels: Record<string, string> } }) =>
        !item.metadata.labels["kplan.dev/role"],
    )
    .map((item: { metadata: Record<string, unknown>; data: unknown }) => ({
      name: String(item.metadata.name).replace(instance, ""),
      data: item.data,
      managers: (item.metadata.managedFields as { operation: string }[]).map(
        ({ operation }) => operation,
      ),
    }));
}

async function asking<T>(ask: (api: Api) => Promise<T>): Promise<T> {
  const api = openApi(readFileSync(join(env.KPLAN_EMBEDDED_DIR ?? "", "kubeconfig"), "utf8"));
  try {
    return await ask(api);
  } finally {
    api.close();
  }
}

/** `NAME created`, `NAME unchanged`…: what was said of each write of a ConfigMap. */
function written(stdout: string): readonly string[] {
  const lines = stdout.matchAll(/ConfigMap (\S+ (?:created|configured|unchanged))$/gm);
  return [...lines].map(([, line = ""]) => line);
}

/** ConfigMaps in three steps. */
function gateless(): string {
  return folder(["first", "second", "third"]);
}

/** A ConfigMap, the gate, another ConfigMap. */
function gated(): string {
  return folder(["first", "gate", "last"]);
}

function folder(steps: readonly string[]): string {
  const template = (name: string): string =>
    name === "gate"
      ? `apiVersion: v1
kind: Service
metadata:
  name: {{Name}}-gate
spec:
  type: LoadBalancer
  loadBalancerClass: kplan.dev/test
  selector: {app: none}
  ports: [{port: 80}]
`
      : `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{Name}}-${name}
data:
  text: {{Params.TEXT}}
`;
  return packageFolder({
    "operator.yaml": JSON.stringify({
      apiVersion: "kplan.dev/v1",
      name: "demo",
      operatorVersion: "0.1.0",
      tasks: steps.map((name) => ({ name, kind: "Apply", spec: { resources: [`${name}.yaml`] } })),
      plans: {
        deploy: {
          phases: [{ name: "main", steps: steps.map((name) => ({ name, tasks: [name] })) }],
        },
      },
    }),
    "params.yaml": JSON.stringify({
      apiVersion: "kplan.dev/v1",
      parameters: [{ name: "TEXT", type: "string", default: "some", trigger: "deploy" }],
    }),
    "templates/config.yaml": null,
    ...Object.fromEntries(steps.map((name) => [`templates/${name}.yaml`, template(name)])),
  });
}
