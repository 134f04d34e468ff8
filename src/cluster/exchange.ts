import { type Agent as HttpAgent, request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import type { Socket } from "node:net";
import { onAbort } from "./on-abort.ts";

/** One request, sent once. */
export interface ExchangeRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: string | undefined;
  readonly agent: HttpAgent;
  /** Milliseconds until the connection must stand. */
  readonly connectWithin: number;
  /** Milliseconds without a byte from the server after which it is given up. */
  readonly silence: number;
  readonly signal: AbortSignal;
  /** Called when the request's bytes can leave: from then on the server may have it. */
  readonly onSent?: () => void;
}

/** A complete answer. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** An answer whose body is still coming. */
export interface OpenAnswer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  /** The body, piece by piece; throws ExchangeFailure when it breaks off. Ends the connection when left early. */
  readonly chunks: AsyncGenerator<Buffer, void, undefined>;
  /** Changes the silence limit from now on. */
  setSilence(milliseconds: number): void;
}

/**
 * No (complete) answer. `unsent`: the server surely did not get the request; `tls`: nor will it, the two do not trust each other;
 * `sent`: it may have been carried out.
 */
export class ExchangeFailure extends Error {
  override readonly name = "ExchangeFailure";
  readonly phase: "unsent" | "tls" | "sent";
  /** Nobody answered in time. */
  readonly timedOut: boolean;

  constructor(
    phase: "unsent" | "tls" | "sent",
    message: string,
    details: { readonly timedOut?: boolean; readonly cause?: unknown } = {},
  ) {
    super(message, { cause: details.cause });
    this.phase = phase;
    this.timedOut = details.timedOut ?? false;
  }
}

/** Sends a request and reads the whole answer. Throws ExchangeFailure, or the signal's reason. */
export async function exchange(request: ExchangeRequest): Promise<Answer> {
  const answer = await open(request);
  const chunks: Buffer[] = [];
  for await (const chunk of answer.chunks) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString("utf8");
  return { status: answer.status, headers: answer.headers, body };
}

/** Sends a request and hands out the answer as soon as its head is there. Throws as `exchange` does. */
export function open(request: ExchangeRequest): Promise<OpenAnswer> {
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
