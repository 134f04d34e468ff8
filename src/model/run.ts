import type { Health } from "./health.ts";
import type { Json } from "./json.ts";
import type { ObjectRef } from "./kube-object.ts";
import type { MeterSummary } from "./meter.ts";
import type { Dialect, OperatorPackage } from "./package.ts";
import type { ParameterValues } from "./parameter.ts";
import type { Plan } from "./plan.ts";
import type { Capabilities, RunConstants } from "./scope.ts";
import type { ExecutionStatus, PlanStatus } from "./status.ts";

/** Names a place in a run; `task` etc. are absent for what stands above. */
export interface RunPath {
  readonly plan: string;
  readonly phase?: string;
  readonly step?: string;
  readonly task?: string;
}

/** `deploy.nodes.cleanup`: how a place in a run is named to people. */
export function pathText(path: RunPath): string {
  return [path.plan, path.phase, path.step, path.task].filter(Boolean).join(".");
}

/** Why a run is not going on, beside KUDO's status words. */
export type RunReason = "Interrupted" | "Paused" | "Cancelled" | "TimedOut" | "Skipped" | "Failed";

/** What asked for a run. */
export type RunKind =
  | "install"
  | "update"
  | "upgrade"
  | "rollback"
  | "adopt"
  | "trigger"
  | "uninstall"
  | "fix";

/** One object that an instance made, and so may remove again. */
export interface InventoryEntry {
  readonly ref: ObjectRef;
  /** Where in a run it was last applied. */
  readonly path: RunPath;
  /** Number of that run; absent in entries that an earlier version of kplan made. */
  readonly run?: number;
}

/** One object that a `fix` is about. */
export interface FixedObject {
  readonly ref: ObjectRef;
  /** The task that last applied it. */
  readonly path: RunPath;
  /** Its `spec.replicas` is an autoscaler's: left as it is. */
  readonly unscaled?: true;
}

/** A changed parameter; values as canonical JSON text (in a KUDO package all of them texts), those of secrets as `***`; null: not set. */
export interface ParameterChange {
  readonly name: string;
  readonly from: string | null;
  readonly to: string | null;
}

/** One execution, as it is kept in the cluster (`<instance>-run-<n>`). Never holds a secret value. */
export interface RunRecord {
  /** Version of this format. */
  readonly format: 1;
  readonly uid: string;
  /** Counts from 1 for each instance. */
  readonly number: number;
  readonly kind: RunKind;
  readonly instance: string;
  readonly namespace: string;
  /** Name of the OperatorVersion. */
  readonly operatorVersion: string;
  /** Digest of the package it began with and keeps. */
  readonly digest: string;
  /** Language of that package, in which `parameters` are written; native when absent. */
  readonly dialect?: Dialect;
  /** In the order they run. */
  readonly plans: readonly string[];
  readonly cause: {
    /** As the API server or the kubeconfig names the user, if known. */
    readonly user?: string;
    readonly host: string;
    readonly changes: readonly ParameterChange[];
    /** Number of the run that a rollback goes back to. */
    readonly rollbackTo?: number;
  };
  /** Values given by the user (defaults left out), as canonical JSON text, in KUDO's dialect as they are; a secret's is a salted hash, `sha256:…`. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly constants: RunConstants;
  readonly status: ExecutionStatus;
  readonly reason?: RunReason;
  readonly message?: string;
  readonly hint?: string;
  /** RFC 3339. */
  readonly startedAt: string;
  readonly finishedAt?: string;
  /** Last time its driver wrote it. */
  readonly updatedAt: string;
  readonly planStatus: readonly PlanStatus[];
  /** RFC 3339 times of each step by `plan.phase.step`. */
  readonly times: Readonly<Record<string, { readonly from: string; readonly to?: string }>>;
  /** What a task is about to write, noted before its first write; gone when the task is done. */
  readonly intents: readonly Intent[];
  /** All that the instance has made so far and not removed. */
  readonly inventory: readonly InventoryEntry[];
  /** What its Exec tasks found out, by task; never a secret. Absent: nothing. */
  readonly facts?: Readonly<Record<string, Json>>;
  /** Ids of requirements that were given with `--allow`. */
  readonly allowed?: readonly string[];
  /** What `--api-upgrade` says; absent when it was not given. */
  readonly apiUpgrade?: boolean;
  /** What `--pipe-image` says, or said for the run before; absent when it was never given. */
  readonly pipeImage?: string;
  /** What meters found, by `plan.phase.step`. */
  readonly meters?: Readonly<Record<string, MeterSummary>>;
  /** Of a `fix`: the objects that it puts right, and no others. */
  readonly only?: readonly FixedObject[];
  /** Jobs that have done their work. Absent: none. */
  readonly finished?: readonly FinishedJob[];
  /** Of an uninstall: the claims go too. */
  readonly deleteClaims?: true;
}

/** A Job that has done its work for a task: once it is gone (`ttlSecondsAfterFinished`) it is not made again by the same run. */
export interface FinishedJob {
  readonly ref: ObjectRef;
  readonly path: RunPath;
  /** sha256 of what was applied: another Job of the name is another piece of work. */
  readonly digest: string;
}

/** One task's announcement of its writes. */
export interface Intent {
  readonly path: RunPath;
  readonly objects: readonly ObjectRef[];
  /** `exec`: a command runs in these pods, which do not enter the inventory. */
  readonly act: "apply" | "delete" | "exec";
  /** The ConfigMap of a task with `record`, which does. */
  readonly record?: ObjectRef;
}

/** How long things may take, in milliseconds (design section 5). */
export interface RunLimits {
  readonly step: number;
  readonly noActivity: number;
  readonly unschedulable: number;
  readonly imagePull: number;
  readonly crashLoopRestarts: number;
  /** Steps and tasks that run at the same time, at most. */
  readonly concurrency: number;
}

