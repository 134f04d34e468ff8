import { hostname } from "node:os";
import type { ActionContext } from "./actions/context.ts";
import { VERSION } from "./cli/version.ts";
import type { ConnectOptions } from "./cluster/connect/connect-options.ts";
import { connect as connectCluster } from "./cluster/kube.ts";
import type { RunEvent } from "./model/event.ts";
import { realClock } from "./model/real-clock.ts";
import { DEFAULT_RUN_LIMITS, type RunLimits } from "./model/run.ts";
import { processFacts } from "./store/process-facts.ts";

/** Which cluster and namespace, as kubectl finds them, and how to run plans there. */
export interface KplanOptions extends Omit<Partial<ConnectOptions>, "version"> {
  /** Takes every event of a run, in order; must not throw. */
  readonly onEvent?: (event: RunEvent) => void;
  /** Aborted: no new write begins and the run is left Interrupted; the same call goes on with it. */
  readonly stop?: AbortSignal;
  /** How long things may take, in milliseconds; `DEFAULT_RUN_LIMITS` where absent. */
  readonly limits?: Partial<RunLimits>;
  /** Take fields from their other managers. */
  readonly forceConflicts?: boolean;
  /** Take instances from a kplan that drives them and is alive: that one stops at its next write. */
  readonly takeOver?: boolean;
  /** How this program is named to others who find an instance busy; `kplan library` when absent. Never a secret. */
  readonly name?: string;
}

/** A namespace of a cluster, ready for `install` and the others. */
export interface Kplan extends ActionContext {
  /** Closes kept connections, so that the process can end. */
  close(): void;
}

/**
 * Connects to a cluster; sends nothing yet. Reads no environment but what kubectl would, and installs no signal handlers.
 * Throws a `bad-input` KplanError when the configuration cannot be used.
 */
export async function connect(options: KplanOptions = {}): Promise<Kplan> {
  const {
    onEvent,
    stop,
    limits,
    forceConflicts = false,
    takeOver = false,
    name = "kplan library",
    ...where
  } = options;
  const connection = await connectCluster({ env: process.env, ...where, version: VERSION });
  const { cluster, namespace, user } = connection;
  return {
    cluster,
    namespace,
    clock: realClock,
    emit: (body) => onEvent?.({ at: new Date().toISOString(), ...body } as RunEvent),
    stop: stop ?? new AbortController().signal,
    identity: {
      host: hostname(),
      pid: process.pid,
      ...(await processFacts(process.pid)),
      command: [name],
      ...(user !== undefined && { user }),
    },
    limits: { ...DEFAULT_RUN_LIMITS, ...limits },
    forceConflicts,
    takeOver,
    version: VERSION,
    close: () => cluster.close(),
  };
}
