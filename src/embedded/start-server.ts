import { mkdirSync } from "node:fs";
import type { Clock } from "../model/clock.ts";
import { systemRandom } from "../model/random.ts";
import { realClock } from "../model/real-clock.ts";
import type { Simulation } from "../model/simulation.ts";
import type { ControllerApi } from "./controller-api.ts";
import { processIdentity, type ServerIdentity } from "./daemon/certificate.ts";
import { openJournal } from "./daemon/journal.ts";
import { kubeconfigText } from "./daemon/kubeconfig-text.ts";
import { listen } from "./http/http-server.ts";
import { storedIdentity } from "./objects/stored-identity.ts";
import { startCore } from "./start-core.ts";
import type { Store } from "./store.ts";

/** How to start a server. */
export interface ServerOptions {
  /** Where the cluster's state and certificate are kept; in memory alone when absent. */
  readonly dataDir?: string;
  /** Any free one when absent. */
  readonly port?: number;
  /** Times of objects and delays of controllers; the machine's when absent. */
  readonly clock?: Clock;
  /** How much faster than in life controllers act; 1 when absent. */
  readonly speed?: number;
  /** Whether controllers act at all (Deployments, StatefulSets, pods…); true when absent. Namespaces, definitions and owners always work. */
  readonly controllers?: boolean;
  /** Changes that watches can go back, at least. */
  readonly historyLength?: number;
  /** What pods say; without a rule commands end with exit code 126 and a word that no container runs. What packages tell of their pods comes first. */
  readonly simulation?: Simulation;
  /** Told when the data folder cannot be written any more. */
  readonly onFailure?: (error: unknown) => void;
}

/** A running server. */
export interface EmbeddedServer {
  /** `https://127.0.0.1:PORT`. */
  readonly url: string;
  /** PEM. */
  readonly caCert: string;
  readonly token: string;
  readonly port: number;
  /** Text of a kubeconfig for it (YAML). */
  kubeconfig(): string;
  readonly store: Store;
  /** The in-process access that controllers have. */
  readonly api: ControllerApi;
  /** Requests that came so far. */
  requests(): number;
  /** Requests and watches that are open. */
  open(): number;
  close(): Promise<void>;
}

/** Starts a server in this process. Throws a KplanError when its data is damaged. */
export async function startServer(options: ServerOptions = {}): Promise<EmbeddedServer> {
  const { dataDir, port = 0, clock = realClock } = options;
  if (dataDir) mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const identity = dataDir ? await storedIdentity(dataDir) : await processIdentity();
  const core = await startCore({
    clock,
    random: systemRandom,
    caCert: identity.cert,
    ...(dataDir && { journal: openJournal(dataDir) }),
    ...options,
  });
  const listening = await listen({ state: core.state, identity, port });
  return running(identity, listening, core.state.store, core.api, async () => {
    core.end();
    await listening.close();
    await core.close();
  });
}

function running(
  identity: ServerIdentity,
  listening: Awaited<ReturnType<typeof listen>>,
  store: Store,
  api: ControllerApi,
  close: () => Promise<void>,
): EmbeddedServer {
  const { port, requests, open } = listening;
  const { cert, token } = identity;
  const url = `https://127.0.0.1:${port}`;
  return {
    url,
    caCert: cert,
    token,
    port,
    kubeconfig: () => kubeconfigText({ url, caCert: cert, token }),
    store,
    api,
    requests,
    open,
    close,
  };
}
