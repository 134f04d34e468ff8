import { isMap } from "../../model/json.ts";
import type { KubeObject, ObjectMeta } from "../../model/kube-object.ts";
import { ApiError, badRequest, conflict, invalid, staleVersion } from "../http/api-error.ts";
import { apiVersionOf, type ServedKind, storageKey } from "../kinds/served-kind.ts";
import { typedProblems } from "../kinds/typed-problems.ts";
import { invalidValue } from "../rules/rule.ts";
import { type ServerState, timestamp, type WriteContext } from "../server-state.ts";
import { insertObject } from "./create-object.ts";
import { applyFields } from "./managed-fields.ts";
import { readObject } from "./read-object.ts";
import { type ObjectPlace, readLive, storeChanged } from "./update-object.ts";

/** What an apply came to. */
export interface ApplyResult {
  readonly object: KubeObject;
  readonly created: boolean;
}

/**
 * Server-side apply: creates the object or merges into it. Throws ApiError 400, 409 (other managers' fields, version, uid),
 * 422, and 500 for a patch that does not fit the kind's type, as servers before 1.28 do.
 */
export function applyObject(
  state: ServerState,
  place: ObjectPlace,
  body: unknown,
  context: WriteContext & { readonly force: boolean },
): ApplyResult {
  const { kind, namespace, name } = place;
  const config = readConfig(place, body);
  const live = state.store.get(storageKey(kind), namespace, name);
  if (live === undefined && context.subresource) readLive(state, place);
  if (live === undefined) refuseOntoNothing(kind, config);
  else if (config.metadata.resourceVersion !== undefined || config.metadata.uid !== undefined)
    refuseMismatch(kind, live, config);
  const writer = {
    manager: context.manager,
    time: timestamp(state.clock),
    subresource: context.subresource,
  };
  const { resourceVersion: _version, uid: _uid, ...metadata } = config.metadata;
  const applied = applyFields(kind, live, { ...config, metadata }, writer, context.force);
  if (live && !applied.changed) return { object: live, created: false };
  const managed = applied.object.metadata.managedFields ?? [];
  const object = readObject(kind, structuredClone(applied.object), context);
  if (live) {
    const stored = storeChanged(state, place, live, object, context, managed);
    return { object: stored, created: false };
  }
  object.metadata.managedFields = managed;
  return { object: insertObject(state, kind, namespace, object, context), created: true };
}

function readConfig({ kind, namespace, name }: ObjectPlace, body: unknown): KubeObject {
  if (!isMap(body)) throw badRequest("error decoding patch: not an object");
  const apiVersion = apiVersionOf(kind);
  if (body.kind === undefined || body.apiVersion === undefined)
    throw badRequest("Object 'Kind' is missing or 'apiVersion' is missing");
  if (body.apiVersion !== apiVersion || body.kind !== kind.kind)
    throw new ApiError(
      500,
      "",
      `failed to merge config: expected objects of the same type, but got ${String(body.apiVersion)} ${String(body.kind)} for ${apiVersion} ${kind.kind}`,
    );
  const given = withoutNulls(body) as KubeObject;
  const metadata: Partial<ObjectMeta> = isMap(given.metadata) ? given.metadata : {};
  if (Array.isArray(metadata.managedFields) && metadata.managedFields.length > 0)
    throw badRequest("metadata.managedFields must be nil");
  if (metadata.name !== undefined && metadata.name !== name)
    throw badRequest(
      `the name of the object (${String(metadata.name)}) does not match the name on the URL (${name})`,
    );
  if (kind.namespaced && metadata.namespace !== undefined && metadata.namespace !== namespace)
    throw badRequest(
      "the namespace of the provided object does not match the namespace sent on the request",
    );
  const { managedFields: _, creationTimestamp: _created, ...rest } = metadata;
  const config = {
    ...given,
    metadata: { ...rest, name, ...(kind.namespaced && { namespace }) },
  } as KubeObject;
  const problems = typedProblems(config, kind.shape);
  if (problems.length > 0) throw untyped(problems);
  return config;
}

function untyped(problems: readonly string[]): ApiError {
  const list = problems.map((each) => `  ${each}`).join("\n");
  const text = problems.length > 1 ? `errors:\n${list}` : problems[0];
  return new ApiError(500, "", `failed to create typed patch object: ${text}`);
}

/** A null says nothing in an applied object. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== null && item !== undefined)
      .map(([key, item]) => [key, withoutNulls(item)]),
  );
}

function refuseOntoNothing(kind: ServedKind, { metadata }: KubeObject): void {
  if (metadata.uid)
    throw conflict(
      kind,
      metadata.name,
      `uid mismatch: the provided object specified uid ${metadata.uid}, and no existing object was found`,
    );
  if (metadata.resourceVersion)
    throw badRequest("resourceVersion should not be set on objects to be created");
}

function refuseMismatch(kind: ServedKind, live: KubeObject, { metadata }: KubeObject): void {
  const { uid, resourceVersion, name } = live.metadata;
  if (metadata.uid !== undefined && metadata.uid !== uid)
    throw invalid(kind, name, [invalidValue("metadata.uid", metadata.uid, "field is immutable")]);
  if (metadata.resourceVersion !== undefined && metadata.resourceVersion !== resourceVersion)
    throw staleVersion(kind, name);
}
