import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { GivenValues } from "../../src/actions/change/given-values.ts";
import type { ActionContext } from "../../src/actions/context.ts";
import type { Exchange, ExchangeRequest } from "../../src/cluster/http/exchange.ts";
import { connect } from "../../src/cluster/kube.ts";
import type { RunEventBody } from "../../src/model/event.ts";
import { DEFAULT_RUN_LIMITS } from "../../src/model/run.ts";
import { type Api, openApi } from "../support/api.ts";
import { exchangeInTests, serveInProcess } from "../support/serve-in-process.ts";
import { type SteeredClock, steeredClock } from "./steered-clock.ts";

/** A request of a driver that the server has answered. */
export interface Sent {
  readonly by: string;
  readonly method: string;
  /** Without its query. */
  readonly path: string;
  readonly status: number;
}

/** A kplan of its own: a machine, a process, a clock, connections. */
export interface TestDriver {
  readonly name: string;
  readonly clock: SteeredClock;
  ctx: ActionContext;
  readonly events: RunEventBody[];
  /** Aborts `ctx.stop`. */
  readonly interrupt: () => void;
  /** Called before a request leaves, and awaited: whoever does not resolve holds the driver there. */
  before: (request: { readonly method: string; readonly path: string }) => Promise<void> | void;
}

/** An embedded cluster over HTTP, with a clock of its own, and drivers that know nothing of each other. */
export interface DriversWorld {
  readonly clock: SteeredClock;
  readonly api: Api;
  /** Every write that was not a dry run, in the order of the answers. */
  readonly writes: Sent[];
  /** What was created: `Kind name`, in the order of the answers. */
  readonly made: string[];
  driver(
    name: string,
    options?: {
      readonly skew?: number;
      readonly host?: string;
      readonly command?: readonly string[];
      readonly takeOver?: boolean;
      readonly alive?: boolean;
      readonly namespace?: string;
    },
  ): Promise<TestDriver>;
  close(): Promise<void>;
}

export async function driversWorld(): Promise<DriversWorld> {
  const clock = steeredClock();
  const server = await serveInProcess({ speed: 1000, clock });
  const file = join(mkdtempSync(join(tmpdir(), "kplan-drivers-")), "kubeconfig");
  writeFileSync(file, server.kubeconfig());
  const writes: Sent[] = [];
  const made: string[] = [];
  const closes: (() => void)[] = [];
  const api = openApi(server.kubeconfig());
  let pids = 100;
  const dead = new Set<number>();
  return {
    clock,
    api,
    writes,
    made,
    async driver(name, options = {}) {
      const own = steeredClock(options.skew ?? 0);
      const stop = new AbortController();
      const events: RunEventBody[] = [];
      pids += 1;
      const pid = pids;
      if (options.alive === false) dead.add(pid);
      const exchange = watched({
        before: (request) => driver.before(request),
        after: (sent, body) => {
          writes.push({ by: name, ...sent });
          if (sent.method === "POST" && sent.status === 201) made.push(nameOf(body));
        },
        date: () => clock.now().toUTCString(),
      });
      const { cluster } = await connect({
        env: {},
        kubeconfig: file,
        version: "0.1.0",
        clock: own,
        exchange,
      });
      closes.push(cluster.close);
      const driver: TestDriver = {
        name,
        clock: own,
        events,
        interrupt: () => stop.abort(),
        before: () => undefined,
        ctx: {
          cluster,
          clock: own,
          namespace: options.namespace ?? "default",
          emit: (event) => void events.push(event),
          stop: stop.signal,
          identity: {
            host: options.host ?? `host-${name}`,
            pid,
            bootId: "boot",
            processStart: "1",
            command: options.command ?? ["update", name],
          },
          limits: DEFAULT_RUN_LIMITS,
          forceConflicts: false,
          version: "0.1.0",
          processes: { startOf: (which) => (dead.has(which) ? undefined : "1") },
          ...(options.takeOver && { takeOver: true }),
        },
      };
      return driver;
    },
    async close() {
      for (const close of closes) close();
      api.close();
      await server.close();
    },
  };
}

function nameOf(body: string): string {
  const { kind, metadata } = JSON.parse(body) as { kind: string; metadata?: { name?: string } };
  return `${kind} ${metadata?.name ?? ""}`;
}

/** Values as `-p` gives them. */
export function values(...set: readonly string[]): GivenValues {
  const none = (): Promise<string> => Promise.resolve("");
  return { set, files: [], unset: [], readFile: none, readStdin: none };
}

function watched(by: {
  readonly before: TestDriver["before"];
  readonly after: (sent: Omit<Sent, "by">, body: string) => void;
  readonly date: () => string;
}): Exchange {
  const paths = ({ method, url }: ExchangeRequest) => ({
    method,
    path: url.pathname,
    isDry: url.searchParams.has("dryRun"),
  });
  return {
    async exchange(request) {
      const { method, path, isDry } = paths(request);
      await by.before({ method: isDry ? `${method} (dry)` : method, path });
      request.signal.throwIfAborted();
      const answer = await exchangeInTests.exchange(request);
      if (method !== "GET" && !isDry)
        by.after({ method, path, status: answer.status }, answer.body);
      return { ...answer, headers: { ...answer.headers, date: by.date() } };
    },
    open: (request) => exchangeInTests.open(request),
    exec: (request) => exchangeInTests.exec(request),
  };
}
