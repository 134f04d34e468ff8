import type { Clock } from "../model/clock.ts";
import type { Cluster } from "../model/cluster.ts";
import type { Emit } from "../model/event.ts";
import type { OperatorPackage } from "../model/package.ts";
import type { RunLimits } from "../model/run.ts";
import type { FindPackage } from "../package/resolve/resolve-package.ts";
import type { HeldLease } from "../store/lease.ts";
import type { Processes } from "../store/process-facts.ts";

/** What every action is given: the cluster, where, who, how long, and where to tell. */
export interface ActionContext {
  readonly cluster: Cluster;
  /** The namespace of the instances. */
  readonly namespace: string;
  readonly clock: Clock;
  /** Takes every event of a run, in order; nothing else is ever printed. */
  readonly emit: Emit;
  /** Aborted by the first Ctrl-C: no new write begins, the run is left Interrupted. */
  readonly stop: AbortSignal;
  /** Who asks. */
  readonly identity: Identity;
  /** How long things may take. */
  readonly limits: RunLimits;
  /** Take fields from their other managers. */
  readonly forceConflicts: boolean;
  /** Nodes declared lost (`--node-lost`): pods that hang on them are removed by force. */
  readonly lostNodes?: readonly string[];
  /** Apply objects of APIs that are gone in the version that took their place (`--api-upgrade`); as the dialect has it when absent. */
  readonly apiUpgrade?: boolean;
  /** Image of the container that holds the files of a Pipe task (`--pipe-image`); that of the run before when absent. */
  readonly pipeImage?: string;
  /** Take the lease from a holder that is alive (`--take-over`). */
  readonly takeOver?: boolean;
  /** A lease that is held already: `inTurn` waited for it, and gives it back. */
  readonly held?: HeldLease;
  /** Measure the whole run with the package's meter (`--meter`). */
  readonly meter?: boolean;
  /** kplan's own version, checked against a package's `kplanVersion`. */
  readonly version: string;
  /** Packages that were read and verified before; whoever gives many commands in one process keeps them, and none of their files may change meanwhile. */
  readonly packages?: PackageMemory;
  /** The processes of this machine; the real ones when absent. */
  readonly processes?: Processes;
  /** Finds packages by what people and other packages call them; absent: only those of this machine. */
  readonly find?: FindPackage;
  /** Packages that the one at hand needs, as this command found them, by the name of their OperatorVersion; each after those that it needs itself. */
  readonly dependencies?: ReadonlyMap<string, OperatorPackage>;
  /** What becomes of data that earlier instances left, where instances that another one needs are made anew; absent: it is refused. */
  readonly childClaims?: "reuse" | "delete";
}

/** Packages by the folder or archive they came from, or by the checksum of a stored archive. */
export type PackageMemory = Map<string, OperatorPackage>;

/** The process that acts, and the user behind it. */
export interface Identity {
  /** As the kubeconfig names the user, if it does. */
  readonly user?: string;
  readonly host: string;
  readonly pid: number;
  /** Changes with every start of the machine: `/proc/sys/kernel/random/boot_id`. */
  readonly bootId: string;
  /** When the process started, in any unit that tells it from a later process with the same pid. */
  readonly processStart: string;
  /** The command line, secret values masked; shown to whoever finds the instance busy. */
  readonly command: readonly string[];
}
