import { setMaxListeners } from "node:events";
import type { Access } from "../cluster/connect/access.ts";
import { fixed } from "../cluster/connect/credentials.ts";
import type { Exchange } from "../cluster/http/exchange.ts";
import { connect } from "../cluster/kube.ts";
import {
  type InProcessServer,
  type ServerSnapshot,
  startInProcess,
} from "../embedded/start-in-process.ts";
import type { Clock } from "../model/clock.ts";
import type { Cluster } from "../model/cluster.ts";
import { playRandom } from "../model/random.ts";
import type { PodRule, Simulation } from "../model/simulation.ts";
import type { Processes } from "../store/process-facts.ts";
import { inProcessExchange } from "./in-process-exchange.ts";
import { fractions, seededRandom } from "./seeded-random.ts";
import { type OwnedClock, type VirtualTime, virtualTime } from "./virtual-time.ts";

/** How a world begins. */
export interface WorldOptions {
  /** The same seed gives the same world, to the last uid. */
  readonly seed: string;
  /** Go on where another one stood, instead of in an empty cluster. */
  readonly from?: WorldSnapshot;
  /** How much faster than in life controllers act; 1 when absent. */
  readonly speed?: number;
  /** What pods say, beside what packages tell of theirs. */
  readonly simulation?: Simulation;
  /** How pods live; the first rule that fits a pod counts. */
  readonly pods?: readonly PodRule[];
  /** Kubernetes version that the cluster claims, such as 1.20. */
  readonly kubeVersion?: string;
}

/** A cluster and all who act on it, in this process, on a time of their own. */
export interface World {
  readonly server: InProcessServer;
  readonly time: VirtualTime;
  /** Every request so far, as `12.345 driver-1 POST /api/v1/…`: seconds since the world began, who, what. */
  readonly requests: readonly string[];
  /** Milliseconds by which the server's clock is off the world's. */
  serverAhead: number;
  /** A new process that can drive plans. */
  driver(options?: DriverOptions): Promise<Driver>;
  /**
   * Lets somebody act, and time pass, until he has done: `done` with what came of it, `threw`, `killed` on the way, or `stuck`: nothing is left that
   * could go on, or more than `atMost` milliseconds have passed (a week when absent).
   */
  run<T>(driver: Driver, act: () => Promise<T>, atMost?: number): Promise<Ending<T>>;
  /** Lets time pass; whoever acts goes on. */
  pass(milliseconds: number): Promise<void>;
  /** The world as it stands, for others to begin with. Nobody may be acting; who has ended leaves nothing behind. */
  snapshot(): Promise<WorldSnapshot>;
  /** Ends it: everybody is stopped dead. */
  close(): Promise<void>;
}

/** A world at one moment; cheap to keep. */
export interface WorldSnapshot {
  readonly server: ServerSnapshot;
  /** Milliseconds since the world began. */
  readonly elapsed: number;
  readonly serverAhead: number;
  /** Drivers that there were. */
  readonly drivers: number;
}

/** How a driver reaches the server and tells the time. */
export interface DriverOptions {
  /** Puts something between the driver and the server (faults); straight when absent. */
  readonly through?: (inner: Exchange, driver: Driver) => Exchange;
  /** Milliseconds by which its wall clock is off the world's; 0 when absent. */
  readonly ahead?: number;
  /** The machine it runs on; `laptop` when absent. */
  readonly host?: string;
}

/** A process that drives plans, and what it needs to. */
export interface Driver {
  readonly name: string;
  readonly cluster: Cluster;
  readonly clock: Clock;
  /** The processes of its machine, as they are then. */
  readonly processes: Processes;
  readonly identity: {
    readonly host: string;
    readonly pid: number;
    readonly bootId: string;
    readonly processStart: string;
  };
  /** Milliseconds by which its wall clock is off the world's. */
  ahead: number;
  readonly dead: boolean;
  /** Stops it dead, as SIGKILL does: no answer reaches it any more, and no timer wakes it. */
  kill(): void;
  /** Aborts when its world ends, so that nothing keeps what was left of it. */
  readonly over: AbortSignal;
  /** Whether it waits for time to pass, or for an answer; a driver that does neither is busy with real work. */
  waits(): boolean;
  /** It has ended by itself: to others its process is gone. */
  end(): void;
}

/** What came of letting somebody act. */
export type Ending<T> =
  | { readonly kind: "done"; readonly value: T }
  | { readonly kind: "threw"; readonly error: unknown }
  | { readonly kind: "killed" }
  | { readonly kind: "stuck"; readonly why: string };

/** When every world begins. */
const EPOCH = Date.parse("2026-01-01T00:00:00Z");
const WEEK = 7 * 24 * 3_600_000;
/** Where requests seem to go. */
const ADDRESS = new URL("https://kplan.invalid:6443");
/** A namespace's certificate; nobody checks it here. */
const NO_CERTIFICATE = "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n";

