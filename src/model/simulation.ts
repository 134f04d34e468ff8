/** What simulated pods say: a package's `tests/simulate.yaml`, for the embedded cluster (design section 8). */
export interface Simulation {
  /** The first rule that fits a pod and a command answers. */
  readonly exec: readonly ExecRule[];
  /** The first rule that fits a pod and a container is its log. */
  readonly logs: readonly LogRule[];
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
