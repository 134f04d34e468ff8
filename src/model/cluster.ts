import type { KubeObject, ObjectRef } from "./kube-object.ts";
import type { Capabilities } from "./scope.ts";

/** Every way kplan touches a cluster. One implementation: `cluster/kube.ts`. Every call has a deadline and throws `ClusterError`. */
export interface Cluster {
  /** `https://host:port`. */
  readonly server: string;
  /** True for the embedded cluster: no container runs. */
  readonly simulated: boolean;
  /** Requests sent so far. */
  readonly requests: () => number;

  /** Server version and served group versions; asked once and kept. */
  capabilities(): Promise<Capabilities>;
  /**
   * How the server serves a kind, from a table of kinds that every supported version serves the same way, else by discovery (kept; asked again on a miss).
   * Throws ClusterError `not-served`, naming what the server does serve for that kind.
   */
  resourceOf(apiVersion: string, kind: string): Promise<Resource>;

  /** The object, or undefined when it does not exist. */
  get(ref: ObjectRef, options?: CallOptions): Promise<KubeObject | undefined>;
  /** All objects of a query; reads in pages. */
  list(query: ListQuery, options?: CallOptions): Promise<ObjectList>;
  /**
   * Everything that happens to the objects of a query, from now until `signal` aborts: first one `listed`, then changes;
   * a further `listed` whenever the watch had to begin anew (410, too long a silence). Reconnects by itself with jittered back-off; where watching is
   * forbidden it polls and says so once with `polling`. Throws only what cannot mend itself (not-served, no permission to list).
   */
  watch(query: ListQuery, options: { readonly signal: AbortSignal }): AsyncIterable<WatchEvent>;

  /**
   * Creates an object that must not exist yet (POST). Throws `already-exists`.
   */
  create(object: KubeObject, options?: WriteOptions): Promise<KubeObject>;
  /**
   * Server-side apply by field manager `kplan` onto an object that exists. `object.metadata.uid` and `resourceVersion`, when set, must still hold
   * (else `conflict` of type `version`). Fields of another manager: `conflict` of type `fields`, unless `force`.
   */
  apply(object: KubeObject, options?: ApplyOptions): Promise<KubeObject>;
  /** Replaces an object (PUT); its resourceVersion must still hold. */
  replace(object: KubeObject, options?: WriteOptions): Promise<KubeObject>;
  /** JSON merge patch. */
  patch(ref: ObjectRef, patch: unknown, options?: WriteOptions): Promise<KubeObject>;
  /** Asks for deletion; false when it was not there. Does not wait: see `watch`. */
  delete(ref: ObjectRef, options?: DeleteOptions): Promise<Deleted>;

  /** Log of a container: the last `tailLines` lines, else all; from `since` on (RFC 3339); of the instance before the last restart with `previous`. */
  logs(
    pod: ObjectRef,
    options: {
      readonly container: string;
      readonly tailLines?: number;
      readonly since?: string;
      readonly previous?: boolean;
    },
  ): Promise<string>;
  /**
   * The lines of a container's log from its beginning, as they come, until `signal` aborts or the container ends. Begins anew after a broken connection without
   * repeating lines. Throws ClusterError.
   */
  followLog(
    pod: ObjectRef,
    options: { readonly container?: string; readonly signal: AbortSignal },
  ): AsyncIterable<string>;
  /** Runs a command in a container. */
  exec(pod: ObjectRef, options: ExecOptions): Promise<ExecResult>;
  /** The server's own time by its last `Date` header, in milliseconds since 1970, carried on by the monotonic clock; 1 s resolution. Asks the server if nothing was asked yet. */
  serverTime(): Promise<number>;
  /** The same without asking: undefined before the first answer. */
  serverNow?(): number | undefined;
  /** Whether the current user may do something (SelfSubjectAccessReview). */
  mayI(
    verb: string,
    ref: Omit<ObjectRef, "name"> & { readonly name?: string; readonly subresource?: string },
  ): Promise<boolean>;
  /** Closes kept connections. */
  close(): void;
}

/** How a kind is served. */
export interface Resource {
  readonly apiVersion: string;
  readonly kind: string;
  /** As in the URL, e.g. `statefulsets`. */
  readonly plural: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

/** Options of one call. */
export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Milliseconds for the whole call, retries included; the client's default when absent. */
  readonly deadline?: number;
  /** Awaited right before each request of the call that changes something is sent, each time it is sent; a throw of it ends the call. */
  readonly before?: () => Promise<void>;
}

