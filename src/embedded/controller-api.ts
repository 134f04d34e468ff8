import type { Clock } from "../model/clock.ts";
import type { KubeObject } from "../model/kube-object.ts";
import type { PodRule } from "../model/simulation.ts";

/**
 * What the simulated controllers see of the server. Every call is synchronous: the store is in memory, and the journal is
 * flushed before any answer leaves the process, so a controller never waits. Objects handed out are shared and must not be
 * changed: `structuredClone` first. Kinds are named by their kind alone (`Pod`, `StatefulSet`; for `Event` the core one);
 * a kind that two groups share, or one of a CustomResourceDefinition, as `group/Kind`.
 */
export interface ControllerApi {
  /** The server's clock; every delay goes through `schedule`. */
  readonly clock: Clock;

  /** All objects of a kind, by namespace and name, narrowed when asked. Empty for a kind that is not served. */
  list(kind: string, filter?: ObjectFilter): readonly KubeObject[];
  /** The object, or undefined when it does not exist. */
  get(kind: string, name: string, namespace?: string): KubeObject | undefined;

  /**
   * Stores a new object, defaults and managed fields filled in as for a POST (`metadata.generateName` too).
   * Throws ApiError: 409 when it exists, 403 when its namespace is terminating, 422 when it is not valid.
   */
  create(object: KubeObject): KubeObject;
  /**
   * Replaces an object, all but its status (where the kind has a status subresource); generation counts up when it
   * changed outside metadata. Not stored when nothing changed. Throws ApiError: 404, 409 when its resourceVersion is old, 422.
   */
  update(object: KubeObject): KubeObject;
  /** Replaces the status of an object and nothing else. Not stored when nothing changed. Throws as `update`. */
  updateStatus(object: KubeObject): KubeObject;
  /** Asks for deletion, as DELETE does: grace, finalizers and propagation count. False when it was not there, or has another uid. */
  delete(kind: string, name: string, options?: RemoveOptions): boolean;

  /**
   * Calls back for each object of the kind that is there now (`added`), then for every change, in the order they were
   * stored; always in a later microtask, never from within a write. The answer ends it.
   */
  onChange(kind: string, listener: (change: ObjectChange) => void): () => void;
  /** Runs `act` after `ms` milliseconds of the cluster's time (divided by `speed`). The answer calls it off. Nothing runs after the server was closed. */
  schedule(ms: number, act: () => void): () => void;
  /**
   * Milliseconds for which rules let a pod's containers print, without end where one repeats itself: a pod that runs to its end runs that long.
   * Undefined without such a rule.
   */
  printingTime(pod: KubeObject): number | undefined;
  /** How a pod lives, where that is told; of rules that fit, the first. */
  ruleOf(pod: KubeObject): PodRule | undefined;
  /** Records a core Event about an object, as the named component; the same event again counts up. */
  event(about: KubeObject, event: EventText): void;
}

/** Narrows a list. */
export interface ObjectFilter {
  readonly namespace?: string;
  /** Every label must have this value. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Uid of the owner whose controller reference the object carries. */
  readonly controlledBy?: string;
}

/** Options of a deletion by a controller. */
export interface RemoveOptions {
  readonly namespace?: string;
  readonly uid?: string;
  readonly gracePeriodSeconds?: number;
  /** `Background` when absent. */
  readonly propagation?: "Foreground" | "Background" | "Orphan";
}

/** What happened to an object; a deleted one is handed out as it last was. */
export interface ObjectChange {
  readonly type: "added" | "modified" | "deleted";
  readonly object: KubeObject;
  /** As it was before; undefined for `added`. */
  readonly previous: KubeObject | undefined;
}

/** Text of an Event. */
export interface EventText {
  readonly type: "Normal" | "Warning";
  /** CamelCase word, e.g. `Pulled`. */
  readonly reason: string;
  readonly message: string;
  /** Who says so, e.g. `kubelet`. */
  readonly component: string;
}

/** A set of controllers that act on the cluster until the answer is called. */
export type StartControllers = (api: ControllerApi) => () => void;