/** Begins a world. */
export async function startWorld(options: WorldOptions): Promise<World> {
  const { seed, from } = options;
  await loadEverything();
  const begin = from?.elapsed ?? 0;
  const played = seededRandom(seed, `drivers ${begin}`);
  const time = virtualTime(begin, {
    before: () => playRandom(played),
    after: () => playRandom(undefined),
  });
  const requests: string[] = [];
  const drivers = new Set<Driver>();
  const over = new AbortController();
  setMaxListeners(0, over.signal);
  let count = from?.drivers ?? 0;
  let serverAhead = from?.serverAhead ?? 0;
  const serverClock = time.clock((elapsed) => EPOCH + elapsed + serverAhead);
  const server = await startInProcess({
    clock: serverClock,
    random: seededRandom(seed, `server ${begin}`),
    caCert: NO_CERTIFICATE,
    ...(options.speed && { speed: options.speed }),
    ...(options.simulation && { simulation: options.simulation }),
    ...(options.pods && { pods: options.pods }),
    ...(options.kubeVersion && { kubeVersion: options.kubeVersion }),
    ...(from && { snapshot: from.server }),
  });

  async function driver(how: DriverOptions = {}): Promise<Driver> {
    const number = ++count;
    const name = `driver-${number}`;
    const clock: OwnedClock = time.clock((elapsed) => EPOCH + elapsed + made.ahead);
    const inner = inProcessExchange(server, clock);
    let dead = false;
    let ended = false;
    const made: Driver = {
      name,
      get cluster() {
        return connection.cluster;
      },
      clock,
      processes: {
        startOf: (pid: number) =>
          [...drivers].find(
            (one) => one.identity.pid === pid && one.identity.host === made.identity.host,
          )?.identity.processStart,
      },
      identity: {
        host: how.host ?? "laptop",
        pid: 1000 + number,
        bootId: "simulated",
        processStart: String(number),
      },
      ahead: how.ahead ?? 0,
      get dead() {
        return dead;
      },
      kill: () => {
        if (ended) return;
        dead = true;
        drivers.delete(made);
        clock.stop();
        mortal.die();
      },
      over: over.signal,
      waits: () => clock.sleeps(),
      end: () => {
        if (dead) return;
        ended = true;
        drivers.delete(made);
        connection.cluster.close();
      },
    };
    const mortal = mortalExchange(how.through ? how.through(inner, made) : inner);
    const connection = await connect({
      env: {},
      version: "0.0.0",
      access: ACCESS,
      exchange: mortal.exchange,
      clock,
      random: fractions(seededRandom(seed, `${name} jitter`)),
      onTrace: (text) => {
        if (!dead && !text.startsWith("WATCH "))
          requests.push(`${(time.now / 1000).toFixed(3)} ${name} ${text}`);
      },
    });
    drivers.add(made);
    return made;
  }

  async function run<T>(
    who: Driver,
    act: () => Promise<T>,
    atMost: number = WEEK,
  ): Promise<Ending<T>> {
    let ending: Ending<T> | undefined;
    const begun = time.now;
    playRandom(played);
    act().then(
      (value) => {
        ending ??= { kind: "done", value };
      },
      (error: unknown) => {
        ending ??= { kind: "threw", error };
      },
    );
    const why = await time.until(() => ending !== undefined || who.dead, atMost, who.waits);
    if (who.dead) return { kind: "killed" };
    if (ending !== undefined) return ending;
    const after = `after ${Math.round((time.now - begun) / 1000)} s`;
    ending = {
      kind: "stuck",
      why: why === "idle" ? `nothing is left to wait for ${after}` : `still at it ${after}`,
    };
    return ending;
  }

  return {
    server,
    time,
    requests,
    get serverAhead() {
      return serverAhead;
    },
    set serverAhead(milliseconds) {
      serverAhead = milliseconds;
    },
    driver,
    run,
    async pass(milliseconds) {
      await time.until(() => false, milliseconds);
    },
    async snapshot() {
      await time.until(() => true);
      return { server: server.snapshot(), elapsed: time.now, serverAhead, drivers: count };
    },
    async close() {
      for (const one of [...drivers]) one.kill();
      // Node keeps combined signals, and all that listens to them, for as long as they may abort.
      over.abort();
      serverClock.stop();
      await server.close();
    },
  };
}

let loaded: Promise<unknown> | undefined;

/** What is otherwise loaded when it is needed: no time must pass meanwhile. */
function loadEverything(): Promise<unknown> {
  loaded ??= Promise.all([
    import("js-yaml"),
    import("diff"),
    import("../embedded/kinds/schema-compiler.ts"),
    import("../engine/preview/preview-diff.ts"),
  ]);
  return loaded;
}

const ACCESS: Access = {
  server: ADDRESS,
  tls: { ca: undefined, servername: undefined, verify: true },
  proxy: undefined,
  credentials: fixed({}),
  impersonation: {},
  namespace: "default",
  user: "tester",
  context: "simulated",
  simulated: true,
};

/** Passes requests on until its owner dies: then what is under way never ends, the server sees the connections go, and nothing begins. */
function mortalExchange(inner: Exchange): { readonly exchange: Exchange; die(): void } {
  let dead = false;
  const death = new AbortController();
  const guarded = async <T>(
    signal: AbortSignal,
    ask: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> => {
    if (dead) return await never();
    const own = AbortSignal.any([signal, death.signal]);
    try {
      const answer = await ask(own);
      return dead ? await never() : answer;
    } catch (error) {
      if (dead) return await never();
      throw error;
    }
  };
  return {
    exchange: {
      // What was sent is carried out, whether its sender lives or not.
      exchange: (request) => guarded(request.signal, () => inner.exchange(request)),
      open: (request) =>
        guarded(request.signal, async (signal) => {
          const answer = await inner.open({ ...request, signal });
          return { ...answer, chunks: mortalChunks(answer.chunks, () => dead) };
        }),
      exec: (request) => guarded(request.signal, () => inner.exec(request)),
    },
    die: () => {
      dead = true;
      death.abort(new Error("killed"));
    },
  };
}

async function* mortalChunks(
  chunks: AsyncGenerator<Buffer, void, undefined>,
  isDead: () => boolean,
): AsyncGenerator<Buffer, void, undefined> {
  try {
    for await (const chunk of chunks) {
      if (isDead()) await never();
      yield chunk;
    }
    if (isDead()) await never();
  } catch (error) {
    if (isDead()) await never();
    throw error;
  }
}

/** A promise of its own each time: one for all would keep everybody who ever waited for it. */
function never(): Promise<never> {
  return new Promise(() => {});
}
