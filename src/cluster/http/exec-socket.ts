import type { IncomingMessage } from "node:http";
import type { RawData, WebSocket } from "ws";
import { after } from "../../model/clock.ts";
import { realClock } from "../../model/real-clock.ts";
import { type Answer, ExchangeFailure, type ExecAnswer, type ExecRequest } from "./exchange.ts";
import { onAbort } from "./on-abort.ts";

/** Subprotocols of an exec over WebSocket, newest first; servers before 1.30 know v4 only. */
const PROTOCOLS = ["v5.channel.k8s.io", "v4.channel.k8s.io"];
/** First byte of each message. */
const CHANNEL = { stdin: 0, stdout: 1, stderr: 2, status: 3, close: 255 } as const;

/** How long silence is borne, in milliseconds: a command may say nothing for hours, but a connection that died must not look like one. */
export interface Silence {
  /** From the request to its answer: the pod's node is asked in between. */
  readonly handshake: number;
  /** Between two questions whether the other side is there (ping, RFC 6455 section 5.5.2). */
  readonly ping: number;
  /** Without anything heard, though it was asked. */
  readonly most: number;
}

const SILENCE: Silence = { handshake: 30_000, ping: 15_000, most: 60_000 };

/** `Exchange.exec` over a WebSocket (Kubernetes, remotecommand). */
export async function execOverSocket(
  request: ExecRequest,
  silence: Silence = SILENCE,
): Promise<ExecAnswer> {
  const { agent, headers, signal } = request;
  const { WebSocket } = await import("ws");
  signal.throwIfAborted();
  const url = new URL(request.url);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  const { handshake: handshakeTimeout } = silence;
  const how = { agent, headers, perMessageDeflate: false, handshakeTimeout };
  const socket = new WebSocket(url, PROTOCOLS, how);
  return await conversation(socket, request, silence);
}

/** Talks until the server says how the command ended. */
function conversation(
  socket: WebSocket,
  { stdin, signal, mostOutput, url }: ExecRequest,
  silence: Silence,
): Promise<ExecAnswer> {
  return new Promise((resolve, reject) => {
    const output: { [channel: number]: Buffer[] } = { 1: [], 2: [] };
    let size = 0;
    let stopAsking = (): void => undefined;
    const settle = (then: () => void): void => {
      release();
      stopAsking();
      then();
      socket.terminate();
    };
    const answer = (value: ExecAnswer): void => settle(() => resolve(value));
    const fail = (error: unknown): void => settle(() => reject(error));
    const release = onAbort(signal, () => fail(signal.reason));
    const lost = (cause?: unknown): void =>
      fail(new ExchangeFailure("sent", `${url.host}: the connection broke`, { cause }));

    socket.on("unexpected-response", (_request, response) => {
      refusal(response).then((refused) => answer({ kind: "refused", answer: refused }), fail);
    });
    socket.on("error", lost);
    socket.on("close", () => lost());
    socket.on("open", () => {
      stopAsking = keepAsking(socket, silence, () => lost());
      if (stdin === undefined) return;
      socket.send(Buffer.concat([Buffer.from([CHANNEL.stdin]), Buffer.from(stdin)]));
      if (socket.protocol === PROTOCOLS[0])
        socket.send(Buffer.from([CHANNEL.close, CHANNEL.stdin]));
    });
    socket.on("message", (data: RawData) => {
      const bytes = bytesOf(data);
      const channel = bytes[0] ?? CHANNEL.close;
      if (channel === CHANNEL.status) {
        const status = bytes.subarray(1).toString("utf8");
        return answer({
          kind: "ended",
          bytes: Buffer.concat(output[CHANNEL.stdout] ?? []),
          stdout: text(output[CHANNEL.stdout]),
          stderr: text(output[CHANNEL.stderr]),
          status,
        });
      }
      size += bytes.length;
      if (size > mostOutput) return answer({ kind: "too-much" });
      output[channel]?.push(bytes.subarray(1));
    });
  });
}

/**
 * Asks the other side again and again whether it is there; `gone` is called when nothing was heard for too long. Counted are questions, not time: this process may have
 * stood still. Returns what ends it.
 */
function keepAsking(socket: WebSocket, { ping, most }: Silence, gone: () => void): () => void {
  let unanswered = 0;
  const hear = (): void => {
    unanswered = 0;
  };
  socket.on("pong", hear);
  socket.on("message", hear);
  const ask = (): void => {
    if (unanswered * ping >= most) {
      gone();
      return;
    }
    unanswered += 1;
    socket.ping();
    stop = after(realClock, ping, ask);
  };
  let stop = after(realClock, ping, ask);
  return () => stop();
}

async function refusal(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks).toString("utf8");
  return { status: response.statusCode ?? 0, headers: response.headers, body };
}

function bytesOf(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}

function text(pieces: readonly Buffer[] | undefined): string {
  return Buffer.concat(pieces ?? []).toString("utf8");
}
