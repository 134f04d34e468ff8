import type { ServerResponse } from "node:http";
import { afterEach, expect, test } from "vitest";
import type { Api } from "../../src/cluster/api.ts";
import { FOLLOW_TIMING, followLog } from "../../src/cluster/follow-log.ts";
import { ClusterError } from "../../src/model/cluster.ts";
import { apiOver, statusBody } from "../support/api-over.ts";
import {
  type FaultServer,
  type Reaction,
  type Received,
  startFaultServer,
} from "../support/fault-server.ts";

const open: { server: FaultServer; api: Api }[] = [];
afterEach(async () => {
  for (const { server, api } of open.splice(0)) {
    api.transport.close();
    await server.close();
  }
});

const pod = { apiVersion: "v1", kind: "Pod", namespace: "db", name: "p" };
const QUICK = { ...FOLLOW_TIMING, backOff: [5, 20] as const };

/** Follows the log of a server whose n-th answers about the log are these, with the pod in these states. */
async function follow(
  logs: readonly Reaction[],
  states: readonly object[],
  options: { readonly silence?: number } = {},
): Promise<{ lines: string[]; asked: (string | null)[]; error: unknown; server: FaultServer }> {
  let looks = 0;
  let reads = 0;
  const server = await startFaultServer(({ path }: Received): Reaction => {
    if (path.endsWith("/log")) return logs[reads++] ?? "silence";
    const state = states[Math.min(looks++, states.length - 1)];
    return { status: 200, body: state };
  });
  const api = apiOver(server.url);
  open.push({ server, api });
  const lines: string[] = [];
  let error: unknown;
  const timing = { ...QUICK, ...options };
  try {
    const signal = new AbortController().signal;
    for await (const line of followLog(api, pod, { signal }, timing)) lines.push(line);
  } catch (thrown) {
    error = thrown;
  }
  const isLog = ({ path }: Received): boolean => path.endsWith("/log");
  const asked = server.received.filter(isLog).map(({ query }) => query.get("sinceTime"));
  return { lines, asked, error, server };
}

const podIn = (state: object, more: object = {}): object => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "p", namespace: "db", uid: "1" },
  spec: { containers: [{ name: "main" }, { name: "other" }] },
  status: { phase: "Running", containerStatuses: [{ name: "main", state, ...more }] },
});
const RUNNING = podIn({ running: {} });
const ENDED = podIn({ terminated: { exitCode: 0 } });
const stamped = (...words: string[]): string =>
  words.map((word) => `2026-01-01T00:00:0${word}\n`).join("");
const log = (text: string, then: (response: ServerResponse) => void): Reaction => ({
  stream: (response) => {
    response.writeHead(200);
    response.write(text, () => then(response));
  },
});
const end = (response: ServerResponse): void => {
  response.end();
};
const cut = (response: ServerResponse): void => {
  response.socket?.destroy();
};
const hold = (): void => undefined;

test("a broken connection is begun anew without repeating a line, and it ends with the container", async () => {
  const { lines, asked, error, server } = await follow(
    [
      log(stamped("1.25Z a", "2.5Z b", "2.5Z b"), cut),
      log(stamped("2.5Z b", "2.5Z b", "2.5Z c", "3Z d"), end),
      log(stamped("3Z d", "3.000000001Z e"), end),
    ],
    [RUNNING, RUNNING, ENDED],
  );
  expect([lines, error]).toEqual([["a", "b", "b", "c", "d", "e"], undefined]);
  expect(asked).toEqual([null, "2026-01-01T00:00:02Z", "2026-01-01T00:00:03Z"]);
  const { query } = server.received.find(({ path }) => path.endsWith("/log")) ?? {};
  expect([query?.get("container"), query?.get("follow"), query?.get("timestamps")]).toEqual([
    "main",
    "true",
    "true",
  ]);
});

const STARTING = statusBody(
  400,
  "BadRequest",
  'container "main" in pod "p" is waiting to start: ContainerCreating',
);

test.each<[string, readonly Reaction[], readonly object[], readonly string[]]>([
  [
    "waits for a container that is being made",
    [{ status: 400, body: STARTING }, log(stamped("1Z a"), end)],
    [podIn({ waiting: {} }), podIn({ waiting: {} }), ENDED],
    ["a"],
  ],
  [
    "ends when the container was restarted",
    [log(stamped("1Z a"), end)],
    [RUNNING, podIn({ running: {} }, { restartCount: 1 })],
    ["a"],
  ],
  [
    "ends with its pod, though another has its name",
    [log(stamped("1Z a"), end)],
    [RUNNING, { ...RUNNING, metadata: { name: "p", namespace: "db", uid: "2" } }],
    ["a"],
  ],
  [
    "goes on when the node was out of reach for a while",
    ["reset", { status: 502, body: "bad gateway" }, log(stamped("1Z a"), end)],
    [RUNNING, RUNNING, ENDED],
    ["a"],
  ],
])("%s", async (_, logs, states, expected) => {
  const { lines, error } = await follow(logs, states);
  expect([lines, error]).toEqual([expected, undefined]);
});

test("begins anew after too long a silence", async () => {
  const { lines } = await follow(
    [log(stamped("1Z a"), hold), log(stamped("1Z a", "2Z b"), end)],
    [RUNNING, ENDED],
    { silence: 50 },
  );
  expect(lines).toEqual(["a", "b"]);
});

test("says what cannot mend itself", async () => {
  const forbidden = statusBody(403, "Forbidden", 'pods "p" is forbidden: no log for you');
  const { error } = await follow([{ status: 403, body: forbidden }], [RUNNING]);
  expect(error).toBeInstanceOf(ClusterError);
  expect(error).toMatchObject({ kind: "forbidden" });
  const notValid = statusBody(400, "BadRequest", "container main is not valid for pod p");
  const other = await follow([{ status: 400, body: notValid }], [RUNNING]);
  expect(other.error).toMatchObject({ kind: "invalid" });
});

test("ends when it is told to", async () => {
  const server = await startFaultServer(({ path }) =>
    path.endsWith("/log") ? log(stamped("1Z a"), hold) : { status: 200, body: RUNNING },
  );
  const api = apiOver(server.url);
  open.push({ server, api });
  const controller = new AbortController();
  const lines: string[] = [];
  for await (const line of followLog(api, pod, { signal: controller.signal }, QUICK)) {
    lines.push(line);
    controller.abort();
  }
  expect(lines).toEqual(["a"]);
});
