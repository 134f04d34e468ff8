import type { Agent } from "node:http";
import type { Clock } from "../../model/clock.ts";
import { realClock } from "../../model/real-clock.ts";
import type { Access, Credential } from "../connect/access.ts";
import { agentFor, dropIdle } from "./agent.ts";
import { type Budget, makeBudget } from "./budget.ts";
import {
  type Answer,
  type Exchange,
  ExchangeFailure,
  type ExecAnswer,
  type ExecRequest,
  type OpenAnswer,
} from "./exchange.ts";
import { httpExchange } from "./http-exchange.ts";
import { backOff } from "./retry.ts";
import { type AttemptHow, type Reply, sendAgain } from "./send-again.ts";
import { serverClock } from "./server-clock.ts";

/** A request to the API server. */
export interface ApiRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Path and query, as made by `paths.ts`. */
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Absent: `application/json`. */
  readonly contentType?: string;
  /** What the answer shall be; absent: `application/json`. */
  readonly accept?: string;
  /** Whether it may be sent again when the one before was perhaps carried out; always true of a GET. */
  readonly repeatable?: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds for all attempts together; absent: the client's default. */
  readonly deadline?: number | undefined;
  /** Awaited right before each attempt at a request other than a GET; a throw of it ends the request. */
  readonly before?: (() => Promise<void>) | undefined;
}

/** Sends requests to one API server as one user. */
export interface Transport {
  /** Sends a request, again where that is safe, within its budget. Throws CallFailure, a KplanError of the credentials, or the signal's reason. */
  send(request: ApiRequest): Promise<Reply>;
  /** One attempt whose answer is read as it comes (watches, logs). `accept`: what it shall be, JSON when absent. Throws as `send` does. */
  open(
    path: string,
    options: { readonly signal: AbortSignal; readonly accept?: string },
  ): Promise<OpenAnswer>;
  /** Requests sent so far. */
  readonly requests: () => number;
  /** Passes on what a watch tells, for whoever looks at the traffic. */
  readonly trace: (text: string) => void;
  /** The server's time by its last `Date` header, in milliseconds since 1970; undefined before the first answer. */
  readonly serverTime: () => number | undefined;
  /** Runs a command in a container; `path` names the `exec` subresource with its query. Sent once. Throws ExchangeFailure, or the signal's reason. */
  exec(
    path: string,
    command: Pick<ExecRequest, "stdin" | "mostOutput" | "signal">,
  ): Promise<ExecAnswer>;
  /** PEM of the client certificate in use, if there is one. */
  certificate(): Promise<string | undefined>;
  /** Aborts when `close` is called. */
  readonly closed: AbortSignal;
  /** Ends all connections; nothing keeps the process alive any more. */
  close(): void;
}

/** Settings of a transport. */
export interface TransportOptions {
  /** Milliseconds that a request may take when it does not say. */
  readonly deadline: number;
  readonly userAgent: string;
  readonly onWarning?: ((message: string) => void) | undefined;
  /** Told each request as it is sent, retries too. */
  readonly onTrace?: ((text: string) => void) | undefined;
  /** First and longest wait between attempts, in milliseconds; 100 and 3000 when absent. */
  readonly backOff?: readonly [number, number];
  /** Milliseconds for which a server that never answered is tried when it refuses; 1500 when absent: a wrong address is told soon. */
  readonly firstContact?: number;
  /** Numbers in [0, 1) for the jitter. */
  readonly random?: () => number;
  /** Every wait and every deadline is counted on it; the machine's when absent. */
  readonly clock?: Clock;
  /** How requests leave; over the network when absent. */
  readonly exchange?: Exchange;
}

