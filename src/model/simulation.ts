/** What simulated pods say: a package's `tests/simulate.yaml`, for the embedded cluster (design section 8). */
export interface Simulation {
  /** The first rule that fits a pod and a command answers. */
  readonly exec: readonly ExecRule[];
  /** The first rule that fits a pod and a container is its log. */
  readonly logs: readonly LogRule[];
  /** Files of pods, for Pipe tasks; none when absent. */
  readonly files?: readonly FileRule[];
}

/** Files that simulated containers have: what `stat` and `tar`, as a Pipe task runs them, say. */
export interface FileRule {
  /** Names of pods, `*` for any letters; all pods when absent. */
  readonly pods?: string;
  /** Name of the container; any when absent. */
  readonly container?: string;
  /** Texts by path, as the task names it; `$(pod)`, `$(namespace)` and `$(ordinal)` are filled in. */
  readonly files: Readonly<Record<string, string>>;
}

/** How simulated pods live; what is absent is as usual. Times in milliseconds. */
export interface PodRule {
  /** Names of pods, `*` for any letters; all pods when absent. */
  readonly pods?: string;
  /** From creation to a node; `never`: no node takes it. */
  readonly schedule?: number | "never";
  /** From a node to the first container. */
  readonly start?: number;
  /** Its image is not there: no container is ever made. */
  readonly imageMissing?: boolean;
  /** From running to ready. */
  readonly ready?: number | "never";
  /** Its first container ends badly so long after it was started, so many times; then it runs on. */
  readonly crashes?: { readonly after: number; readonly times: number };
  /** Its first init container ends badly so many times, and then well. */
  readonly initCrashes?: number;
  /** From the request for deletion to the end; `never`: it hangs. */
  readonly end?: number | "never";
}

/** What commands in simulated pods answer. */
export interface ExecRule {
  /** Names of pods, `*` for any letters; all pods when absent. */
  readonly pods?: string;
  /** Name of the container; any when absent. */
  readonly container?: string;
  /** Regular expression (RE2) that the command must contain a match of, its words joined by spaces. */
  readonly command: string;
  /** What earlier answers have set in this pod (`ExecAnswer.sets`), by name; an empty text for what was never set. Always fits when absent. */
  readonly when?: Readonly<Record<string, string>>;
  /** In order of `after`; the last whose time has come is given. */
  readonly answers: readonly ExecAnswer[];
}

/**
 * One answer. `$(pod)`, `$(namespace)`, `$(ordinal)`, `$(ready)` (ready pods of the same owner), `$(replicas)` (how many pods the owner wants) and `$(1)`, `$(2)` …
 * (groups of the command's match) are filled in.
 */
export interface ExecAnswer {
  /** Milliseconds since the pod was started; 0 when absent. */
  readonly after?: number;
  readonly stdout?: string;
  readonly stderr?: string;
  /** 0 when absent. */
  readonly exitCode?: number;
  /** What the pod remembers from now on, for `when` of rules; placeholders are filled in. A new pod of the name knows nothing of it. */
  readonly sets?: Readonly<Record<string, string>>;
}

/** What simulated containers print. */
export interface LogRule {
  /** Names of pods, `*` for any letters; all pods when absent. */
  readonly pods?: string;
  /** Name of the container; any when absent. */
  readonly container?: string;
  /** Printed one after the other, then from the first again when `repeat`; `$(pod)`, `$(namespace)` and `$(ordinal)` are filled in. */
  readonly lines: readonly string[];
  /** Milliseconds between two lines; 100 when absent. */
  readonly every?: number;
  readonly repeat?: boolean;
}
