import { randomBytes } from "node:crypto";
import type {
  ClientRequest,
  IncomingHttpHeaders,
  IncomingMessage,
  ServerResponse,
} from "node:http";
import { Agent, createServer, request } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "node:tls";
import { load } from "js-yaml";
import { type Connection, connectionOf, entriesOf, type KubeConfig } from "../connection-of.ts";
import { selfSigned } from "../self-signed.ts";
import { type AsksFor, asksFor } from "./api-request.ts";
import type { ChooseFault, Fault } from "./choose-fault.ts";
import { faultAnswer, STALE_WATCH } from "./fault-answer.ts";

/** A proxy before an API server, in which requests meet faults. */
export interface FaultProxy {
  /** Text of a kubeconfig that leads through it, to the same cluster as the same user. */
  readonly kubeconfig: string;
  /** Requests that came so far, those that met a fault too. */
  readonly requests: () => number;
  /** How many requests there were of each verb and resource (`get pods`). */
  readonly verbs: () => Readonly<Record<string, number>>;
  /** How many requests met each fault. */
  readonly faults: () => Readonly<Record<string, number>>;
  readonly close: () => Promise<void>;
}

/** What a proxy does to requests. */
export interface FaultProxyOptions {
  readonly choose: ChooseFault;
  /** Milliseconds that `delay` takes; 5000 when absent. */
  readonly delay?: number;
}

/**
 * Starts a proxy on the loopback, with a certificate of its own, before the server that a kubeconfig (its text) leads to. Passes everything on, watches and
 * WebSockets too, as the kubeconfig's user: clients of the proxy know only a token of its own.
 */
export async function startFaultProxy(
  kubeconfig: string,
  { choose, delay = 5000 }: FaultProxyOptions,
): Promise<FaultProxy> {
  const upstream = connectionOf(kubeconfig);
  const token = randomBytes(24).toString("hex");
  const agent = new Agent({ ...upstream.options, keepAlive: true });
  const verbs = new Map<string, number>();
  const faults = new Map<string, number>();
  const raw = new Map<number, Socket>();
  let requests = 0;
  const pair = await selfSigned(["127.0.0.1"]);

  /** Counts a request and says what shall go wrong with it. */
  const begin = (asks: AsksFor): Fault | undefined => {
    requests += 1;
    count(verbs, `${asks.verb} ${asks.resource}${asks.subresource && `/${asks.subresource}`}`);
    const fault = choose(asks);
    if (fault !== undefined) count(faults, fault);
    return fault;
  };
  /** A broken connection as a broken one looks: an RST, no farewell of TLS. */
  const reset = (incoming: IncomingMessage): void => {
    const socket = raw.get(incoming.socket.remotePort ?? 0);
    if (socket) socket.resetAndDestroy();
    else incoming.socket.destroy();
  };

  const handle = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const pieces: Buffer[] = [];
    for await (const piece of incoming) pieces.push(piece as Buffer);
    const body = Buffer.concat(pieces);
    const asks = asksFor(incoming.method ?? "GET", incoming.url ?? "/", body.toString());
    if (incoming.headers.authorization !== `Bearer ${token}`) {
      response.writeHead(401).end();
      return;
    }
    const fault = begin(asks);
    switch (fault) {
      case "conflict":
      case "expired":
      case "busy":
      case "internal":
      case "unavailable": {
        const answer = faultAnswer(fault, asks, requests);
        response.writeHead(answer.status, { ...answer.headers, date: new Date().toUTCString() });
        response.end(answer.body);
        return;
      }
      case "stale":
        response.writeHead(200, { "content-type": "application/json" }).end(STALE_WATCH);
        return;
      case "half-open":
        return;
      case "reset-before":
        reset(incoming);
        return;
      case "reset-after":
        await forward({ upstream, agent, incoming, body }, (answer) => {
          answer.resume();
          if (asks.verb === "watch") reset(incoming);
          else answer.on("end", () => reset(incoming));
        });
        return;
      case "delay":
        await sleep(delay);
        break;
      case undefined:
        break;
    }
    await forward({ upstream, agent, incoming, body }, (answer, call) => {
      response.writeHead(answer.statusCode ?? 502, passed(answer.headers));
      answer.pipe(response);
      answer.on("error", () => response.destroy());
      response.on("close", () => call.destroy());
    });
  };

  const server = createServer(pair, (incoming, response) => {
    handle(incoming, response).catch(() => reset(incoming));
  });
  server.on("connection", (socket: Socket) => {
    const { remotePort = 0 } = socket;
    raw.set(remotePort, socket);
    socket.on("close", () => raw.delete(remotePort)).on("error", () => {});
  });
  server.on("secureConnection", (socket: Socket) => socket.on("error", () => {}));
  server.on("upgrade", (incoming: IncomingMessage, socket: Socket, head: Buffer) => {
    socket.on("error", () => {});
    if (incoming.headers.authorization !== `Bearer ${token}`) return void socket.destroy();
    const asks = asksFor(incoming.method ?? "GET", incoming.url ?? "/");
    const fault = begin(asks);
    switch (fault) {
      case "conflict":
      case "expired":
      case "busy":
      case "internal":
      case "unavailable": {
        const { status, headers, body } = faultAnswer(fault, asks, requests);
        const lines = Object.entries({ ...headers, "content-length": Buffer.byteLength(body) });
        const text = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
        return void socket.end(
          `HTTP/1.1 ${status} Fault\r\n${text}connection: close\r\n\r\n${body}`,
        );
      }
      case "reset-before":
      case "stale":
        return void reset(incoming);
      case "half-open":
        return;
      case "reset-after":
        tunnel(upstream, incoming, { socket, head });
        // The command has begun; what it says is lost.
        setTimeout(() => reset(incoming), 100).unref();
        return;
      case "delay":
        setTimeout(() => tunnel(upstream, incoming, { socket, head }), delay).unref();
        return;
      case undefined:
        return tunnel(upstream, incoming, { socket, head });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;

  return {
    kubeconfig: throughProxy(kubeconfig, { port, ca: pair.cert, token }),
    requests: () => requests,
    verbs: () => Object.fromEntries(verbs),
    faults: () => Object.fromEntries(faults),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of raw.values()) socket.destroy();
        agent.destroy();
      }),
  };
}

