import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ActionContext } from "../../src/actions/context.ts";
import type { Exchange, ExchangeRequest, OpenAnswer } from "../../src/cluster/http/exchange.ts";
import { connect } from "../../src/cluster/kube.ts";
import type { RunEventBody } from "../../src/model/event.ts";
import { realClock } from "../../src/model/real-clock.ts";
import { DEFAULT_RUN_LIMITS } from "../../src/model/run.ts";
import { exchangeInTests, type InProcessTarget } from "../support/serve-in-process.ts";

/** A request that changes something, as it left a terminal. */
export interface Sent {
  readonly method: string;
  /** Path without the query. */
  readonly path: string;
  /** Milliseconds on the monotonic clock. */
  readonly at: number;
  /** When its answer was there; what it asked for is stored by then. */
  answered?: number;
}

/** A kplan at a terminal of its own, with its own connections. */
export interface Terminal {
  readonly ctx: ActionContext;
  readonly events: RunEventBody[];
  /** What it wrote so far, dry runs left out. */
  readonly writes: Sent[];
  /** From now on nothing leaves it and nothing comes back: its process is dead. */
  kill(): void;
  close(): void;
}

/** How a terminal misbehaves. */
export interface TerminalOptions {
  /** Watches of Instances tell nothing. */
  readonly deafToInstances?: boolean;
  /** Called as each write leaves. */
  readonly onWrite?: (write: Sent, count: number) => void;
  /** Milliseconds that each answer takes longer, from the first write of the run's own objects on. */
  readonly slow?: number;
  /** Pid of its process, one of those that `alive` names. */
  readonly pid: number;
}

/** Opens a terminal on a server. All terminals of a test are processes of one host; killed ones are known to be dead. */
export async function openTerminal(
  server: InProcessTarget,
  namespace: string,
  dead: Set<number>,
  options: TerminalOptions,
): Promise<Terminal> {
  const kubeconfig = join(mkdtempSync(join(tmpdir(), "kplan-terminal-")), "kubeconfig");
  writeFileSync(kubeconfig, server.kubeconfig());
  const writes: Sent[] = [];
  const state = { killed: false };
  const exchange = exchangeOf(options, writes, state);
  const { cluster } = await connect({
    kubeconfig,
    env: {},
    version: "0.0.0",
    simulated: true,
    exchange,
  });
  const events: RunEventBody[] = [];
  const stop = new AbortController();
  const { pid } = options;
  const ctx: ActionContext = {
    cluster,
    namespace,
    clock: realClock,
    emit: (event) => void events.push(event),
    stop: stop.signal,
    identity: {
      user: `user${pid}`,
      host: "host",
      pid,
      bootId: "b",
      processStart: "s",
      command: [],
    },
    limits: DEFAULT_RUN_LIMITS,
    forceConflicts: false,
    version: "0.0.0",
    processes: { startOf: (other) => (dead.has(other) ? undefined : "s") },
  };
  return {
    ctx,
    events,
    writes,
    kill: () => {
      state.killed = true;
      dead.add(pid);
    },
    close: () => cluster.close(),
  };
}

function exchangeOf(
  { deafToInstances, onWrite, slow = 0 }: TerminalOptions,
  writes: Sent[],
  state: { readonly killed: boolean },
): Exchange {
  const never = <T>(signal: AbortSignal): Promise<T> =>
    new Promise((_, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason));
    });
  const note = ({ method, url }: Pick<ExchangeRequest, "method" | "url">): Sent | undefined => {
    if (method === "GET" || url.searchParams.has("dryRun")) return undefined;
    const write: Sent = {
      method,
      path: decodeURIComponent(url.pathname),
      at: realClock.monotonic(),
    };
    writes.push(write);
    onWrite?.(write, writes.length);
    return write;
  };
  return {
    async exchange(request) {
      if (state.killed) return await never(request.signal);
      const write = note(request);
      const answer = await exchangeInTests.exchange(request);
      if (write) write.answered = realClock.monotonic();
      if (slow > 0 && writes.some(isOfPackage)) await realClock.sleep(slow, request.signal);
      return state.killed ? await never(request.signal) : answer;
    },
    async open(request) {
      if (state.killed) return await never(request.signal);
      const answer = await exchangeInTests.open(request);
      const isDeaf = deafToInstances && request.url.pathname.endsWith("/instances");
      return isDeaf ? { ...answer, chunks: silent(answer, request.signal) } : answer;
    },
    async exec(request) {
      if (state.killed) return await never(request.signal);
      note({ method: "POST", url: request.url });
      return await exchangeInTests.exec(request);
    },
  };
}

async function* silent(answer: OpenAnswer, signal: AbortSignal): OpenAnswer["chunks"] {
  try {
    await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
    yield* [];
  } finally {
    await answer.chunks.return();
  }
}

/** Whether a write is one of the run's own objects, for packages of service accounts, StatefulSets and pods: in other kinds kplan keeps its state. */
export function isOfPackage({ path }: Sent): boolean {
  return /\/(serviceaccounts|statefulsets|pods)\b/.test(path);
}
