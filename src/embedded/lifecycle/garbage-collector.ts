import { groupOf, type KubeObject, type OwnerReference } from "../../model/kube-object.ts";
import { ApiError } from "../http/api-error.ts";
import { type ServedKind, storageKey } from "../kinds/served-kind.ts";
import {
  type DeletionOptions,
  deleteObject,
  PROPAGATION_FINALIZER,
} from "../objects/delete-object.ts";
import { storeChanged } from "../objects/update-object.ts";
import type { ServerState } from "../server-state.ts";
import type { StoredChange } from "../store.ts";

const CONTEXT = { manager: "kube-controller-manager" };

/** An object and its kind. */
interface Held {
  readonly kind: ServedKind;
  readonly object: KubeObject;
}

/**
 * Owner references at work, as kube-controller-manager's garbage collector: what all owners have left is deleted, a foreground
 * deletion waits for the dependents that block it, an orphaning one lets them go. The answer stops it.
 */
export function startGarbageCollector(state: ServerState): () => void {
  return state.store.subscribe("*", (change) => {
    const kind = state.kinds.byKey(change.key);
    if (kind) collect(state, { kind, object: change.object }, change.type);
  });
}

function collect(state: ServerState, held: Held, type: StoredChange["type"]): void {
  const { metadata } = held.object;
  if (type === "deleted") {
    for (const dependent of dependentsOf(state, held.object)) settle(state, dependent);
    for (const owner of metadata.ownerReferences ?? []) recheckOwner(state, held.object, owner);
    return;
  }
  if (metadata.ownerReferences?.length) settle(state, held);
  if (!metadata.deletionTimestamp) return;
  if (metadata.finalizers?.includes(PROPAGATION_FINALIZER.Orphan)) orphan(state, held);
  if (metadata.finalizers?.includes(PROPAGATION_FINALIZER.Foreground)) foreground(state, held);
}

/** All objects with a reference to this owner. */
function dependentsOf({ store, kinds }: ServerState, { metadata }: KubeObject): Held[] {
  return store.keys().flatMap((key) => {
    const kind = kinds.byKey(key);
    if (!kind) return [];
    const namespace = kind.namespaced ? metadata.namespace : undefined;
    return store
      .list(key, namespace)
      .filter((each) => each.metadata.ownerReferences?.some(({ uid }) => uid === metadata.uid))
      .map((object) => ({ kind, object }));
  });
}

/** Deletes an object whose owners are all gone or are being deleted in the foreground; drops references to the gone ones else. */
function settle(state: ServerState, held: Held): void {
  const live = current(state, held);
  if (!live) return;
  const owners = live.metadata.ownerReferences ?? [];
  const found = owners.map((owner) => ({ owner, object: ownerOf(state, live, owner) }));
  const gone = found.filter(({ object }) => !object);
  const waiting = found.filter(({ object }) => object && waitsForDependents(object));
  if (gone.length === 0 && waiting.length === 0) return;
  const staying = owners.length - gone.length - waiting.length;
  if (staying > 0) {
    const uids = new Set([...gone, ...waiting].map(({ owner }) => owner.uid));
    release(state, { ...held, object: live }, uids);
    return;
  }
  if (live.metadata.deletionTimestamp) return;
  const foregroundToo = waiting.length > 0 && dependentsOf(state, live).length > 0;
  const uid = live.metadata.uid;
  remove(state, held, {
    ...(uid && { uid }),
    propagation: foregroundToo ? "Foreground" : "Background",
  });
}

function waitsForDependents({ metadata }: KubeObject): boolean {
  return (
    metadata.deletionTimestamp !== undefined &&
    (metadata.finalizers ?? []).includes(PROPAGATION_FINALIZER.Foreground)
  );
}

function ownerOf(
  { kinds, store }: ServerState,
  dependent: KubeObject,
  { apiVersion, kind, name, uid }: OwnerReference,
): KubeObject | undefined {
  const served = kinds.byKind(groupOf(apiVersion), kind);
  if (!served) return undefined;
  const namespace = served.namespaced ? (dependent.metadata.namespace ?? "") : "";
  const object = store.get(storageKey(served), namespace, name);
  return object?.metadata.uid === uid ? object : undefined;
}

function foreground(state: ServerState, held: Held): void {
  const dependents = dependentsOf(state, held.object);
  const blocks = dependents.some(({ object }) =>
    object.metadata.ownerReferences?.some(
      (owner) => owner.uid === held.object.metadata.uid && owner.blockOwnerDeletion,
    ),
  );
  for (const dependent of dependents) settle(state, dependent);
  if (!blocks) dropFinalizer(state, held, PROPAGATION_FINALIZER.Foreground);
}

/** An owner may have waited for this dependent. */
function recheckOwner(state: ServerState, dependent: KubeObject, reference: OwnerReference): void {
  const object = ownerOf(state, dependent, reference);
  const kind = state.kinds.byKind(groupOf(reference.apiVersion), reference.kind);
  if (object && kind && waitsForDependents(object)) foreground(state, { kind, object });
}

function orphan(state: ServerState, held: Held): void {
  const uid = held.object.metadata.uid ?? "";
  for (const dependent of dependentsOf(state, held.object))
    release(state, dependent, new Set([uid]));
  dropFinalizer(state, held, PROPAGATION_FINALIZER.Orphan);
}

/** Takes references to these owners off an object. */
function release(state: ServerState, held: Held, uids: ReadonlySet<string>): void {
  const owners = held.object.metadata.ownerReferences ?? [];
  const ownerReferences = owners.filter(({ uid }) => !uids.has(uid));
  const { ownerReferences: _, ...rest } = held.object.metadata;
  const metadata = ownerReferences.length > 0 ? { ...rest, ownerReferences } : rest;
  change(state, held, metadata);
}

function dropFinalizer(state: ServerState, held: Held, finalizer: string): void {
  const live = current(state, held);
  if (!live) return;
  const finalizers = (live.metadata.finalizers ?? []).filter((each) => each !== finalizer);
  const { finalizers: _, ...rest } = live.metadata;
  const metadata = finalizers.length > 0 ? { ...rest, finalizers } : rest;
  change(state, { ...held, object: live }, metadata);
}

function change(
  state: ServerState,
  { kind, object }: Held,
  metadata: KubeObject["metadata"],
): void {
  const { namespace = "", name } = metadata;
  const place = { kind, namespace, name };
  quietly(() => storeChanged(state, place, object, { ...object, metadata }, CONTEXT));
}

function remove(state: ServerState, { kind, object }: Held, options: DeletionOptions): void {
  const { namespace = "", name } = object.metadata;
  quietly(() => deleteObject(state, { kind, namespace, name }, options));
}

function current({ store }: ServerState, { kind, object }: Held): KubeObject | undefined {
  const { namespace = "", name, uid } = object.metadata;
  const live = store.get(storageKey(kind), namespace, name);
  return live?.metadata.uid === uid ? live : undefined;
}

/** Somebody else was quicker: the change that they made brings us here again. */
function quietly(act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
  }
}
