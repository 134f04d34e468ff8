import type { Clock } from "../../model/clock.ts";
import { type Cluster, ClusterError } from "../../model/cluster.ts";
import type { WriteFence } from "../../model/driver.ts";
import { refuseLater } from "../../model/fencing.ts";
import { canonicalJson } from "../../model/json.ts";
import { type KubeObject, refOf, refText } from "../../model/kube-object.ts";
import { ANNOTATION } from "../../model/names.ts";
import { applyTaking } from "../objects/apply-taking.ts";
import { ownerOf, refuseOtherInstance } from "../objects/other-instance.ts";
import { refuseSomebodyElses } from "../objects/somebody-elses.ts";
import type { CheckedWrite } from "./preview-cache.ts";

/** What asking about an object needs. */
export interface CheckDeps {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly forceConflicts: boolean;
  readonly takeBack?: boolean;
  readonly signal?: AbortSignal;
  /** What a later driver has marked is refused; absent where nothing will be written. */
  readonly fence?: Pick<WriteFence, "token">;
}

/** A `CheckedWrite`, and what the object would be afterwards. */
export interface Check extends CheckedWrite {
  readonly after: KubeObject | undefined;
}

/** Annotations that tell where in a run an object was last applied: no reason to write it. */
const OURS: readonly string[] = [
  ANNOTATION.plan,
  ANNOTATION.phase,
  ANNOTATION.step,
  ANNOTATION.planUid,
];

/** How often an object that others keep changing is looked at again. */
const LOOKS = 5;

/**
 * Asks the server what a write of the object would do. `expected`: whether it is likely there, which only saves a request.
 * Throws the ClusterError that the write would meet.
 */
export async function checkObject(
  object: KubeObject,
  expected: boolean,
  deps: CheckDeps,
): Promise<Check> {
  for (let look = 1; ; look++) {
    if (!expected || look > 1) {
      const after = await triedCreation(object, deps, look >= LOOKS);
      if (after !== undefined) return { ...checked(object, "create", undefined, deps), after };
    }
    const found = await readObject(object, deps);
    if (found.change !== "create") return found;
  }
}

/** What a creation would make; undefined when the object is there: a step beside may have made it since it was looked for. */
async function triedCreation(
  object: KubeObject,
  deps: CheckDeps,
  last: boolean,
): Promise<KubeObject | undefined> {
  try {
    return await deps.cluster.create(object, { dryRun: true, ...callSignal(deps) });
  } catch (error) {
    if (last || !(error instanceof ClusterError) || !isThere(error)) throw error;
    return undefined;
  }
}

/** Whether the refusal of a creation says that the object is there; only what is there has fields that cannot be changed. */
function isThere({ kind, immutable }: ClusterError): boolean {
  return kind === "already-exists" || immutable;
}

/** The same for a write that follows at once: an object that is absent is not asked about further, its creation will tell. */
export async function readObject(object: KubeObject, deps: CheckDeps): Promise<Check> {
  for (let look = 1; ; look++) {
    const live = await deps.cluster.get(refOf(object), callSignal(deps));
    if (live === undefined)
      return { ...checked(object, "create", undefined, deps), after: undefined };
    await refuseToApply(object, live, deps);
    try {
      return await checkOver(object, live, deps);
    } catch (error) {
      if (!hasMoved(error, "configure") || look >= LOOKS) throw error;
    }
  }
}

/** Throws the ClusterError for an object that is being deleted, or is somebody else's; a `lease-lost` KplanError for one that a later driver has marked. */
export async function refuseToApply(
  object: KubeObject,
  live: KubeObject,
  deps: Pick<CheckDeps, "forceConflicts" | "fence" | "cluster">,
): Promise<void> {
  refuseLater(live, deps.fence?.token);
  if (live.metadata.deletionTimestamp !== undefined) {
    await refuseLeavingNamespace(live, deps);
    throw leaving(live);
  }
  refuseOtherInstance(live, ownerOf(object), deps);
  refuseSomebodyElses(live, object, deps);
}