/** Design section 5's numbers. */
export const DEFAULT_RUN_LIMITS: RunLimits = {
  step: 30 * 60_000,
  noActivity: 10 * 60_000,
  unschedulable: 5 * 60_000,
  imagePull: 2 * 60_000,
  crashLoopRestarts: 5,
  concurrency: 10,
};

/** All that decides what a run does; plain data besides the package. */
export interface RunInputs {
  readonly uid: string;
  readonly pkg: OperatorPackage;
  readonly instance: { readonly name: string; readonly namespace: string; readonly uid: string };
  /** Effective values, defaults and secret references filled in; in a KUDO package the texts, which templates see by their types. */
  readonly parameters: ParameterValues;
  /** All that is known when the run begins or goes on: facts that were recorded in earlier runs, and those that this run found out before. */
  readonly facts: Readonly<Record<string, Json>>;
  /** Those of earlier runs only: what requirements of plans see. All of them when absent. */
  readonly earlierFacts?: Readonly<Record<string, Json>>;
  readonly capabilities: Capabilities;
  readonly constants: RunConstants;
  /** In the order they run; a plan begins when the one before is COMPLETE. */
  readonly plans: readonly Plan[];
  /** Where it stands: a fresh run has all PENDING; a resumed one keeps what is COMPLETE. */
  readonly statuses: readonly PlanStatus[];
  /** What the instance had made before. */
  readonly inventory: readonly InventoryEntry[];
  /** Jobs that this run has seen to their end before. */
  readonly finished?: readonly FinishedJob[];
  /** Mixed into hashes over Secrets, so that a hash tells nothing about a value. */
  readonly hashSalt: string;
  /** Ids of requirements that need not hold. */
  readonly allowed?: readonly string[];
  /** Nodes that somebody declared lost: pods that hang on them are deleted by force. */
  readonly lostNodes?: readonly string[];
  /** Image of the container that holds the files of a Pipe task until they are fetched; KUDO's `busybox` when absent. */
  readonly pipeImage?: string;
  /** The package's meter runs beside the whole run. */
  readonly meter?: boolean;
  /** Nothing but these objects is written, of whatever the tasks render. */
  readonly only?: readonly FixedObject[];
  /** Objects of APIs that the server serves no more are applied in the version that took their place. Absent: as the dialect has it, true for a KUDO package. */
  readonly apiUpgrade?: boolean;
}

/** How a run ended. */
export type RunOutcome =
  | { readonly result: "complete"; readonly message?: string }
  | RunFailure
  | RunPause
  | RunCancel
  | { readonly result: "interrupted"; readonly message: string; readonly reason?: never };

/** A run that stopped itself at a safe point, for somebody to look at it first; the same command goes on. */
export interface RunPause {
  readonly result: "interrupted";
  readonly reason: "Paused";
  readonly message: string;
}

/** A run that somebody gave up (`kplan plan cancel`). Nothing was undone. */
export interface RunCancel {
  readonly result: "cancelled";
  /** By whom, and where things stand. */
  readonly message: string;
  /** The next commands. */
  readonly hint: string;
  /** The same for programs; absent where it is only known from a record. */
  readonly standing?: RunStanding;
}

/** Where things stand when a run has stopped. Steps are named `plan.phase.step`. */
export interface RunStanding {
  readonly complete: readonly string[];
  /** Begun and not complete, with what is known of the objects that they were about to write. */
  readonly underWay: readonly StepStanding[];
  readonly notBegun: readonly string[];
}

/** What is known of a step that was stopped in its middle, or had failed. */
export interface StepStanding {
  readonly step: string;
  /** Why it had failed for good before that; absent for one that was under way. */
  readonly failed?: string;
  readonly objects: readonly {
    readonly ref: ObjectRef;
    /** A part of a sentence: `was written, 4 of 5 pods ready`, `was not created`. */
    readonly state: string;
  }[];
}

/** A run that did not get there; a timed-out one can be resumed. */
export interface RunFailure {
  readonly result: "failed" | "timed-out";
  readonly path: RunPath;
  /** The root cause in one sentence. */
  readonly message: string;
  /** The next command. */
  readonly hint?: string;
  readonly ref?: ObjectRef;
  readonly health?: Health;
}

/** What a dry run found about one object. */
export interface PlannedObject {
  readonly path: RunPath;
  readonly ref: ObjectRef;
  /**
   * `create`, `configure` (differs), `recreate` (deleted and made anew, as the step's `onImmutable` says), `unchanged`, `delete`, `absent` (nothing to delete), or
   * `later`: cannot be known before an earlier step is done.
   */
  readonly change:
    | "create"
    | "configure"
    | "recreate"
    | "unchanged"
    | "delete"
    | "absent"
    | "later";
  /** Why it is `later`, or `recreate`. */
  readonly why?: string;
  /** Unified diff of the YAML, secret values masked; for `configure`. */
  readonly diff?: string;
}

/** What a run would do, and every reason it would be refused for. */
export interface Preview {
  readonly objects: readonly PlannedObject[];
  /** What is applied otherwise than the package says, a sentence each. Absent: nothing. */
  readonly notes?: readonly string[];
  /** Conflicts, immutable fields, missing permissions, kinds not served: found before the first write. */
  readonly problems: readonly PreviewProblem[];
}

/** One reason why a run would fail. */
export interface PreviewProblem {
  readonly path: RunPath;
  /** The object that it is about; absent when it is about a condition. */
  readonly ref?: ObjectRef;
  /** Id of the requirement that does not hold. */
  readonly requirement?: string;
  readonly message: string;
  readonly hint?: string;
}
