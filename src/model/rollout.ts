/**
 * How the pods of a StatefulSet change under the gate of the step: replicas go by one with the gate between, then the partition goes from the highest ordinal to the
 * template's own with the gate between; growing comes first, shrinking last. Live replicas decide where a resumed run stands (design section 6).
 */
export interface Rollout {
  /** Name of the StatefulSet, a template; when absent, the only one that the step applies. */
  readonly statefulSet?: string;
}

/** What a step does about a field that the server does not let change: refuse (the default), delete and make anew, or make anew around the same dependents. */
export type OnImmutable = "refuse" | "recreate" | "orphan";
