import type { Agent, IncomingHttpHeaders } from "node:http";

/** How requests leave kplan and answers come back. The real one is `httpExchange`; tests of packages have one without a network. */
export interface Exchange {
  /** Sends a request and reads the whole answer. Throws ExchangeFailure, or the signal's reason. */
  exchange(request: ExchangeRequest): Promise<Answer>;
  /** Sends a request and hands out the answer as soon as its head is there. Throws as `exchange` does. */
  open(request: ExchangeRequest): Promise<OpenAnswer>;
  /** Runs a command in a container and waits for its end. Throws as `exchange` does. */
  exec(request: ExecRequest): Promise<ExecAnswer>;
}

/** One request, sent once. */
export interface ExchangeRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: string | undefined;
  readonly agent: Agent;
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
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** An answer whose body is still coming. */
export interface OpenAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
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

/** A command in a container: `url` is that of the `exec` subresource, with the command in its query. */
export interface ExecRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly agent: Agent;
  /** What the command reads; undefined when it reads nothing. */
  readonly stdin: string | undefined;
  /** Bytes of output that are kept; more is `too-much`. */
  readonly mostOutput: number;
  readonly signal: AbortSignal;
}

/** How a command in a container ended; `status` is the text of the Status that says so (Kubernetes, remotecommand). */
export type ExecAnswer =
  | {
      readonly kind: "ended";
      readonly stdout: string;
      /** Standard output as it came; that of the text when absent. */
      readonly bytes?: Uint8Array;
      readonly stderr: string;
      readonly status: string;
    }
  | { readonly kind: "refused"; readonly answer: Answer }
  | { readonly kind: "too-much" };