/** Milliseconds within which a connection must stand. */
const CONNECT_WITHIN = 10_000;
/** Milliseconds that getting credentials may take. */
const LOG_IN_WITHIN = 5 * 60_000;
/** Makes the transport to a cluster. Sends nothing yet. */
export function makeTransport(access: Access, options: TransportOptions): Transport {
  const random = options.random ?? Math.random;
  const firstContact = options.firstContact ?? 1_500;
  const [shortest, longest] = options.backOff ?? [100, 3000];
  const { clock = realClock, exchange = httpExchange } = options;
  const serverTime = serverClock(clock);
  const closing = new AbortController();
  const warned = new Set<string>();
  let agent: { readonly of: string; readonly it: Agent } | undefined;
  let sent = 0;
  let answered = false;

  function agentOf(credential: Credential): Agent {
    const of = credential.cert ?? "";
    if (agent?.of !== of) {
      // Calls under way on the old certificate's connections may end in peace.
      if (agent !== undefined) dropIdle(agent.it);
      agent = { of, it: agentFor(access, credential) };
    }
    return agent.it;
  }

  async function identify(
    signal: AbortSignal,
    renew = false,
  ): Promise<{ agent: Agent; headers: Record<string, string | string[]> }> {
    const credential = await access.credentials.current({ renew, signal });
    const headers: Record<string, string | string[]> = {
      "user-agent": options.userAgent,
      ...access.impersonation,
    };
    if (credential.authorization !== undefined) headers.authorization = credential.authorization;
    return { agent: agentOf(credential), headers };
  }

  function urlOf(path: string): URL {
    const base = access.server.pathname.replace(/\/+$/, "");
    return new URL(`${access.server.origin}${base}${path}`);
  }

  function counted(what: string): void {
    sent += 1;
    options.onTrace?.(what);
  }

  function heard(answer: { readonly headers: Answer["headers"] }): void {
    answered = true;
    serverTime.heard(answer.headers.date);
    for (const text of warningsOf(answer.headers.warning)) {
      if (warned.has(text)) continue;
      warned.add(text);
      options.onWarning?.(text);
    }
  }

  async function attempt(request: ApiRequest, budget: Budget, how: AttemptHow): Promise<Answer> {
    const who = await identify(budget.signal, how.renew);
    const text = request.body === undefined ? undefined : JSON.stringify(request.body);
    if (request.method !== "GET") await request.before?.();
    const remaining = Math.max(1, budget.remaining());
    counted(`${request.method} ${request.path}`);
    try {
      const answer = await exchange.exchange({
        method: request.method,
        url: urlOf(request.path),
        agent: who.agent,
        body: text,
        connectWithin: Math.min(CONNECT_WITHIN, remaining),
        silence: isRepeatable(request) ? silenceIn(budget) : remaining,
        signal: budget.signal,
        onSent: how.onSent,
        headers: {
          ...who.headers,
          accept: request.accept ?? "application/json",
          ...(text !== undefined && {
            "content-type": request.contentType ?? "application/json",
            "content-length": String(Buffer.byteLength(text)),
          }),
        },
      });
      heard(answer);
      return answer;
    } catch (error) {
      if (error instanceof ExchangeFailure && error.timedOut) dropIdle(who.agent);
      throw error;
    }
  }

  /** Somebody may have to log in with a browser first: that does not count against the call's budget. */
  async function logIn(signals: readonly (AbortSignal | undefined)[]): Promise<void> {
    const patience = makeBudget(clock, LOG_IN_WITHIN, signals);
    try {
      await access.credentials.current({ renew: false, signal: patience.signal });
    } finally {
      patience.end();
    }
  }

  async function send(request: ApiRequest): Promise<Reply> {
    await logIn([closing.signal, request.signal]);
    const budget = makeBudget(clock, request.deadline ?? options.deadline, [
      closing.signal,
      request.signal,
    ]);
    try {
      return await sendAgain((how) => attempt(request, budget, how), {
        budget,
        clock,
        reads: request.method === "GET",
        repeatable: isRepeatable(request),
        host: access.server.host,
        wait: (n) => backOff(n, shortest, longest, random),
        connectFor: answered ? Number.POSITIVE_INFINITY : firstContact,
      });
    } finally {
      budget.end();
    }
  }

  async function openStream(
    path: string,
    {
      signal,
      accept = "application/json",
    }: { readonly signal: AbortSignal; readonly accept?: string },
  ): Promise<OpenAnswer> {
    for (let renew = false; ; renew = true) {
      const who = await identify(signal, renew);
      counted(`GET ${path}`);
      const answer = await exchange.open({
        method: "GET",
        url: urlOf(path),
        agent: who.agent,
        body: undefined,
        connectWithin: CONNECT_WITHIN,
        silence: options.deadline,
        signal,
        headers: { ...who.headers, accept },
      });
      heard(answer);
      if (answer.status !== 401 || renew) return answer;
      await answer.chunks.return();
    }
  }

  return {
    send,
    open: openStream,
    requests: () => sent,
    trace: (text) => options.onTrace?.(text),
    serverTime: serverTime.now,
    async exec(path, command) {
      counted(`GET ${path}`);
      const who = await identify(command.signal);
      return await exchange.exec({ ...command, ...who, url: urlOf(path) });
    },
    async certificate() {
      const { cert } = await access.credentials.current({ renew: false, signal: closing.signal });
      return cert;
    },
    closed: closing.signal,
    close: () => {
      closing.abort(new Error("the connection to the cluster was closed"));
      agent?.it.destroy();
    },
  };
}

function isRepeatable(request: ApiRequest): boolean {
  return request.method === "GET" || request.repeatable === true;
}

/**
 * Milliseconds of silence after which another connection is tried: a sixth of the budget, then longer each time, so that two lost answers do not use it up and a server
 * that is only slow is heard in the end.
 */
function silenceIn(budget: Budget): number {
  const longer = Math.max(budget.total / 6, 2 * budget.spent(), 250);
  return Math.max(1, Math.min(budget.remaining(), longer));
}

/** The texts of a `Warning` header: `299 - "text"`, several separated by commas (RFC 7234 section 5.5). */
function warningsOf(header: string | string[] | undefined): string[] {
  const text = Array.isArray(header) ? header.join(", ") : (header ?? "");
  return [...text.matchAll(/\d{3} \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, quoted = ""]) =>
    quoted.replace(/\\(.)/g, "$1"),
  );
}
