import type { Expression } from "./expression.ts";
import type { Gate } from "./gate.ts";
import type { Meter } from "./meter.ts";
import type { Requirement } from "./requirement.ts";
import type { OnImmutable, Rollout } from "./rollout.ts";

/** Serial: one after the other, in listed order. Parallel: at the same time, bounded. */
export type Strategy = "serial" | "parallel";

/** A named procedure of a package: what `deploy` or `node_update` does. */
export interface Plan {
  readonly name: string;
  readonly strategy: Strategy;
  /** Of a KUDO package, and only there: the strategy as it is written; absent when none is. */
  readonly kudoStrategy?: string;
  /** Checked before the first write of the run, over Params and Capabilities, and Facts that were recorded in earlier runs. */
  readonly require?: readonly Requirement[];
  readonly phases: readonly Phase[];
}

/** A group of steps. */
export interface Phase {
  readonly name: string;
  readonly strategy: Strategy;
  /** Of a KUDO package, and only there: the strategy as it is written; absent when none is. */
  readonly kudoStrategy?: string;
  readonly steps: readonly Step[];
}

/** The unit that is waited for: its tasks are applied and their objects become healthy. */
export interface Step {
  readonly name: string;
  /** Of the tasks of this step; of no meaning in a KUDO package, whose tasks are applied in order without waiting and then waited for together. */
  readonly strategy: Strategy;
  /** Names of tasks, in the order they run. */
  readonly tasks: readonly string[];
  /** Milliseconds the whole step may take; the run's limit when absent. */
  readonly timeout?: number;
  /** Milliseconds without any progress after which the step is given up; the run's limit when absent. */
  readonly noActivity?: number;
  /** False: the step is skipped, and its status says why. */
  readonly when?: Expression;
  /** Checked when the step begins, over Params, Capabilities and Facts, before its first write. */
  readonly require?: readonly Requirement[];
  /** Must hold before the step is complete, and between two changes of pods. */
  readonly gate?: Gate;
  /** How the pods of its StatefulSet change; at the StatefulSet controller's pace when absent. */
  readonly rollout?: Rollout;
  /** Measures what clients feel during the step; `package`: the package's own meter. */
  readonly meter?: Meter | "package";
  /** `refuse` when absent. */
  readonly onImmutable?: OnImmutable;
}
