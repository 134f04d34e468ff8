import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocket } from "ws";
import { readExecRules } from "../../src/embedded/exec/read-exec-rules.ts";
import { type EmbeddedServer, startServer } from "../../src/embedded/start-server.ts";
import { openApi } from "../support/api.ts";

const SIMULATE = `
exec:
  - pods: galera-*
    command: wsrep_cluster_size
    stdout: "wsrep_cluster_size\\t$(ready)\\n"
  - pods: galera-0
    container: db
    command: "^sh -c .*marker"
    answers:
      - {after: 0s, stderr: "not yet in $(namespace)\\n", exitCode: 3}
      - {after: 1m, stdout: "$(pod) $(ordinal)\\n"}
`;

let server: EmbeddedServer;
let time = Date.parse("2026-01-01T00:00:00Z");

beforeAll(async () => {
  const { rules, issues } = readExecRules(SIMULATE, "tests/simulate.yaml");
  expect(issues).toEqual([]);
  const clock = {
    now: () => new Date(time),
    monotonic: () => time,
    sleep: () => new Promise<void>(() => {}),
  };
  server = await startServer({ controllers: false, execRules: rules, clock });
  const owner = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "owner", namespace: "default" },
  };
  const uid = server.api.create(owner).metadata.uid ?? "";
  for (const name of ["galera-0", "galera-1", "other"]) {
    const controlled = {
      apiVersion: "v1",
      kind: "ConfigMap",
      name: "owner",
      uid,
      controller: true,
    };
    const pod = server.api.create({
      apiVersion: "v1",
      kind: "Pod",
      metadata: {
        name,
        namespace: "default",
        ...(name !== "other" && { ownerReferences: [controlled] }),
      },
      spec: { containers: [{ name: "db", image: "i" }] },
    });
    server.api.updateStatus({
      ...pod,
      status: {
        phase: "Running",
        startTime: "2026-01-01T00:00:00Z",
        conditions: [{ type: "Ready", status: "True" }],
      },
    });
  }
});
afterAll(() => server.close());

interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: unknown;
}

/** Runs a command as kubectl does. */
function exec(pod: string, command: string[], protocol = "v5.channel.k8s.io"): Promise<Ended> {
  const query = command.map((word) => `command=${encodeURIComponent(word)}`).join("&");
  const url = `wss://127.0.0.1:${server.port}/api/v1/namespaces/default/pods/${pod}/exec?${query}`;
  const socket = new WebSocket(url, [protocol], {
    ca: server.caCert,
    headers: { authorization: `Bearer ${server.token}` },
  });
  const parts: Record<number, string> = {};
  return new Promise((resolve, reject) => {
    socket.on("message", (data: Buffer) => {
      const channel = data[0] ?? 0;
      parts[channel] = (parts[channel] ?? "") + data.subarray(1).toString();
    });
    socket.on("error", reject);
    socket.on("close", () =>
      resolve({
        stdout: parts[1] ?? "",
        stderr: parts[2] ?? "",
        status: JSON.parse(parts[3] ?? "null"),
      }),
    );
  });
}

const failed = (code: number): object => ({
  metadata: {},
  status: "Failure",
  message: `command terminated with non-zero exit code: exit status ${code}`,
  reason: "NonZeroExitCode",
  details: { causes: [{ reason: "ExitCode", message: String(code) }] },
});

test("without a rule it says that no container runs", async () => {
  expect(await exec("other", ["true"])).toEqual({
    stdout: "",
    stderr: "simulated: no container runs\n",
    status: failed(126),
  });
});

test("a rule answers by pod and command, in both protocols", async () => {
  for (const protocol of ["v4.channel.k8s.io", "v5.channel.k8s.io"])
    expect(await exec("galera-1", ["mariadb", "-e", "show wsrep_cluster_size"], protocol)).toEqual({
      stdout: "wsrep_cluster_size\t2\n",
      stderr: "",
      status: { metadata: {}, status: "Success" },
    });
});

test("answers change over time", async () => {
  const marker = ["sh", "-c", "cat marker"];
  expect(await exec("galera-0", marker)).toEqual({
    stdout: "",
    stderr: "not yet in default\n",
    status: failed(3),
  });
  time += 60_000;
  expect(await exec("galera-0", marker)).toMatchObject({ stdout: "galera-0 0\n" });
});

test("refuses no such pod, no token and no upgrade", async () => {
  await expect(exec("nobody", ["true"])).rejects.toThrow("404");
  await expect(exec("other", [])).rejects.toThrow("400");
  await expect(exec("other", ["true"], "v9.channel.k8s.io")).rejects.toThrow("400");
  const stranger = new WebSocket(
    `wss://127.0.0.1:${server.port}/api/v1/namespaces/default/pods/other/exec?command=a`,
    ["v5.channel.k8s.io"],
    { ca: server.caCert },
  );
  await expect(
    new Promise((_, reject) => {
      stranger.on("error", reject);
    }),
  ).rejects.toThrow("401");
  const api = openApi(server.kubeconfig());
  const { status } = await api.get("/api/v1/namespaces/default/pods/other/exec?command=a");
  expect(status).toBe(400);
  api.close();
});

test.each([
  [
    "exec:\n  - comand: a\n",
    'tests/simulate.yaml:2:5: unknown field comand, did you mean "command"?',
  ],
  ["exec:\n  - command: '('\n", "tests/simulate.yaml:2:14: command: error parsing regexp"],
  ["exec:\n  - command: a\n    exitCode: 300\n", "tests/simulate.yaml:3:15: exitCode: expected"],
  [
    "exec:\n  - command: a\n    answers:\n      - after: soon\n",
    "tests/simulate.yaml:4:16: after: expected a time",
  ],
  ["exec: 1\n", "tests/simulate.yaml:1:7: expected a list"],
])("finds what is wrong in %j", (text, words) => {
  const { rules, issues } = readExecRules(text, "tests/simulate.yaml");
  expect(rules).toEqual([]);
  const texts = issues.map(({ at, message }) => `${at?.file}:${at?.line}:${at?.col}: ${message}`);
  expect(texts.join("\n")).toContain(words);
});
