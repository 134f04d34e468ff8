import { createHash, timingSafeEqual } from "node:crypto";
import { setMaxListeners } from "node:events";
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import type { ServerIdentity } from "../daemon/certificate.ts";
import { answerExec } from "../exec/exec-socket.ts";
import type { ServerState } from "../server-state.ts";
import { answerRequest, failureAnswer, sendAnswer } from "./answer-request.ts";
import { ApiError } from "./api-error.ts";
import type { ApiAnswer } from "./request.ts";

/** A listening server. */
export interface Listening {
  readonly server: Server;
  readonly port: number;
  /** Requests answered so far. */
  readonly requests: () => number;
  /** Watches and other requests that are open. */
  readonly open: () => number;
  close(): Promise<void>;
}

/** What a listener is given. */
export interface ListenOptions {
  readonly state: ServerState;
  readonly identity: ServerIdentity;
  /** 0: any free port. */
  readonly port: number;
}

/** Listens on loopback with TLS; every request must carry the token and a Host of this server. */
export async function listen({ state, identity, port }: ListenOptions): Promise<Listening> {
  const { cert, key, token } = identity;
  const closing = new AbortController();
  // Every open watch listens to it: more than ten of them are no leak.
  setMaxListeners(0, closing.signal);
  const expected = digest(`Bearer ${token}`);
  let requests = 0;
  let open = 0;
  const sockets = new Set<Duplex>();
  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    requests++;
    open++;
    outgoing.on("close", () => open--);
    try {
      checkHost(incoming, (server.address() as AddressInfo).port);
      checkToken(incoming, expected);
    } catch (error) {
      sendAnswer(outgoing, failureAnswer(error));
      return;
    }
    await answerRequest(state, incoming, outgoing, closing.signal);
  };
  const server = createServer({ cert, key, keepAliveTimeout: 120_000 }, (incoming, outgoing) => {
    void answer(incoming, outgoing);
  });
  const upgrade = async (
    incoming: IncomingMessage,
    socket: Duplex,
    head: Buffer,
  ): Promise<void> => {
    requests++;
    open++;
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => {
      open--;
      sockets.delete(socket);
    });
    try {
      checkHost(incoming, (server.address() as AddressInfo).port);
      checkToken(incoming, expected);
      await answerExec({ state, incoming, socket, head });
    } catch (error) {
      socket.end(rawAnswer(failureAnswer(error)));
    }
  };
  server.on("upgrade", (incoming: IncomingMessage, socket: Duplex, head: Buffer) => {
    void upgrade(incoming, socket, head);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return {
    server,
    port: (server.address() as AddressInfo).port,
    requests: () => requests,
    open: () => open,
    close: async () => {
      closing.abort();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** Keeps web pages that resolve to loopback away (DNS rebinding). */
function checkHost({ headers }: IncomingMessage, port: number): void {
  const known = ["127.0.0.1", "localhost", "[::1]"].map((host) => `${host}:${port}`);
  if (!known.includes(headers.host ?? ""))
    throw new ApiError(403, "Forbidden", "this server answers on its loopback address only");
}

function checkToken({ headers }: IncomingMessage, expected: Buffer): void {
  if (!timingSafeEqual(digest(headers.authorization ?? ""), expected))
    throw new ApiError(401, "Unauthorized", "Unauthorized");
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

/** An answer on a connection that was to be upgraded. */
function rawAnswer({ code, body }: ApiAnswer): string {
  const text = JSON.stringify(body);
  const head = [
    `HTTP/1.1 ${code} ${STATUS_CODES[code] ?? ""}`,
    "content-type: application/json",
    `content-length: ${Buffer.byteLength(text)}`,
    "connection: close",
  ];
  return `${head.join("\r\n")}\r\n\r\n${text}`;
}
