import type { ServerResponse } from "node:http";
import { afterEach, expect, test } from "vitest";
import type { Api } from "../../src/cluster/api.ts";
import { WATCH_TIMING, type WatchTiming, watchObjects } from "../../src/cluster/watch-objects.ts";
import type { WatchEvent } from "../../src/model/cluster.ts";
import { apiOver, statusBody } from "../support/api-over.ts";
import {
  type FaultServer,
  type Reaction,
  type Received,
  startFaultServer,
} from "../support/fault-server.ts";

const open: { server: FaultServer; api: Api; controller: AbortController }[] = [];
afterEach(async () => {
  for (const { server, api, controller } of open.splice(0)) {
    controller.abort();
    api.transport.close();
    await server.close();
  }
});

const QUICK: WatchTiming = {
  ...WATCH_TIMING,
  shortLife: 30,
  backOff: [10, 50],
  poll: 20,
  silence: 150,
};
const what = { apiVersion: "v1", kind: "Pod", namespace: "db", name: "p" };

interface Server {
  readonly react: (request: Received, n: number) => Reaction;
  readonly timing?: WatchTiming;
}

/** Watches a server until `enough` events came, and tells what came. */
async function watching({ react, timing = QUICK }: Server): Promise<{
  events: WatchEvent[];
  controller: AbortController;
  server: FaultServer;
  done: Promise<void>;
}> {
  const server = await startFaultServer(react);
  const api = apiOver(server.url);
  const controller = new AbortController();
  open.push({ server, api, controller });
  const events: WatchEvent[] = [];
  const follow = async (): Promise<void> => {
    for await (const event of watchObjects(api, what, controller.signal, timing))
      events.push(event);
  };
  const done = follow();
  done.catch(() => undefined);
  return { events, controller, server, done };
}

const pod = (version: string): object => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "p", resourceVersion: version },
});
const list = (version: string, ...items: object[]): Reaction => ({
  status: 200,
  body: { kind: "PodList", metadata: { resourceVersion: version }, items },
});
const isWatch = ({ query }: Received): boolean => query.has("watch");
const lines = (...events: object[]): string =>
  events.map((event) => `${JSON.stringify(event)}\n`).join("");
const send = (text: string, then: (response: ServerResponse) => void): Reaction => ({
  stream: (response) => {
    response.writeHead(200);
    response.write(text, () => then(response));
  },
});
const end = (response: ServerResponse): void => {
  response.end();
};
const hold = (): void => undefined;
const summary = (events: readonly WatchEvent[]): string[] =>
  events.map((event) => {
    if (event.type === "listed") return `listed ${event.items.length}`;
    if (event.type === "polling") return "polling";
    return `${event.type} ${event.object.metadata.resourceVersion}`;
  });

test("lists, follows, and goes on from the last version when the server ends a watch", async () => {
  const { events, server } = await watching({
    react: (request, n) => {
      if (!isWatch(request)) return list("4");
      if (n === 2)
        return send(
          lines({ type: "ADDED", object: pod("5") }, { type: "MODIFIED", object: pod("6") }),
          end,
        );
      if (n === 3) return send(lines({ type: "BOOKMARK", object: pod("9") }), end);
      return send(lines({ type: "DELETED", object: pod("10") }), hold);
    },
  });
  await expect
    .poll(() => summary(events))
    .toEqual(["listed 0", "added 5", "modified 6", "deleted 10"]);
  const asked = server.received.filter(isWatch).map(({ query }) => query.get("resourceVersion"));
  expect(asked).toEqual(["4", "6", "9"]);
  const [first] = server.received.filter(isWatch);
  expect(first?.path).toBe("/api/v1/namespaces/db/pods");
  expect(first?.query.get("fieldSelector")).toBe("metadata.name=p");
  expect(first?.query.get("allowWatchBookmarks")).toBe("true");
  expect(Number(first?.query.get("timeoutSeconds"))).toBeGreaterThanOrEqual(240);
});

const EXPIRED = { type: "ERROR", object: statusBody(410, "Expired", "too old resource version") };
test.each<[string, Reaction]>([
  ["in the stream", send(lines(EXPIRED), end)],
  ["as the answer", { status: 410, body: statusBody(410, "Expired", "too old resource version") }],
])("a version that is too old, told %s, lists anew", async (_, expired) => {
  const { events } = await watching({
    react: (request, n) => {
      if (!isWatch(request)) return n === 1 ? list("4", pod("4")) : list("8");
      return n === 2 ? expired : send("", hold);
    },
  });
  await expect.poll(() => summary(events)).toEqual(["listed 1", "listed 0"]);
});

