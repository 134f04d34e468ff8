import type { Clock } from "../model/clock.ts";
import type { RandomSource } from "../model/random.ts";
import type { PodRule, Simulation } from "../model/simulation.ts";
import type { KindRegistry } from "./kinds/kind-registry.ts";
import type { Store } from "./store.ts";

/** What every part of the server works on. */
export interface ServerState {
  readonly store: Store;
  readonly kinds: KindRegistry;
  readonly clock: Clock;
  /** Where uids and generated names come from. */
  readonly random: RandomSource;
  /** How pods live; the first rule that fits a pod counts. */
  readonly pods?: readonly PodRule[];
  /** Kubernetes version that it claims, such as 1.20; its own when absent. */
  readonly kubeVersion?: string;
  /** What pods say, beside what packages tell of theirs. */
  readonly simulation?: Simulation;
}

/** Who writes, and how. */
export interface WriteContext {
  /** Name in managedFields. */
  readonly manager: string;
  /** Only say what would be stored. */
  readonly dryRun?: boolean;
  /** The part of the object that is written; all but the status when absent. */
  readonly subresource?: "status" | "scale";
  /** What to do about fields that the kind does not have; they are dropped silently when absent. */
  readonly onUnknown?: "warn" | "refuse";
  /** Collects texts of Warning headers. */
  readonly warn?: (text: string) => void;
}

/** Seconds of the clock, as Kubernetes writes times. */
export function timestamp(clock: Clock, afterMs = 0): string {
  return `${new Date(clock.now().getTime() + afterMs).toISOString().slice(0, 19)}Z`;
}