/** The same onto just what was read. Throws the ClusterError that the write would meet, `conflict` when the object has changed meanwhile. */
export async function checkOver(
  object: KubeObject,
  live: KubeObject,
  deps: CheckDeps,
): Promise<Check & { readonly after: KubeObject }> {
  const after = await applyTaking(deps.cluster, atVersion(object, live), {
    dryRun: true,
    live,
    force: deps.forceConflicts || deps.takeBack === true,
    ...callSignal(deps),
  });
  const change = isSame(live, after) ? "unchanged" : "configure";
  return { ...checked(object, change, live, deps), after };
}

/** The object as a write onto just this one at just this version. */
export function atVersion(object: KubeObject, live: KubeObject): KubeObject {
  const { uid, resourceVersion } = live.metadata;
  const fence = {
    ...(uid !== undefined && { uid }),
    ...(resourceVersion !== undefined && { resourceVersion }),
  };
  return { ...object, metadata: { ...object.metadata, ...fence } };
}

/** True for an error that says that an object is not as it was read before this write: read it again. */
export function hasMoved(error: unknown, change: CheckedWrite["change"]): boolean {
  if (!(error instanceof ClusterError)) return false;
  // A creation that finds nothing misses its namespace.
  if (change === "create") return error.kind === "already-exists";
  const otherVersion = error.kind === "conflict" && error.conflicts.length === 0;
  return otherVersion || error.kind === "not-found";
}

/** An object that goes with its namespace cannot be made anew. Throws a ClusterError `terminating`; where namespaces may not be read, the creation will tell. */
async function refuseLeavingNamespace(
  live: KubeObject,
  { cluster }: Pick<CheckDeps, "cluster">,
): Promise<void> {
  const { namespace } = live.metadata;
  if (namespace === undefined) return;
  const ref = { apiVersion: "v1", kind: "Namespace", name: namespace };
  const home = await cluster.get(ref).catch((error: unknown) => {
    if (error instanceof ClusterError && error.kind === "forbidden") return undefined;
    throw error;
  });
  if (home?.metadata.deletionTimestamp === undefined) return;
  throw new ClusterError(
    "terminating",
    `${refText(refOf(live))} is being deleted with its namespace ${namespace}`,
    {
      status: 403,
      ref: refOf(live),
      hint: `wait until it is gone: kubectl wait --for=delete namespace/${namespace}`,
    },
  );
}

/** An object that is being deleted cannot be applied; it can be made anew once it is gone. */
function leaving({ metadata, ...object }: KubeObject): ClusterError {
  const ref = refOf({ ...object, metadata } as KubeObject);
  const { finalizers = [] } = metadata;
  const held = finalizers.length === 0 ? "" : `, held by the finalizers ${finalizers.join(", ")}`;
  return new ClusterError(
    "conflict",
    `${ref.kind} ${ref.name} is being deleted${held}; it can be made anew when it is gone`,
    { status: 409, ref, transient: true },
  );
}

function checked(
  object: KubeObject,
  change: CheckedWrite["change"],
  live: KubeObject | undefined,
  { clock }: CheckDeps,
): CheckedWrite {
  return { body: canonicalJson(object), change, live, at: clock.monotonic() };
}

/** True when two states differ in nothing that matters. */
function isSame(live: KubeObject, after: KubeObject): boolean {
  return canonicalJson(bare(live)) === canonicalJson(bare(after));
}

/** Without what every write changes. Also used to show differences. */
export function bare(object: KubeObject): KubeObject {
  const { managedFields: _m, resourceVersion: _r, generation: _g, ...metadata } = object.metadata;
  const kept = Object.entries(metadata.annotations ?? {}).filter(([key]) => !OURS.includes(key));
  const { annotations: _a, ...rest } = metadata;
  const annotations = kept.length === 0 ? {} : { annotations: Object.fromEntries(kept) };
  return { ...object, metadata: { ...rest, ...annotations } as KubeObject["metadata"] };
}

function callSignal({ signal }: CheckDeps): { readonly signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}
