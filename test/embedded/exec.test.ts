import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocket } from "ws";
import { type EmbeddedServer, startServer } from "../../src/embedded/start-server.ts";
import type { KubeObject } from "../../src/model/kube-object.ts";
import { readSimulation } from "../../src/package/read-simulation.ts";
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
  - command: "^set (\\\\w+)=(\\\\w+)"
    stdout: "$(1) is $(2), $(HOME) is home\\n"
    sets: {"phase": "$(2)"}
  - command: ^phase$
    when: {phase: two}
    stdout: "it is two\\n"
  - command: ^phase$
    when: {phase: ""}
    stdout: "nothing yet\\n"
`;

let server: EmbeddedServer;
let time = Date.parse("2026-01-01T00:00:00Z");

beforeAll(async () => {
  const { simulation, issues } = readSimulation(SIMULATE);
  expect(issues).toEqual([]);
  const clock = {
    now: () => new Date(time),
    monotonic: () => time,
    sleep: () => new Promise<void>(() => {}),
  };
  server = await startServer({ controllers: false, simulation, clock });
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

test("groups of the match are filled in, and what is no word stays", async () => {
  const { stdout } = await exec("galera-0", ["set", "phase=one"]);
  expect(stdout).toBe("phase is one, $(HOME) is home\n");
});

test("a pod remembers what answers have set, another does not", async () => {
  const phase = async (pod: string): Promise<string> => (await exec(pod, ["phase"])).stdout;
  expect(await phase("galera-1")).toBe("nothing yet\n");
  await exec("galera-1", ["set", "phase=two"]);
  expect(await phase("galera-1")).toBe("it is two\n");
  expect(await phase("other")).toBe("nothing yet\n");
  await exec("galera-1", ["set", "phase=three"]);
  expect((await exec("galera-1", ["phase"])).stderr).toBe("simulated: no container runs\n");
});

test("a package's rules come from a ConfigMap beside its instance, for its pods alone", async () => {
  const pod = (name: string, instance: string): KubeObject => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "default", labels: { "kudo.dev/instance": instance } },
    spec: { containers: [{ name: "db", image: "i" }] },
  });
  server.api.create(pod("mine-0", "mine"));
  server.api.create(pod("theirs-0", "theirs"));
  const { simulation } = readSimulation("exec: [{command: ^who, stdout: '$(pod)'}]");
  const map = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: {
      name: "mine-simulate",
      namespace: "default",
      labels: { "kudo.dev/instance": "mine", "kplan.dev/simulation": "true" },
    },
    data: { "simulation.json": JSON.stringify(simulation) },
  };
  const made = server.api.create(map);
  expect((await exec("mine-0", ["who"])).stdout).toBe("mine-0");
  expect((await exec("theirs-0", ["who"])).status).toEqual(failed(126));
  server.api.update({ ...made, data: { "simulation.json": "[" } } as KubeObject);
  expect((await exec("mine-0", ["who"])).status).toEqual(failed(126));
});
