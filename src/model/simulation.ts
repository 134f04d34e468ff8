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
  /** In order of `after`; the last whose time has come is given. */
  readonly answers: readonly ExecAnswer[];
}

/** One answer. `$(pod)`, `$(namespace)`, `$(ordinal)` and `$(ready)` (ready pods of the same owner) are filled in. */
export interface ExecAnswer {
  /** Milliseconds since the pod was started; 0 when absent. */
  readonly after?: number;
  readonly stdout?: string;
  readonly stderr?: string;
  /** 0 when absent. */
  readonly exitCode?: number;
}

/** What simulated containers print. */
export interface LogRule {
  /** Names of pods, `*` for any letters; all pods when absent. */
  readonly pods?: string;
  /** Name of the container; any when absent. */
  readonly container?: string;
  /** Printed one after the other, then from the first again when `repeat`; placeholders as in `ExecAnswer`. */
  readonly lines: readonly string[];
  /** Milliseconds between two lines; 100 when absent. */
  readonly every?: number;
  readonly repeat?: boolean;
}
