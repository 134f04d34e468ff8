import type { Json } from "./json.ts";
import type { ObjectRef } from "./kube-object.ts";
import type { RunKind, RunPath } from "./run.ts";
import type { ExecutionStatus } from "./status.ts";

/** How the live objects of an instance differ from what its runs applied last. Values of Secrets are `***`. */
export interface DriftReport {
  readonly instance: string;
  readonly namespace: string;
  /** The newest run, when it did not complete: what it was about to do is not drift. */
  readonly unfinished?: {
    readonly run: number;
    readonly kind: RunKind;
    readonly status: ExecutionStatus;
    readonly message?: string;
  };
  /** How many objects were compared. */
  readonly compared: number;
  /** Those that differ, in the order they were made. */
  readonly objects: readonly DriftedObject[];
  /** Those that cannot be compared, and why. */
  readonly unknown: readonly { readonly ref: ObjectRef; readonly message: string }[];
  /** Those that are as they were applied, and that nothing of the package renders any more. */
  readonly leftovers: readonly AppliedAt[];
  /** What differs and is left alone, in sentences. */
  readonly notes: readonly string[];
}

/** Where and when an object was last applied. */
export interface AppliedAt {
  readonly ref: ObjectRef;
  readonly path: RunPath;
  /** Number of the run; absent when it is not known. */
  readonly run?: number;
}

/** An object that is not as it was applied. */
export interface DriftedObject extends AppliedAt {
  /**
   * `changed`: fields differ. `missing`: it is gone. `leaving`: its deletion was asked for. `not-ours`: another instance has it, or somebody made it anew.
   */
  readonly state: "changed" | "missing" | "leaving" | "not-ours";
  /** What is to be said besides the fields, in a sentence. */
  readonly message?: string;
  readonly fields: readonly DriftedField[];
}

/** A field that is not as it was applied. */
export interface DriftedField {
  /** `.spec.template.spec.containers[name="db"].image` */
  readonly field: string;
  /** Absent: it was not applied, and would go. */
  readonly applied?: Json;
  /** Absent: somebody removed it. */
  readonly live?: Json;
  /** Who owns it now; absent when nobody does, as with a field that was removed. */
  readonly by?: FieldOwner;
}

/** An entry of managedFields. */
export interface FieldOwner {
  readonly manager: string;
  /** RFC 3339. */
  readonly at?: string;
  /** `scale`, where the field was written through a subresource. */
  readonly subresource?: string;
}
