import type { ActionContext, PackageMemory } from "../actions/context.ts";
import type { RunEvent } from "../model/event.ts";
import { DEFAULT_RUN_LIMITS, type RunLimits } from "../model/run.ts";
import type { Driver } from "./world.ts";

/** What actions are given by a driver of a world. */
export function contextOf(
  driver: Driver,
  options: {
    /** Shown to others who find the instance busy. */
    readonly command: readonly string[];
    readonly namespace?: string;
    readonly onEvent?: (event: RunEvent) => void;
    readonly stop?: AbortSignal;
    readonly limits?: Partial<RunLimits>;
    readonly forceConflicts?: boolean;
    /** Packages that were read before. */
    readonly packages?: PackageMemory;
  },
): ActionContext {
  const { cluster, clock, processes, identity } = driver;
  const { namespace = "default", command, onEvent } = options;
  return {
    cluster,
    clock,
    processes,
    namespace,
    emit: (body) => {
      if (!driver.dead) onEvent?.({ at: clock.now().toISOString(), ...body } as RunEvent);
    },
    stop: options.stop ?? driver.over,
    identity: { ...identity, user: "tester", command },
    limits: { ...DEFAULT_RUN_LIMITS, ...options.limits },
    forceConflicts: options.forceConflicts ?? false,
    version: "0.1.0",
    ...(options.packages && { packages: options.packages }),
  };
}
