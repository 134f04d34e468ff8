import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import type { Socket } from "node:net";
import {
  type Answer,
  type Exchange,
  ExchangeFailure,
  type ExchangeRequest,
  type OpenAnswer,
} from "./exchange.ts";
import { execOverSocket } from "./exec-socket.ts";
import { onAbort } from "./on-abort.ts";

/** Over the network, by node's own HTTP client; commands in pods over WebSockets. */
export const httpExchange: Exchange = { exchange, open, exec: execOverSocket };

async function exchange(request: ExchangeRequest): Promise<Answer> {
  const answer = await open(request);
  const chunks: Buffer[] = [];
  for await (const chunk of answer.chunks) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString("utf8");
  return { status: answer.status, headers: answer.headers, body };
}

function open(request: ExchangeRequest): Promise<OpenAnswer> {
  const { method, url, headers, agent, body, signal } = request;
  if (signal.aborted) return Promise.reject(signal.reason);
  return new Promise((resolve, reject) => {
    const secure = url.protocol === "https:";
    const outgoing = (secure ? httpsRequest : httpRequest)(url, { method, headers, agent });
    let sent = false;
    let limit = request.connectWithin;
    const giveUp = (): void => {
      const what = sent
        ? `no byte from ${url.host} for ${seconds(limit)}`
        : `${url.host} did not take the connection within ${seconds(limit)}`;
      outgoing.destroy(new ExchangeFailure(sent ? "sent" : "unsent", what, { timedOut: true }));
    };
    let timer = setTimeout(giveUp, limit);
    const setSilence = (milliseconds: number): void => {
      limit = milliseconds;
      clearTimeout(timer);
      timer = setTimeout(giveUp, limit);
    };
    let answer: IncomingMessage | undefined;
    const letGo = onAbort(signal, () => {
      // A whole answer has given its connection back already: somebody else may use it by now.
      if (!answer?.complete) outgoing.destroy(asError(signal.reason));
    });
    const release = (): void => {
      clearTimeout(timer);
      letGo();
    };
    const failure = (error: unknown): unknown => {
      if (signal.aborted) return signal.reason;
      return error instanceof ExchangeFailure ? error : failureOf(error, sent, url.host);
    };

    whenConnected(outgoing, secure, () => {
      sent = true;
      request.onSent?.();
      setSilence(request.silence);
    });
    outgoing.on("error", (error) => {
      release();
      reject(failure(error));
    });
    outgoing.on("response", (message) => {
      answer = message;
      timer.refresh();
      resolve({
        status: message.statusCode ?? 0,
        headers: message.headers,
        chunks: chunksOf(message, { touch: () => timer.refresh(), release, failure }),
        setSilence,
      });
    });
    outgoing.end(body);
  });
}

/** Calls back once the request's bytes can leave: at once on a kept connection, after the handshake on a new one. */
function whenConnected(
  outgoing: ReturnType<typeof httpRequest>,
  secure: boolean,
  then: () => void,
): void {
  outgoing.on("socket", (socket: Socket) => {
    if (outgoing.reusedSocket) return then();
    // A socket that came through a proxy's tunnel is handed out after its handshake.
    if (!socket.connecting && !(secure && isHandshaking(socket))) return then();
    socket.once(secure ? "secureConnect" : "connect", then);
  });
}

function isHandshaking(socket: Socket & { readonly secureConnecting?: boolean }): boolean {
  return socket.secureConnecting === true;
}

async function* chunksOf(
  message: IncomingMessage,
  hooks: { touch(): void; release(): void; failure(error: unknown): unknown },
): AsyncGenerator<Buffer, void, undefined> {
  try {
    for await (const chunk of message) {
      hooks.touch();
      yield chunk as Buffer;
    }
  } catch (error) {
    throw hooks.failure(error);
  } finally {
    hooks.release();
    if (!message.complete) message.destroy();
  }
}

const TLS_CODES =
  /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|HOSTNAME_MISMATCH|ERR_OSSL)/;

function failureOf(error: unknown, sent: boolean, host: string): ExchangeFailure {
  const cause = asError(error);
  const code = "code" in cause && typeof cause.code === "string" ? cause.code : "";
  if (!sent && (TLS_CODES.test(code) || code === "EPROTO"))
    return new ExchangeFailure("tls", cause.message, { cause });
  const said = cause.message.includes(host) ? cause.message : `${host}: ${cause.message}`;
  return new ExchangeFailure(sent ? "sent" : "unsent", said, {
    timedOut: code === "ETIMEDOUT",
    cause,
  });
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}

function seconds(milliseconds: number): string {
  return `${Math.round(milliseconds / 100) / 10} s`;
}