/** Options of a write. */
export interface WriteOptions extends CallOptions {
  /** Ask the server what would happen; nothing is stored. */
  readonly dryRun?: boolean;
  readonly subresource?: "status" | "scale";
}

/** Options of a server-side apply. */
export interface ApplyOptions extends WriteOptions {
  /** Take fields from their other managers. */
  readonly force?: boolean;
  /** The object as it was last read, with its managedFields: saves the read that an apply begins with. */
  readonly live?: KubeObject;
}

/** Options of a deletion. */
export interface DeleteOptions extends CallOptions {
  readonly dryRun?: boolean;
  readonly propagation?: "Foreground" | "Background" | "Orphan";
  /** Delete only just this object, at just this version. */
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly gracePeriodSeconds?: number;
  /** Takes away what only the run itself needed: allowed for a moment after the run was told to stop. */
  readonly tidies?: boolean;
}

/** What a deletion came to: nothing was there; it is `gone`; or it may stay for a while, until its finalizers or its pods are gone. */
export type Deleted = false | "gone" | "leaving";

/** A set of objects: all of a kind in a namespace (or everywhere), narrowed by selectors or to one name. */
export interface ListQuery {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

/** Objects of a list, with the version that a watch may begin from. */
export interface ObjectList {
  readonly items: KubeObject[];
  readonly resourceVersion: string;
}

/** What a watch tells. */
export type WatchEvent =
  | { readonly type: "listed"; readonly items: readonly KubeObject[] }
  | { readonly type: "added" | "modified" | "deleted"; readonly object: KubeObject }
  | { readonly type: "polling"; readonly reason: string };

/** A command to run in a container. */
export interface ExecOptions extends CallOptions {
  readonly container?: string;
  readonly command: readonly string[];
  readonly stdin?: string;
  /** What it prints is no text: the result has `bytes`. */
  readonly binary?: true;
}

/** What a command left behind. */
export interface ExecResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Standard output as it was printed, where it was asked for. */
  readonly bytes?: Uint8Array;
}

/**
 * Why a call failed, in one word:
 * `conflict` (409: another manager's fields, or another version) · `already-exists` (409) · `invalid` (422, 400, an immutable field, a bad patch) ·
 * `forbidden` · `unauthorized` · `not-found` (of a namespace, or of the object where it must exist) · `not-served` (the kind) · `gone` (410) ·
 * `quota` · `webhook` (an admission webhook refused or cannot be reached) · `unavailable` (retries used up: 429, 503, connection lost) ·
 * `timeout` (deadline) · `terminating` (the namespace) · `unreachable` (no server there) · `other`.
 */
export type ClusterErrorKind =
  | "conflict"
  | "already-exists"
  | "invalid"
  | "forbidden"
  | "unauthorized"
  | "not-found"
  | "not-served"
  | "gone"
  | "quota"
  | "webhook"
  | "unavailable"
  | "timeout"
  | "terminating"
  | "unreachable"
  | "other";

/** A field of another manager that an apply would change. */
export interface FieldConflict {
  /** Name of the other manager. */
  readonly manager: string;
  /** As the server names it, e.g. `.spec.replicas`. */
  readonly field: string;
}

/** A failed call. `message` is one sentence that names the object and says what to do where that is known. */
export class ClusterError extends Error {
  override readonly name = "ClusterError";
  readonly kind: ClusterErrorKind;
  /** HTTP status, 0 when there was no answer. */
  readonly status: number;
  readonly ref: ObjectRef | undefined;
  /** Whether the same call may succeed later without anybody doing anything. */
  readonly transient: boolean;
  /** True when it is not known whether the write was carried out (the connection broke after it was sent). */
  readonly uncertain: boolean;
  /** True when a field cannot be changed on the object that is there; on a new one it could be as wanted. */
  readonly immutable: boolean;
  readonly conflicts: readonly FieldConflict[];
  readonly hint: string | undefined;

  constructor(
    kind: ClusterErrorKind,
    message: string,
    details: {
      readonly status?: number;
      readonly ref?: ObjectRef;
      readonly transient?: boolean;
      readonly uncertain?: boolean;
      readonly immutable?: boolean;
      readonly conflicts?: readonly FieldConflict[];
      readonly hint?: string;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.kind = kind;
    this.status = details.status ?? 0;
    this.ref = details.ref;
    this.transient = details.transient ?? false;
    this.uncertain = details.uncertain ?? false;
    this.immutable = details.immutable ?? false;
    this.conflicts = details.conflicts ?? [];
    this.hint = details.hint;
  }
}
