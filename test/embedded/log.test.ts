import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connect } from "../../src/cluster/kube.ts";
import { type EmbeddedServer, startServer } from "../../src/embedded/start-server.ts";
import type { Cluster } from "../../src/model/cluster.ts";
import type { ObjectRef } from "../../src/model/kube-object.ts";
import { readSimulation } from "../../src/package/read-simulation.ts";
import { type Api, openApi } from "../support/api.ts";

const SIMULATE = `
logs:
  - {pods: "tick-*", container: db, lines: ["$(pod) a", "$(ordinal) b"], every: 10ms, repeat: true}
  - {pods: "once", lines: [first, second], every: 1ms}
`;

let server: EmbeddedServer;
let api: Api;
let cluster: Cluster;
let folder: string;

beforeAll(async () => {
  server = await startServer({
    controllers: false,
    simulation: readSimulation(SIMULATE).simulation,
  });
  api = openApi(server.kubeconfig());
  folder = mkdtempSync(join(tmpdir(), "kplan-log-"));
  writeFileSync(join(folder, "config"), server.kubeconfig());
  const env = { KUBECONFIG: join(folder, "config") };
  ({ cluster } = await connect({ env, version: "test" }));
});
afterAll(async () => {
  cluster.close();
  api.close();
  await server.close();
  rmSync(folder, { recursive: true });
});

function pod(name: string, startedAt: number, state?: object): ObjectRef {
  const made = server.api.create({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "default" },
    spec: { containers: [{ name: "db", image: "i" }] },
  });
  const time = new Date(startedAt).toISOString();
  const status = {
    phase: "Running",
    startTime: time,
    containerStatuses: [{ name: "db", state: state ?? { running: { startedAt: time } } }],
  };
  server.api.updateStatus({ ...made, status });
  return { apiVersion: "v1", kind: "Pod", name, namespace: "default" };
}

const logOf = async (name: string, query = ""): Promise<unknown> =>
  (await api.get(`/api/v1/namespaces/default/pods/${name}/log${query}`)).body;

test("a log has what was printed until now, or its end, with times if asked for", async () => {
  const start = Date.now() - 60_000;
  const terminated = {
    startedAt: new Date(start).toISOString(),
    finishedAt: new Date(start + 25).toISOString(),
  };
  pod("tick-1", start, { terminated });
  expect(await logOf("tick-1")).toBe("tick-1 a\n1 b\ntick-1 a\n");
  expect(await logOf("tick-1", "?tailLines=1")).toBe("tick-1 a\n");
  const stamps = [0, 10, 20].map((ms) => new Date(start + ms).toISOString());
  expect(await logOf("tick-1", "?timestamps=true")).toBe(
    `${stamps[0]} tick-1 a\n${stamps[1]} 1 b\n${stamps[2]} tick-1 a\n`,
  );
  expect(await logOf("tick-1", `?sinceTime=${stamps[1]}`)).toBe("1 b\ntick-1 a\n");
});

test("a log is followed as it comes, and ends with the pod", async () => {
  const ref = pod("tick-2", Date.now());
  const lines: string[] = [];
  const signal = new AbortController().signal;
  for await (const line of cluster.followLog(ref, { signal })) {
    lines.push(line);
    if (lines.length === 5) await cluster.delete(ref, { gracePeriodSeconds: 0 });
  }
  expect(lines.slice(0, 5)).toEqual(["tick-2 a", "2 b", "tick-2 a", "2 b", "tick-2 a"]);
});

test("a log that is at its end is followed as long as the pod is there", async () => {
  const ref = pod("once", Date.now());
  const lines: string[] = [];
  for await (const line of cluster.followLog(ref, { signal: new AbortController().signal })) {
    lines.push(line);
    if (lines.length === 2) await cluster.delete(ref, { gracePeriodSeconds: 0 });
  }
  expect(lines).toEqual(["first", "second"]);
});

test("without a rule it says that no container runs, once", async () => {
  const ref = pod("other", Date.now());
  expect(await logOf("other")).toBe("simulated: no container runs in pod other\n");
  const ended = new AbortController();
  const lines: string[] = [];
  for await (const line of cluster.followLog(ref, { signal: ended.signal })) {
    lines.push(line);
    ended.abort();
  }
  expect(lines).toEqual(["simulated: no container runs in pod other"]);
});

test("a container that waits to start has no log yet", async () => {
  pod("tick-3", Date.now(), { waiting: { reason: "ContainerCreating" } });
  expect(await logOf("tick-3")).toMatchObject({
    code: 400,
    message: 'container "db" in pod "tick-3" is waiting to start: ContainerCreating',
  });
});

test("a log that is left while its whole answer is there leaves its connection in peace", async () => {
  const start = Date.now() - 1000;
  const terminated = {
    startedAt: new Date(start).toISOString(),
    finishedAt: new Date(start + 100).toISOString(),
  };
  const ref = pod("tick-4", start, { terminated });
  for (let n = 0; n < 10; n++) {
    const left = new AbortController();
    for await (const line of cluster.followLog(ref, { signal: left.signal })) {
      expect(line).toContain("a");
      // By then the answer has come to its end, though no other line of it was read.
      await new Promise((resolve) => setTimeout(resolve, 5));
      left.abort();
      break;
    }
    expect(await cluster.get(ref)).toBeDefined();
  }
});
