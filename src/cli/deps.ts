import type { Identity, PackageMemory } from "../actions/context.ts";
import type { Clock } from "../model/clock.ts";
import type { Cluster } from "../model/cluster.ts";
import type { RunEvent } from "../model/event.ts";
import type { GiveCommand } from "../package-test/run-case.ts";
import type { Processes } from "../store/process-facts.ts";
import type { Terminal } from "./terminal.ts";

/** What the command line needs of the world. `main.ts` builds the real one; tests build theirs. */
export interface CliDeps {
  readonly terminal: Terminal;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** kplan's own version. */
  readonly version: string;
  /** The user's home folder. */
  readonly home: string;
  /** How the program was called: `kplan`, or `kubectl kplan` or `kubectl kudo` as a kubectl plugin. */
  readonly programName: string;
  /** What was typed after the program's name. */
  readonly argv: readonly string[];
  /** Reads a file the user named; rejects as `node:fs` does. */
  readonly readFile: (path: string) => Promise<string>;
  /** Reads standard input to its end. */
  readonly readStdin: () => Promise<string>;
  /** Asks one question after the other on stderr and reads a line for each from standard input; an empty text for those after its end. */
  readonly ask?: (questions: readonly string[]) => Promise<readonly string[]>;
  /** Opens the cluster that flags and environment point at. */
  readonly connect: (flags: ClusterFlags) => Promise<Session>;
  readonly embedded: EmbeddedControl;
  /** Who this process is; `command` is what is shown to others, secrets masked. */
  readonly identity: (command: readonly string[]) => Promise<Omit<Identity, "user">>;
  /** How the cases of a package's tests give their commands. */
  readonly giveInTests: () => Promise<GiveCommand>;
  /** Told every event of a run, beside what is shown of it. */
  readonly onEvent?: (event: RunEvent) => void;
  /** Packages that were read before; only whoever gives many commands in one process keeps them. */
  readonly packages?: PackageMemory;
  /** The processes of this machine; the real ones when absent. */
  readonly processes?: Processes;
  /** Calls back at Ctrl-C (SIGINT) and SIGTERM; the second one ends the process at once. Returns how to stop listening. */
  readonly onInterrupt: (callback: () => void) => () => void;
}

/** Which cluster, as kubectl's flags say it. */
export interface ClusterFlags {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly namespace?: string;
  readonly as?: string;
  readonly asGroup?: readonly string[];
  /** Milliseconds. */
  readonly requestTimeout?: number;
  /** Ask for the embedded cluster although another is configured. */
  readonly embedded: boolean;
  /** 0: quiet; 1: each request on stderr. */
  readonly verbosity: number;
}

/** An open cluster and what the flags chose in it. */
export interface Session {
  readonly cluster: Cluster;
  readonly namespace: string;
  /** As the kubeconfig names the user. */
  readonly user?: string;
}

/** The embedded cluster's process, seen from the command line. */
export interface EmbeddedControl {
  /** Starts it unless it runs. */
  start(): Promise<EmbeddedState>;
  /** Stops it; false when it did not run. */
  stop(): Promise<boolean>;
  status(): Promise<EmbeddedState>;
  /** Stops it and deletes all it holds. */
  reset(): Promise<void>;
}

/** How the embedded cluster stands. */
export interface EmbeddedState {
  readonly running: boolean;
  readonly dataDir: string;
  /** Path of its kubeconfig. */
  readonly kubeconfig: string;
  readonly server?: string;
  readonly pid?: number;
  readonly version?: string;
}
