import type { KubeObject, ObjectRef } from "./kube-object.ts";

/** How an object is doing. Pure data: computed from what was read, never fetched. */
export type Health = Ready | Progressing | Failed;

/** It is as its spec says. */
export interface Ready {
  readonly state: "ready";
  readonly message?: string;
  /** Set when the kind is not known to kplan and only its conditions were looked at; progress says so. */
  readonly judgedBy?: "conditions" | "existence";
}

/** It is on its way. */
export interface Progressing {
  readonly state: "progressing";
  /** One sentence for people: `2 of 3 pods ready, waiting for galera-2`. */
  readonly message: string;
  /** Changes whenever there was progress: what the no-activity timeout watches. */
  readonly marker: string;
}

/** It cannot get there without somebody's help. */
export interface Failed {
  readonly state: "failed";
  /** One word: `ImagePullBackOff`, `CrashLoopBackOff`, `Unschedulable`, `QuotaExceeded`, `DeadlineExceeded`, … */
  readonly reason: string;
  /** The root cause in one sentence, with the object that shows it. */
  readonly message: string;
  /** The next command to run. */
  readonly hint?: string;
  /** The container whose last words explain it; whoever shows the failure reads its log. */
  readonly culprit?: { readonly pod: ObjectRef; readonly container: string };
}

/** How long hopeless-looking states are borne before they count as failed, in milliseconds and counts (design section 5). */
export interface HealthLimits {
  readonly unschedulable: number;
  readonly imagePull: number;
  /** Restarts of a container of the new revision. */
  readonly crashLoopRestarts: number;
}

/** Design section 5: unschedulable 5 min, image 2 min, crash loop 5 restarts. */
export const DEFAULT_HEALTH_LIMITS: HealthLimits = {
  unschedulable: 5 * 60_000,
  imagePull: 2 * 60_000,
  crashLoopRestarts: 5,
};

/** What a health rule may look at besides the object itself. */
export interface HealthContext {
  /** Server time of the look. */
  readonly now: Date;
  readonly limits: HealthLimits;
  /** When the looking began, by the server's clock: what was hopeless before may mend now, so it is borne anew from here. Absent: the object's own times count. */
  readonly since?: Date;
  /**
   * What our own write answered, when this run wrote the object: status older than it does not count.
   * `generation` must be observed; for kinds without observedGeneration a newer resourceVersion is asked for where it means something.
   */
  readonly written?: { readonly generation?: number; readonly resourceVersion?: string };
  /** Objects that the rule asked for with `relatives`: pods, ReplicaSets, events about any of them, StorageClasses. */
  readonly related: readonly KubeObject[];
}

/** A set of objects a health rule wants to see. */
export interface RelativesQuery {
  readonly apiVersion: string;
  readonly kind: string;
  /** Absent: cluster-scoped. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}
