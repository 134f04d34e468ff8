import { setMaxListeners } from "node:events";
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";
import { commandAnswer } from "./exec/exec-socket.ts";
import { memoriesOf, restoreMemories } from "./exec/pod-memory.ts";
import { answerRequest, failureAnswer } from "./http/answer-request.ts";
import type { Incoming, Outgoing } from "./http/request.ts";
import { type CoreOptions, type ServerCore, startCore } from "./start-core.ts";
import type { StoreSnapshot } from "./store.ts";

/** A request as a client in the same process makes it. */
export interface InProcessRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** By lower-case name. */
  readonly headers: IncomingHttpHeaders;
  readonly body: string | undefined;
}

/** Who takes an answer, piece by piece. */
export interface InProcessClient {
  head(status: number, headers: Record<string, string>): void;
  chunk(text: string): void;
  /** Nothing more comes. `whole`: the answer is complete; else it broke off. */
  end(whole: boolean): void;
}

/** A server that clients of the same process talk to without a socket, and without showing who they are. */
export interface InProcessServer extends Pick<ServerCore, "state" | "api" | "close"> {
  /** Answers a request. What is returned hangs up: the server writes no more. */
  answer(request: InProcessRequest, client: InProcessClient): () => void;
  /** Runs a command in a container; `path` is that of the `exec` subresource with its query. */
  exec(path: string): CommandAnswer;
  /** All that it holds, to start another one from; nothing may be pending. */
  snapshot(): ServerSnapshot;
}

/** What a command printed and the Status that ends it (as text), or why it was refused. */
export type CommandAnswer =
  | { readonly stdout: string; readonly stderr: string; readonly status: string }
  | { readonly refused: number; readonly body: string };

/** What a server holds at one moment; times of pods that were on their way begin anew. */
export interface ServerSnapshot {
  readonly store: StoreSnapshot;
  /** What pods remember of commands, by uid. */
  readonly memories: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

/** Starts a server without a socket. */
export async function startInProcess(
  options: Omit<CoreOptions, "snapshot" | "journal"> & { readonly snapshot?: ServerSnapshot },
): Promise<InProcessServer> {
  const { snapshot, ...rest } = options;
  const core = await startCore({ ...rest, ...(snapshot && { snapshot: snapshot.store }) });
  const { state } = core;
  if (snapshot) restoreMemories(state, snapshot.memories);
  const closing = new AbortController();
  // Every open watch listens to it.
  setMaxListeners(0, closing.signal);
  return {
    state,
    api: core.api,
    answer: (request, client) => {
      const outgoing = outgoingTo(client, () => state.clock.now());
      void answerRequest(state, incomingOf(request), outgoing, closing.signal);
      return () => outgoing.destroy();
    },
    exec: (path) => {
      try {
        return commandAnswer(state, new URL(path, "https://localhost"))();
      } catch (error) {
        const { code, body } = failureAnswer(error);
        return { refused: code, body: JSON.stringify(body) };
      }
    },
    snapshot: () => ({ store: state.store.snapshot(), memories: memoriesOf(state) }),
    close: async () => {
      closing.abort();
      await core.close();
    },
  };
}

function incomingOf({ method, path, headers, body }: InProcessRequest): Incoming {
  return {
    method,
    url: path,
    headers,
    async *[Symbol.asyncIterator]() {
      if (body !== undefined) yield Buffer.from(body);
    },
  };
}

/** Passes on what is written; nobody is slow here, so nothing ever waits. */
function outgoingTo(client: InProcessClient, now: () => Date): Outgoing & { destroy(): void } {
  const listeners: (() => void)[] = [];
  const extra: Record<string, string> = {};
  let headersSent = false;
  let closed = false;
  const close = (whole: boolean): void => {
    if (closed) return;
    closed = true;
    client.end(whole);
    for (const listener of listeners) listener();
  };
  return {
    get headersSent() {
      return headersSent;
    },
    writableLength: 0,
    appendHeader: (name, value) => {
      const key = name.toLowerCase();
      extra[key] = extra[key] === undefined ? value : `${extra[key]}, ${value}`;
    },
    writeHead: (status, headers) => {
      headersSent = true;
      if (!closed) client.head(status, { date: now().toUTCString(), ...extra, ...texts(headers) });
    },
    flushHeaders: () => {},
    write: (text) => {
      if (!closed) client.chunk(text);
    },
    end: (text) => {
      if (text !== undefined && text !== "" && !closed) client.chunk(text);
      close(true);
    },
    destroy: () => close(false),
    on: (_event, listener) => {
      if (closed) listener();
      else listeners.push(listener);
    },
  };
}

function texts(headers: OutgoingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
}
