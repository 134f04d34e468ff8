import {
  createServer as createHttpServer,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { selfSigned } from "./self-signed.ts";

/** A request as the server got it. */
export interface Received {
  readonly method: string;
  /** Path without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
  readonly body: unknown;
}

/**
 * How the server reacts: an answer; `reset`: the connection breaks without one; `silence`: nothing ever comes; `cut`: the answer breaks off in its middle;
 * `stream`: the answer's body is written by the test.
 */
export type Reaction =
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: unknown }
  | "reset"
  | "silence"
  | "cut"
  | { readonly stream: (response: ServerResponse) => void };

/** An API server that misbehaves as it is told. */
export interface FaultServer {
  readonly url: string;
  /** PEM of the authority to trust; empty without TLS. */
  readonly ca: string;
  readonly received: readonly Received[];
  /** Connections that are open now. */
  connections(): number;
  close(): Promise<void>;
}

/** Starts a server on the loopback that reacts to its n-th request (from 1) as `react` says. */
export async function startFaultServer(
  react: (request: Received, n: number) => Reaction,
  options: { readonly tls?: { readonly hosts: readonly string[] } } = {},
): Promise<FaultServer> {
  const received: Received[] = [];
  const sockets = new Set<Socket>();
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const text: string[] = [];
    request.setEncoding("utf8");
    for await (const piece of request) text.push(String(piece));
    const url = new URL(request.url ?? "/", "http://x");
    const got = {
      method: request.method ?? "",
      path: decodeURIComponent(url.pathname),
      query: url.searchParams,
      headers: request.headers,
      body: text.length === 0 ? undefined : (JSON.parse(text.join("")) as unknown),
    };
    received.push(got);
    answer(react(got, received.length), request.socket, response);
  };
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    // A client that goes away while its request is read is what these tests are about.
    handle(request, response).catch(() => request.socket.destroy());
  };
  const pair = options.tls === undefined ? undefined : await selfSigned(options.tls.hosts);
  const server = pair ? createHttpsServer(pair, listener) : createHttpServer(listener);
  server.on(pair ? "secureConnection" : "connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket)).on("error", () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${pair ? "https" : "http"}://127.0.0.1:${port}`,
    ca: pair?.cert ?? "",
    received,
    connections: () => sockets.size,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function answer(reaction: Reaction, socket: Socket, response: ServerResponse): void {
  if (reaction === "silence") return;
  if (reaction === "reset") {
    socket.destroy();
    return;
  }
  if (reaction === "cut") {
    response.writeHead(200, { "content-type": "application/json", "content-length": "1000" });
    response.write('{"kind":', () => socket.destroy());
    return;
  }
  if ("stream" in reaction) {
    reaction.stream(response);
    return;
  }
  const { status, headers, body } = reaction;
  const text = typeof body === "string" ? body : JSON.stringify(body ?? {});
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(text);
}
