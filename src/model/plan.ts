/** Serial: one after the other, in listed order. Parallel: at the same time, bounded. */
export type Strategy = "serial" | "parallel";

/** A named procedure of a package: what `deploy` or `node_update` does. */
export interface Plan {
  readonly name: string;
  readonly strategy: Strategy;
  readonly phases: readonly Phase[];
}

/** A group of steps. */
export interface Phase {
  readonly name: string;
  readonly strategy: Strategy;
  readonly steps: readonly Step[];
}

/** The unit that is waited for: its tasks are applied and their objects become healthy. */
export interface Step {
  readonly name: string;
  /** Of the tasks of this step. */
  readonly strategy: Strategy;
  /** Names of tasks, in the order they run. */
  readonly tasks: readonly string[];
  /** Milliseconds the whole step may take; the run's limit when absent. */
  readonly timeout?: number;
  /** Milliseconds without any progress after which the step is given up; the run's limit when absent. */
  readonly noActivity?: number;
}
