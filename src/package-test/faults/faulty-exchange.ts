import {
  type Answer,
  type Exchange,
  ExchangeFailure,
  type ExchangeRequest,
  type ExecAnswer,
  type ExecRequest,
  type OpenAnswer,
} from "../../cluster/http/exchange.ts";
import type { Clock } from "../../model/clock.ts";
import { brokenWatch } from "./broken-watch.ts";
import type { Fault, FaultKind } from "./fault.ts";
import { type RequestKind, requestKind } from "./request-kind.ts";
import { absence } from "./server-away.ts";

/** A request as it was sent. */
export interface SentRequest extends RequestKind {
  /** Path and query. */
  readonly path: string;
  readonly method: string;
  /** HTTP status of the server's answer; absent while there is none, and of what never reached the server. */
  status?: number;
}

/** The faults of one command, whoever drives it: a driver that was killed, then the next. */
export interface FaultPlan {
  /** Every request so far, in order; faults count them. */
  readonly sent: readonly SentRequest[];
  /** The faults that have happened. */
  readonly happened: readonly Fault[];
  /** More requests were sent than anything could need: whoever sent them was killed. */
  readonly ranAway: boolean;
  /** Stands between a driver and the server. `kill` ends the driver's process. */
  through(inner: Exchange, driver: { readonly clock: Clock; kill(): void }): Exchange;
}

/** Lets faults happen to requests by their number; `most` requests are enough for anything. */
export function planFaults(faults: readonly Fault[], most: number = 20_000): FaultPlan {
  const sent: SentRequest[] = [];
  const happened: Fault[] = [];
  const server = absence();
  const begin = (method: string, url: URL, type: string | undefined): [SentRequest, Fault?] => {
    const request = { ...requestKind(method, url, type), path: url.pathname + url.search, method };
    const fault = faults.find(({ at }) => at === sent.length);
    sent.push(request);
    if (fault) happened.push(fault);
    return fault ? [request, fault] : [request];
  };
  return {
    sent,
    happened,
    get ranAway() {
      return sent.length > most;
    },
    through: (inner, driver) =>
      faultyExchange(server.through(inner, driver.clock), driver, (method, url, type) => {
        const [request, fault] = begin(method, url, type);
        if (sent.length > most) driver.kill();
        if (fault?.kind !== "server-away") return fault ? [request, fault] : [request];
        server.begin(driver.clock);
        return [request];
      }),
  };
}

