import type { IncomingMessage } from "node:http";
import type { RawData, WebSocket } from "ws";
import { type Answer, ExchangeFailure, type ExecAnswer, type ExecRequest } from "./exchange.ts";
import { onAbort } from "./on-abort.ts";

/** Subprotocols of an exec over WebSocket, newest first; servers before 1.30 know v4 only. */
const PROTOCOLS = ["v5.channel.k8s.io", "v4.channel.k8s.io"];
/** First byte of each message. */
const CHANNEL = { stdin: 0, stdout: 1, stderr: 2, status: 3, close: 255 } as const;

/** `Exchange.exec` over a WebSocket (Kubernetes, remotecommand). */
export async function execOverSocket(request: ExecRequest): Promise<ExecAnswer> {
  const { agent, headers, signal } = request;
  const { WebSocket } = await import("ws");
  signal.throwIfAborted();
  const url = new URL(request.url);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  const socket = new WebSocket(url, PROTOCOLS, { agent, headers, perMessageDeflate: false });
  return await conversation(socket, request);
}

/** Talks until the server says how the command ended. */
function conversation(
  socket: WebSocket,
  { stdin, signal, mostOutput, url }: ExecRequest,
): Promise<ExecAnswer> {
  return new Promise((resolve, reject) => {
    const output: { [channel: number]: Buffer[] } = { 1: [], 2: [] };
    let size = 0;
    const settle = (then: () => void): void => {
      release();
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