/** Sends a request on; rejects when no answer begins. */
function forward(
  of: {
    readonly upstream: Connection;
    readonly agent: Agent;
    readonly incoming: IncomingMessage;
    readonly body: Buffer;
  },
  answered: (answer: IncomingMessage, call: ClientRequest) => void,
): Promise<void> {
  const { upstream, agent, incoming, body } = of;
  return new Promise((resolve, reject) => {
    const call = request(new URL(incoming.url ?? "/", upstream.server), {
      agent,
      method: incoming.method,
      headers: { ...passed(incoming.headers), ...upstream.headers },
    });
    call.on("error", reject);
    call.on("response", (answer) => {
      answered(answer, call);
      resolve();
    });
    call.end(body);
  });
}

/** Passes a WebSocket on, byte by byte. */
function tunnel(
  upstream: Connection,
  incoming: IncomingMessage,
  { socket, head }: { readonly socket: Socket; readonly head: Buffer },
): void {
  const { hostname, port } = new URL(upstream.server);
  const { ca, cert, key } = upstream.options;
  const onward = connect({ host: hostname, port: Number(port), ca, cert, key } as object, () => {
    const headers = { ...incoming.headers, host: `${hostname}:${port}`, ...upstream.headers };
    const lines = Object.entries(headers).flatMap(([name, value]) =>
      name === "authorization" && upstream.headers.authorization !== value
        ? []
        : [value].flat().map((each) => `${name}: ${each}\r\n`),
    );
    onward.write(`${incoming.method} ${incoming.url} HTTP/1.1\r\n${lines.join("")}\r\n`);
    onward.write(head);
    onward.pipe(socket).pipe(onward);
  });
  onward.on("error", () => socket.destroy());
  onward.on("close", () => socket.destroy());
  socket.on("close", () => onward.destroy());
}

/** Headers that are not of this connection alone. */
function passed(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const { host: _h, connection: _c, authorization: _a, "transfer-encoding": _t, ...rest } = headers;
  return rest;
}

function throughProxy(
  text: string,
  proxy: { readonly port: number; readonly ca: string; readonly token: string },
): string {
  const config = load(text) as KubeConfig;
  const { cluster, user } = entriesOf(config);
  const impersonation = Object.entries(user).filter(([name]) => name.startsWith("as"));
  // JSON is YAML.
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "proxy",
    contexts: [{ name: "proxy", context: { cluster: "proxy", user: "proxy" } }],
    clusters: [
      {
        name: "proxy",
        cluster: {
          ...(cluster.extensions ? { extensions: cluster.extensions } : {}),
          server: `https://127.0.0.1:${proxy.port}`,
          "certificate-authority-data": Buffer.from(proxy.ca).toString("base64"),
        },
      },
    ],
    users: [{ name: "proxy", user: { ...Object.fromEntries(impersonation), token: proxy.token } }],
  });
}

function count(counts: Map<string, number>, what: string): void {
  counts.set(what, (counts.get(what) ?? 0) + 1);
}