function faultyExchange(
  inner: Exchange,
  by: { readonly clock: Clock; kill(): void },
  begin: (method: string, url: URL, type: string | undefined) => [SentRequest, Fault?],
): Exchange {
  const firstLists = new Map<string, Answer>();

  async function exchange(request: ExchangeRequest): Promise<Answer> {
    const type = request.headers["content-type"];
    const [note, fault] = begin(
      request.method,
      request.url,
      type === undefined ? type : String(type),
    );
    const carryOut = async (): Promise<Answer> => {
      const answer = await inner.exchange(request);
      note.status = answer.status;
      if (note.verb === "list" && !firstLists.has(note.path)) firstLists.set(note.path, answer);
      return answer;
    };
    if (!fault) return await carryOut();
    request.signal.throwIfAborted();
    switch (fault.kind) {
      case "kill-before":
        by.kill();
        return await never();
      case "kill-after":
        await carryOut();
        by.kill();
        return await never();
      case "no-answer":
        request.onSent?.();
        return await silent(request);
      case "lost-answer":
        await carryOut();
        return await silent(request);
      case "reset-before":
        request.onSent?.();
        throw broke();
      case "reset-after":
        await carryOut();
        throw broke();
      case "stale": {
        const earlier = firstLists.get(note.path);
        const now = await carryOut();
        return earlier ?? now;
      }
      default:
        request.onSent?.();
        return answerOf(fault.kind, note);
    }
  }

  async function open(request: ExchangeRequest): Promise<OpenAnswer> {
    const [note, fault] = begin(request.method, request.url, undefined);
    const carryOut = async (): Promise<OpenAnswer> => {
      const answer = await inner.open(request);
      note.status = answer.status;
      return answer;
    };
    if (!fault) return await carryOut();
    switch (fault.kind) {
      case "kill-before":
      case "kill-after":
        by.kill();
        return await never();
      case "no-answer":
        return await silent(request);
      case "reset-before":
        throw broke();
      default: {
        if (!fault.kind.startsWith("watch-")) return opened(answerOf(fault.kind, note));
        const { silence, signal } = request;
        return brokenWatch(await carryOut(), fault.kind, { clock: by.clock, silence, signal });
      }
    }
  }

  async function exec(request: ExecRequest): Promise<ExecAnswer> {
    const [note, fault] = begin("POST", request.url, undefined);
    const carryOut = async (): Promise<ExecAnswer> => {
      const answer = await inner.exec(request);
      note.status = answer.kind === "refused" ? answer.answer.status : 101;
      return answer;
    };
    switch (fault?.kind) {
      case undefined:
        return await carryOut();
      case "kill-before":
        by.kill();
        return await never();
      case "kill-after":
        await carryOut();
        by.kill();
        return await never();
      case "lost-answer":
        await carryOut();
        return await untilAborted(request.signal);
      case "no-answer":
        return await untilAborted(request.signal);
      case "reset-before":
        throw broke();
      case "reset-after":
        await carryOut();
        throw broke();
      default:
        return { kind: "refused", answer: answerOf(fault?.kind ?? "status-500", note) };
    }
  }

  /** Nothing comes until the client gives up. */
  async function silent(request: ExchangeRequest): Promise<never> {
    await by.clock.sleep(request.silence, request.signal);
    throw new ExchangeFailure("sent", `no byte for ${request.silence / 1000} s`, {
      timedOut: true,
    });
  }

  return { exchange, open, exec };
}

function never(): Promise<never> {
  return new Promise(() => {});
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

function broke(): ExchangeFailure {
  return new ExchangeFailure("sent", "socket hang up (injected)");
}

/** The answers of an API server that will not, in its own words. */
function answerOf(kind: FaultKind, { verb, what }: RequestKind): Answer {
  switch (kind) {
    case "status-409":
      return verb === "create"
        ? statusAnswer(
            409,
            "Conflict",
            'Operation cannot be fulfilled on resourcequotas "injected": the object has been modified; please apply your changes to the latest version and try again',
            { name: "injected", kind: "resourcequotas" },
          )
        : statusAnswer(
            409,
            "Conflict",
            `Operation cannot be fulfilled on ${what}: the object has been modified; please apply your changes to the latest version and try again`,
          );
    case "status-410":
      return statusAnswer(410, "Expired", "too old resource version");
    case "status-422":
      return statusAnswer(422, "Invalid", `${what} is invalid: injected`);
    case "status-429":
      return {
        ...statusAnswer(429, "TooManyRequests", "the server has received too many requests"),
        headers: { "content-type": "application/json", "retry-after": "2" },
      };
    case "status-503":
      return statusAnswer(
        503,
        "ServiceUnavailable",
        "the server is currently unable to handle the request",
      );
    default:
      return statusAnswer(500, "InternalError", "Internal error occurred: injected");
  }
}

function statusAnswer(code: number, reason: string, message: string, details?: object): Answer {
  const status = { kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure" };
  const body = JSON.stringify({ ...status, message, reason, ...(details && { details }), code });
  return { status: code, headers: { "content-type": "application/json" }, body };
}

function opened({ status, headers, body }: Answer): OpenAnswer {
  async function* chunks(): AsyncGenerator<Buffer, void, undefined> {
    yield Buffer.from(body);
  }
  return { status, headers, chunks: chunks(), setSilence: () => {} };
}
