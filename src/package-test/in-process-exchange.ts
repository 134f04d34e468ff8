import type { IncomingHttpHeaders } from "node:http";
import {
  type Answer,
  type Exchange,
  ExchangeFailure,
  type ExchangeRequest,
  type ExecAnswer,
  type OpenAnswer,
} from "../cluster/http/exchange.ts";
import type { InProcessServer } from "../embedded/start-in-process.ts";
import { after, type Clock } from "../model/clock.ts";

/** Requests that go straight to a server of this process; silence is counted on the clock of who asks. */
export function inProcessExchange(server: InProcessServer, clock: Clock): Exchange {
  return {
    exchange: (request) => whole(server, request),
    open: (request) => opened(server, clock, request),
    exec: async ({ url, signal }) => {
      signal.throwIfAborted();
      const answer = server.exec(pathOf(url));
      // Somebody may hang up while the command runs.
      await undefined;
      signal.throwIfAborted();
      return execAnswer(answer);
    },
  };
}

function whole(server: InProcessServer, request: ExchangeRequest): Promise<Answer> {
  const { signal } = request;
  if (signal.aborted) return Promise.reject(signal.reason);
  return new Promise((resolve, reject) => {
    let status = 0;
    let headers: IncomingHttpHeaders = {};
    let body = "";
    request.onSent?.();
    const hangUp = server.answer(messageOf(request), {
      head: (code, given) => {
        status = code;
        headers = given;
      },
      chunk: (text) => {
        body += text;
      },
      end: (complete) => {
        signal.removeEventListener("abort", leave);
        if (complete) resolve({ status, headers, body });
        else reject(new ExchangeFailure("sent", "the server broke off"));
      },
    });
    function leave(): void {
      hangUp();
      reject(signal.reason);
    }
    signal.addEventListener("abort", leave, { once: true });
  });
}

function opened(
  server: InProcessServer,
  clock: Clock,
  request: ExchangeRequest,
): Promise<OpenAnswer> {
  const { signal } = request;
  if (signal.aborted) return Promise.reject(signal.reason);
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let ended: { readonly failure?: unknown } | undefined;
    let listening: (() => void) | undefined;
    let limit = request.silence;
    const give = (): void => {
      listening?.();
      listening = undefined;
    };
    const finish = (end: { readonly failure?: unknown }): void => {
      if (ended) return;
      ended = end;
      stopTimer();
      signal.removeEventListener("abort", leave);
      if (end.failure !== undefined) reject(end.failure);
      give();
    };
    const silent = (): void => {
      const what = `no byte from ${request.url.host} for ${Math.round(limit / 100) / 10} s`;
      finish({ failure: new ExchangeFailure("sent", what, { timedOut: true }) });
      hangUp();
    };
    let stopTimer = after(clock, limit, silent);
    const touch = (): void => {
      stopTimer();
      if (!ended) stopTimer = after(clock, limit, silent);
    };
    request.onSent?.();
    const hangUp = server.answer(messageOf(request), {
      head: (status, headers) =>
        resolve({
          status,
          headers,
          chunks: chunks(),
          setSilence: (milliseconds) => {
            limit = milliseconds;
            touch();
          },
        }),
      chunk: (text) => {
        touch();
        pieces.push(Buffer.from(text));
        give();
      },
      end: (complete) =>
        finish(complete ? {} : { failure: new ExchangeFailure("sent", "the server broke off") }),
    });
    function leave(): void {
      finish({ failure: signal.reason });
      hangUp();
    }
    signal.addEventListener("abort", leave, { once: true });

    async function* chunks(): AsyncGenerator<Buffer, void, undefined> {
      try {
        for (;;) {
          const piece = pieces.shift();
          if (piece !== undefined) yield piece;
          else if (ended?.failure !== undefined) throw ended.failure;
          else if (ended) return;
          else
            await new Promise<void>((heard) => {
              listening = heard;
            });
        }
      } finally {
        finish({});
        hangUp();
      }
    }
  });
}

function messageOf({ method, url, headers, body }: ExchangeRequest): {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string | undefined;
} {
  return { method, path: pathOf(url), headers: headers as IncomingHttpHeaders, body };
}

function pathOf(url: URL): string {
  return `${url.pathname}${url.search}`;
}

function execAnswer(answer: ReturnType<InProcessServer["exec"]>): ExecAnswer {
  if (!("refused" in answer)) return { kind: "ended", ...answer };
  const { refused, body } = answer;
  return { kind: "refused", answer: { status: refused, headers: {}, body } };
}
