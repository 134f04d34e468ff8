import { isDeepStrictEqual } from "node:util";
import { isMap } from "../../model/json.ts";
import type { KubeObject, ManagedFieldsEntry, ObjectMeta } from "../../model/kube-object.ts";
import { admit } from "../admission/admit.ts";
import { badRequest, conflict, invalid, notFound, staleVersion } from "../http/api-error.ts";
import { rulesOf } from "../kinds/kind-rules.ts";
import { type ServedKind, storageKey } from "../kinds/served-kind.ts";
import { invalidValue } from "../rules/rule.ts";
import { type ServerState, timestamp, type WriteContext } from "../server-state.ts";
import { checkObject } from "./check-object.ts";
import { managedAfterUpdate } from "./managed-fields.ts";
import { readObject } from "./read-object.ts";

/** Names a stored object. */
export interface ObjectPlace {
  readonly kind: ServedKind;
  readonly namespace: string;
  readonly name: string;
}

/** Replaces an object (PUT). Throws ApiError 400, 404, 409 (version, uid), 422. */
export function updateObject(
  state: ServerState,
  place: ObjectPlace,
  body: unknown,
  context: WriteContext,
): KubeObject {
  const { kind, namespace, name } = place;
  const object = readObject(kind, body, context);
  const live = readLive(state, place);
  const { metadata } = object;
  if (metadata.name !== name)
    throw badRequest(
      `the name of the object (${metadata.name ?? ""}) does not match the name on the URL (${name})`,
    );
  if (kind.namespaced && metadata.namespace !== undefined && metadata.namespace !== namespace)
    throw badRequest(
      "the namespace of the provided object does not match the namespace sent on the request",
    );
  if (metadata.uid && metadata.uid !== live.metadata.uid)
    throw conflict(
      kind,
      name,
      `Precondition failed: UID in precondition: ${metadata.uid}, UID in object meta: ${live.metadata.uid}`,
    );
  if (!metadata.resourceVersion && kind.versionedUpdate)
    throw invalid(kind, name, [
      {
        ...invalidValue("metadata.resourceVersion", 0, ""),
        message: "Invalid value: 0x0: must be specified for an update",
      },
    ]);
  return storeChanged(state, place, live, object, context);
}

/** The stored object. Throws ApiError 404. */
export function readLive(
  { store }: ServerState,
  { kind, namespace, name }: ObjectPlace,
): KubeObject {
  const live = store.get(storageKey(kind), namespace, name);
  if (!live) throw notFound(kind, name);
  return live;
}

/**
 * Stores an object in place of `live`: preconditions, what an update may not change carried over, generation, managed fields,
 * validation. Not stored when nothing changed; removed when it was waiting for its last finalizer.
 * `managed` are the managed fields when an apply has worked them out.
 */
export function storeChanged(
  state: ServerState,
  place: ObjectPlace,
  live: KubeObject,
  given: KubeObject,
  context: WriteContext,
  managed?: ManagedFieldsEntry[],
): KubeObject {
  const { kind, namespace, name } = place;
  checkPreconditions(kind, live, given.metadata);
  const draft = mergeParts(kind, live, given, context.subresource);
  const rules = rulesOf(kind);
  if (context.subresource !== "status") rules.beforeUpdate?.(draft, live, state);
  if (kind.generation) draft.metadata.generation = generationOf(kind, draft, live);
  checkObject(state, kind, draft, live);
  admit(state, { operation: "UPDATE", kind, object: draft, subresource: context.subresource });

  const before = managed ?? baseOf(live, given);
  const time = timestamp(state.clock);
  draft.metadata.managedFields = before;
  if (!managed) {
    const subresource = context.subresource;
    const writer = { manager: context.manager, time, subresource };
    draft.metadata.managedFields = managedAfterUpdate(kind, live, draft, writer);
  }
  if (draft.metadata.managedFields.length === 0) delete draft.metadata.managedFields;
  if (isDeepStrictEqual(draft, live)) return live;
  if (context.dryRun) return draft;
  const key = storageKey(kind);
  const stored = state.store.put(key, draft);
  if (mayGo(kind, stored)) state.store.remove(key, namespace, name);
  return stored;
}

/** Managed fields count as the client sends them (so does kubectl hand fields over from one manager to another); none sent: as stored; one empty entry: nobody owns anything. */
function baseOf(live: KubeObject, given: KubeObject): ManagedFieldsEntry[] {
  const list = given.metadata.managedFields ?? [];
  if (list.length === 0) return live.metadata.managedFields ?? [];
  const reset = list.length === 1 && list.every((entry) => Object.keys(entry).length === 0);
  return reset ? [] : list;
}

function checkPreconditions(kind: ServedKind, live: KubeObject, metadata: ObjectMeta): void {
  const { uid, resourceVersion, name } = live.metadata;
  if (metadata.uid && metadata.uid !== uid)
    throw invalid(kind, name, [invalidValue("metadata.uid", metadata.uid, "field is immutable")]);
  if (metadata.resourceVersion && metadata.resourceVersion !== resourceVersion)
    throw staleVersion(kind, name);
}

/** What is stored: the given parts that this endpoint writes, the live ones else. */
function mergeParts(
  kind: ServedKind,
  live: KubeObject,
  given: KubeObject,
  subresource: WriteContext["subresource"],
): KubeObject {
  if (subresource === "status") {
    const { status } = given;
    const metadata = { ...live.metadata };
    return { ...live, metadata, ...(status !== undefined && { status }) };
  }
  const { name, namespace, uid, creationTimestamp, resourceVersion } = live.metadata;
  const { deletionTimestamp, deletionGracePeriodSeconds, generation } = live.metadata;
  const {
    deletionTimestamp: _t,
    deletionGracePeriodSeconds: _g,
    generation: _n,
    selfLink: _s,
    ...own
  } = given.metadata;
  const metadata: ObjectMeta = {
    ...own,
    name,
    ...(namespace !== undefined && { namespace }),
    ...(uid !== undefined && { uid }),
    ...(creationTimestamp !== undefined && { creationTimestamp }),
    ...(resourceVersion !== undefined && { resourceVersion }),
    ...(generation !== undefined && { generation }),
    ...(deletionTimestamp !== undefined && { deletionTimestamp, deletionGracePeriodSeconds }),
  };
  const draft: KubeObject = { ...given, metadata };
  if (!kind.status) return draft;
  const { status: _status, ...rest } = draft;
  return live.status === undefined ? rest : { ...rest, status: live.status };
}

/** Counts up when something outside metadata and status changed. */
function generationOf(kind: ServedKind, draft: KubeObject, live: KubeObject): number {
  const generation = live.metadata.generation ?? 1;
  const { metadata: _a, status: _b, ...now } = draft;
  const { metadata: _c, status: _d, ...was } = live;
  const same = isDeepStrictEqual(now, was);
  const statusCounts = kind.status || isDeepStrictEqual(draft.status, live.status);
  return same && statusCounts ? generation : generation + 1;
}

/** Whether an object that is being deleted waits for nothing any more. */
export function mayGo(kind: ServedKind, { metadata, spec }: KubeObject): boolean {
  if (!metadata.deletionTimestamp || metadata.finalizers?.length) return false;
  if (kind.kind === "Namespace" && kind.group === "")
    return !(isMap(spec) && Array.isArray(spec.finalizers) && spec.finalizers.length > 0);
  return !metadata.deletionGracePeriodSeconds;
}