test.each<[string, Reaction]>([
  ["ends each watch at once", send("", end)],
  ["breaks each connection", "reset"],
  [
    "sends an error and ends",
    send(lines({ type: "ERROR", object: statusBody(500, "InternalError", "x") }), end),
  ],
  ["forgets every version", send(lines(EXPIRED), end)],
  ["is overloaded", { status: 429, body: statusBody(429, "TooManyRequests", "busy") }],
])("a server that %s is not stormed", async (_, reaction) => {
  const begin = performance.now();
  const { server } = await watching({
    react: (request) => (isWatch(request) ? reaction : list("4")),
    timing: { ...QUICK, shortLife: 5000, backOff: [40, 80] },
  });
  await expect.poll(() => server.received.length, { interval: 5 }).toBeGreaterThanOrEqual(10);
  // Four waits at least lie between ten requests; without them they take a few milliseconds.
  expect(performance.now() - begin).toBeGreaterThan(180);
});

test("an error again and again makes it list anew, for the version may be to blame", async () => {
  const { events } = await watching({
    react: (request) => (isWatch(request) ? "reset" : list("4")),
  });
  await expect.poll(() => summary(events).length).toBeGreaterThanOrEqual(2);
});

test("too long a silence ends the connection", async () => {
  const { server } = await watching({
    react: (request) =>
      isWatch(request) ? send(lines({ type: "BOOKMARK", object: pod("5") }), hold) : list("4"),
  });
  await expect.poll(() => server.received.filter(isWatch).length).toBeGreaterThanOrEqual(2);
  expect(server.received.filter((request) => !isWatch(request)).length).toBe(1);
});

test("where watching is forbidden it polls, says so once, and tells only changes", async () => {
  let version = 4;
  const { events, server } = await watching({
    react: (request) =>
      isWatch(request)
        ? {
            status: 403,
            body: statusBody(
              403,
              "Forbidden",
              'pods is forbidden: User "bob" cannot watch resource "pods" in API group "" in the namespace "db"',
              { kind: "pods" },
            ),
          }
        : list(String(version), pod(String(version))),
  });
  await expect.poll(() => server.received.length).toBeGreaterThanOrEqual(4);
  expect(summary(events)).toEqual(["listed 1", "polling"]);
  expect(events[1]).toEqual({
    type: "polling",
    reason: "user bob may not watch pods in namespace db (Pod p)",
  });
  version = 5;
  await expect.poll(() => summary(events)).toEqual(["listed 1", "polling", "listed 1"]);
});

test("what cannot mend itself ends the watch with an error", async () => {
  const { done } = await watching({
    react: () => ({ status: 403, body: statusBody(403, "Forbidden", "no", { kind: "pods" }) }),
  });
  await expect(done).rejects.toMatchObject({ kind: "forbidden" });
});

test("a list that fails for a while is asked again", async () => {
  const { events } = await watching({
    react: (request, n) =>
      isWatch(request) ? send("", hold) : n < 3 ? { status: 503, body: "none" } : list("4"),
  });
  await expect.poll(() => summary(events)).toEqual(["listed 0"]);
});

test("an abort ends the watch without an error, and its connection", async () => {
  const { server, controller, done } = await watching({
    react: (request) => (isWatch(request) ? send("", hold) : list("4")),
  });
  await expect.poll(() => server.received.length).toBe(2);
  controller.abort();
  await done;
  await expect.poll(() => server.connections()).toBe(0);
});

test("leaving the loop ends the connection", async () => {
  const server = await startFaultServer((request) =>
    isWatch(request) ? send(lines({ type: "ADDED", object: pod("5") }), hold) : list("4"),
  );
  const api = apiOver(server.url);
  const controller = new AbortController();
  open.push({ server, api, controller });
  for await (const event of watchObjects(api, what, controller.signal, QUICK))
    if (event.type === "added") break;
  await expect.poll(() => server.connections()).toBeLessThanOrEqual(1);
  expect(server.received.length).toBe(2);
});

test("closing the client ends its watches", async () => {
  const { server, done } = await watching({
    react: (request) => (isWatch(request) ? send("", hold) : list("4")),
  });
  await expect.poll(() => server.received.length).toBe(2);
  open[0]?.api.transport.close();
  await done;
  await expect.poll(() => server.connections()).toBe(0);
});
