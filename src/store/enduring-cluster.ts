import type { Clock } from "../model/clock.ts";
import { type Cluster, ClusterError } from "../model/cluster.ts";
import type { WriteFence } from "../model/driver.ts";
import { KplanError } from "../model/kplan-error.ts";

/** Milliseconds between two tries. */
const PAUSE_MS = 1000;

/** Who endures an API server that is away, and until when. */
export interface Endurance {
  readonly clock: Clock;
  /** Given up when it is lost, ten minutes after it ran out. */
  readonly lease: Pick<WriteFence, "confirm" | "lost">;
  /** Given up when it aborts, with the error that was met. */
  readonly stop: AbortSignal;
  /** Hears once that the server is away. */
  readonly tell: (message: string) => void;
}

/** Does something that asks the server, again as long as the server is away and `isBorne` says so; after that the lease is confirmed first. Throws whatever else goes wrong. */
export async function enduring<T>(
  act: () => Promise<T>,
  by: Endurance,
  isBorne: (error: unknown) => boolean = () => true,
): Promise<T> {
  for (let told = false; ; ) {
    try {
      if (told) await by.lease.confirm?.();
      return await act();
    } catch (error) {
      if (by.lease.lost.aborted || by.stop.aborted || !passes(error) || !isBorne(error))
        throw error;
      if (!told) by.tell("the API server is away; kplan goes on when it answers");
      told = true;
      await by.clock
        .sleep(PAUSE_MS, AbortSignal.any([by.lease.lost, by.stop]))
        .catch(() => undefined);
    }
  }
}

/** A cluster whose requests endure an API server that is away; a creation that was perhaps carried out is not tried again. */
export function enduringCluster(cluster: Cluster, by: Endurance): Cluster {
  return {
    ...cluster,
    get: (ref, options) => enduring(() => cluster.get(ref, options), by),
    list: (query, options) => enduring(() => cluster.list(query, options), by),
    create: (object, options) => enduring(() => cluster.create(object, options), by, isUndone),
    replace: (object, options) => enduring(() => cluster.replace(object, options), by),
    patch: (ref, patch, options) => enduring(() => cluster.patch(ref, patch, options), by),
    delete: (ref, options) => enduring(() => cluster.delete(ref, options), by),
  };
}

/** A server that is away, and a lease that was not renewed in time and is not lost yet. */
function passes(error: unknown): boolean {
  if (error instanceof ClusterError) return error.transient && AWAY.has(error.kind);
  return error instanceof KplanError && error.code === "lease-lost";
}

function isUndone(error: unknown): boolean {
  return !(error instanceof ClusterError && error.uncertain);
}

const AWAY: ReadonlySet<string> = new Set(["unreachable", "unavailable", "timeout"]);
