import {
  type ApplyOptions,
  ClusterError,
  type Deleted,
  type DeleteOptions,
  type WriteOptions,
} from "../model/cluster.ts";
import { canonicalJson, isMap } from "../model/json.ts";
import { type KubeObject, type ObjectRef, refOf } from "../model/kube-object.ts";
import { ANNOTATION, FIELD_MANAGER } from "../model/names.ts";
import { type Api, about, call, callError, limits, objectIn } from "./api.ts";
import type { Subject } from "./api-error.ts";
import { contained } from "./http/contained.ts";
import { pause } from "./http/pause.ts";
import { backOff } from "./http/retry.ts";
import type { Reply } from "./http/send-again.ts";
import { statusOf } from "./http/status-body.ts";
import type { ApiRequest } from "./http/transport.ts";
import { asIfAppliedOver, asIfTakenOver, ownManagers, takenOver } from "./ownership.ts";
import { collectionPath, namespaceOf, objectPath, query } from "./paths.ts";
import { withProtocols } from "./protocol-default.ts";
import { getObject } from "./read-objects.ts";
import { withSecretData } from "./secret-data.ts";

const APPLY_PATCH = "application/apply-patch+yaml";
const MERGE_PATCH = "application/merge-patch+json";
const JSON_PATCH = "application/json-patch+json";

/** `Cluster.create`. */
export async function createObject(
  api: Api,
  object: KubeObject,
  options: WriteOptions = {},
): Promise<KubeObject> {
  return options.dryRun
    ? await previewCreate(api, object, options)
    : await postObject(api, object, options);
}

/**
 * A dry run of a creation, asked as an apply: servers before 1.25 drop a field that they do not know from a POST without a word, but refuse it in an apply.
 * What comes back with a resourceVersion is there already.
 */
async function previewCreate(
  api: Api,
  object: KubeObject,
  options: WriteOptions,
): Promise<KubeObject> {
  const ref = refOf(object);
  const answer = await send(api, ref, {
    method: "PATCH",
    verb: "create",
    contentType: APPLY_PATCH,
    body: asApplied(object),
    sent: object,
    // No version is named: whoever else writes meanwhile is no reason to give up.
    fenced: false,
    force: true,
    options,
  });
  if (!answer.metadata.resourceVersion) return answer;
  throw new ClusterError("already-exists", `${ref.kind} ${ref.name} exists already`, {
    status: 409,
    ref,
  });
}

async function postObject(
  api: Api,
  object: KubeObject,
  options: WriteOptions,
): Promise<KubeObject> {
  const ref = refOf(object);
  const resource = await api.discovery.resourceOf(ref.apiVersion, ref.kind);
  const path = `${collectionPath(resource, namespaceOf(resource, ref))}${writeQuery(options)}`;
  const subject = about(api, "create", ref);
  const request: ApiRequest = {
    method: "POST",
    path,
    body: object,
    repeatable: true,
    ...limits(options),
  };
  const reply = await call(api, request, subject, [409]);
  if (reply.status !== 409) return objectIn(reply);
  const error = await callError(api, reply, subject, reply.repeated);
  if (!reply.repeated || kindOf(error) !== "already-exists") throw error;
  return await ourOwnWork(api, ref, { sent: object, error, options });
}

/** `Cluster.replace`. */
export async function replaceObject(
  api: Api,
  object: KubeObject,
  options: WriteOptions = {},
): Promise<KubeObject> {
  const ref = refOf(object);
  const fenced = object.metadata.resourceVersion !== undefined;
  const sent = options.subresource === "status" ? { status: object.status } : object;
  return await send(api, ref, {
    method: "PUT",
    verb: "update",
    body: object,
    sent,
    fenced,
    options,
  });
}

/** `Cluster.patch`: JSON merge patch (RFC 7386). */
export async function patchObject(
  api: Api,
  ref: ObjectRef,
  patch: unknown,
  options: WriteOptions = {},
): Promise<KubeObject> {
  const metadata = isMap(patch) && isMap(patch.metadata) ? patch.metadata : {};
  return await send(api, ref, {
    method: "PATCH",
    verb: "patch",
    contentType: MERGE_PATCH,
    body: patch,
    sent: patch,
    nullIs: "absent",
    fenced: metadata.resourceVersion !== undefined,
    options,
  });
}

/** `Cluster.apply`. */
export async function applyObject(
  api: Api,
  object: KubeObject,
  options: ApplyOptions = {},
): Promise<KubeObject> {
  const ref = refOf(object);
  const { uid, resourceVersion } = object.metadata;
  let live = options.live;
  for (let n = 1; ; n++) {
    live = await tracked(api, live ?? (await mustGet(api, ref, options)), options);
    if (uid !== undefined && live.metadata.uid !== uid) throw remade(ref);
    const entries = takenOver(live);
    if (entries === undefined) return await applyOver(api, object, live, options);
    if (options.dryRun) return await previewOver(api, object, live, options);
    try {
      const owned = await takeOver(api, ref, live, { entries, resourceVersion, options });
      // The take-over was fenced by the caller's version; its result is the version that must hold now.
      const version =
        resourceVersion === undefined ? {} : { resourceVersion: owned.metadata.resourceVersion };
      const fenced = { ...object, metadata: { ...object.metadata, ...version } } as KubeObject;
      return await applyOver(api, fenced, owned, options);
    } catch (error) {
      // Somebody wrote between our read and the take-over; without a version to hold, that is nobody's fault.
      const again = resourceVersion === undefined && isVersionConflict(error) && n < 5;
      if (!again) throw error;
      live = undefined;
    }
  }
}

/** `Cluster.delete`. */
export async function deleteObject(
  api: Api,
  ref: ObjectRef,
  options: DeleteOptions = {},
): Promise<Deleted> {
  const resource = await api.discovery.resourceOf(ref.apiVersion, ref.kind);
  const { uid, resourceVersion, propagation, gracePeriodSeconds, dryRun } = options;
  const fenced = uid !== undefined || resourceVersion !== undefined;
  const body = {
    apiVersion: "v1",
    kind: "DeleteOptions",
    ...(fenced && { preconditions: { uid, resourceVersion } }),
    ...(propagation !== undefined && { propagationPolicy: propagation }),
    ...(gracePeriodSeconds !== undefined && { gracePeriodSeconds }),
    ...(dryRun && { dryRun: ["All"] }),
  };
  const subject = about(api, "delete", ref);
  // The server goes by the body; its audit log, without bodies, by the query.
  const path = `${objectPath(resource, ref)}${query({ dryRun: dryRun ? "All" : undefined })}`;
  const request: ApiRequest = {
    method: "DELETE",
    path,
    body,
    repeatable: fenced || dryRun === true,
    ...limits(options),
  };
  const reply = await uncontended(api, request, {
    ...{ subject, also: [404, 409], signal: options.signal },
    fenced: resourceVersion !== undefined,
  });
  // A Status for an answer says that it is gone; many kinds are answered with the object as it was either way.
  if (reply.status !== 404 && reply.status !== 409)
    return statusOf(reply.body) === undefined ? "leaving" : "gone";
  const error = await callError(api, reply, subject, reply.repeated);
  if (kindOf(error) === "not-found") return reply.repeated && "gone";
  if (!reply.repeated) throw error;
  // The version may have changed because our first request was carried out.
  const found = await getObject(api, ref, options);
  const ours = found === undefined || (uid !== undefined && found.metadata.uid !== uid);
  if (ours) return "gone";
  if (found.metadata.deletionTimestamp !== undefined) return "leaving";
  throw error;
}

/** One write to an object that exists. */
interface Write {
  readonly method: "PUT" | "PATCH";
  readonly verb: string;
  readonly contentType?: string;
  readonly body: unknown;
  /** What must be on the object once it was carried out. */
  readonly sent: unknown;
  /** `null` in it means that the field must be gone (a merge patch). */
  readonly nullIs?: "absent";
  /** It carries the resourceVersion that must hold, so that it cannot be carried out twice. */
  readonly fenced: boolean;
  readonly force?: boolean;
  readonly options: WriteOptions;
}

async function send(api: Api, ref: ObjectRef, write: Write): Promise<KubeObject> {
  const resource = await api.discovery.resourceOf(ref.apiVersion, ref.kind);
  const { method, contentType, body, fenced, options } = write;
  const path = `${objectPath(resource, ref, options.subresource)}${writeQuery(options, write.force)}`;
  const subject = about(api, write.verb, ref);
  const request: ApiRequest = {
    method,
    path,
    body,
    // A merge patch says what shall be there, however often it is said; so does whatever only asks.
    repeatable: fenced || contentType === MERGE_PATCH || options.dryRun === true,
    ...(contentType !== undefined && { contentType }),
    ...limits(options),
  };
  const reply = await uncontended(api, request, {
    ...{ subject, also: [409], signal: options.signal, fenced },
  });
  if (reply.status !== 409) return objectIn(reply);
  const error = await callError(api, reply, subject, reply.repeated);
  if (!reply.repeated || !isVersionConflict(error)) throw error;
  return await ourOwnWork(api, ref, { ...write, error });
}

/** How often a write is sent that names no version and meets others who write all the time. */
const CONTENDED = 5;

/** `call`, again after a conflict over a version that the request did not name: the server gave up between others' writes (etcd3's GuaranteedUpdate). */
async function uncontended(
  api: Api,
  request: ApiRequest,
  by: {
    readonly subject: Subject;
    readonly also: readonly number[];
    readonly fenced: boolean;
    readonly signal: AbortSignal | undefined;
  },
): Promise<Reply> {
  const { subject, also, fenced, signal = api.transport.closed } = by;
  for (let n = 1; ; n++) {
    const reply = await call(api, request, subject, also);
    if (fenced || reply.status !== 409 || n === CONTENDED) return reply;
    const error = await callError(api, reply, subject);
    if (
      !isVersionConflict(error) ||
      !/the object has been modified/.test(statusOf(reply.body)?.message ?? "")
    )
      return reply;
    await pause(api.clock, backOff(n, 50, 1000, api.random), signal);
  }
}

/** Server-side apply onto an object that was read: by its uid it cannot make a new one. */
async function applyOver(
  api: Api,
  object: KubeObject,
  live: KubeObject,
  options: ApplyOptions,
): Promise<KubeObject> {
  const { managedFields: _, ...metadata } = object.metadata;
  const body = asApplied({
    ...object,
    metadata: { ...metadata, uid: live.metadata.uid },
  } as KubeObject);
  return await send(api, refOf(object), {
    method: "PATCH",
    verb: "patch",
    contentType: APPLY_PATCH,
    body,
    sent: body,
    fenced: metadata.resourceVersion !== undefined,
    force: options.force === true,
    options,
  });
}

/** What old servers refuse or every server stores otherwise, written as it will be stored. */
function asApplied(object: KubeObject): KubeObject {
  return withSecretData(withProtocols(object));
}

/**
 * An object that KUDO applied on a server that kept no managedFields yet, with those that it would get with its first apply: a dry run of one that says nothing tells
 * them. Any other object as it is.
 */
async function tracked(api: Api, live: KubeObject, options: ApplyOptions): Promise<KubeObject> {
  const { managedFields = [], annotations, name, namespace } = live.metadata;
  if (managedFields.length > 0 || annotations?.[ANNOTATION.lastApplied] === undefined) return live;
  const nothing = {
    apiVersion: live.apiVersion,
    kind: live.kind,
    metadata: { name, ...(namespace !== undefined && { namespace }) },
  };
  const dryRun = { ...limits(options), dryRun: true } as ApplyOptions;
  const answer = await applyOver(api, nothing, live, dryRun);
  return { ...live, metadata: { ...live.metadata, ...fieldsOf(answer) } };
}

function fieldsOf({ metadata }: KubeObject): Pick<KubeObject["metadata"], "managedFields"> {
  const { managedFields } = metadata;
  return managedFields === undefined ? {} : { managedFields };
}

/** Makes what we created or patched count as applied; see `ownership.ts`. */
async function takeOver(
  api: Api,
  ref: ObjectRef,
  live: KubeObject,
  how: {
    readonly entries: unknown;
    readonly resourceVersion: string | undefined;
    readonly options: ApplyOptions;
  },
): Promise<KubeObject> {
  const version = how.resourceVersion ?? live.metadata.resourceVersion;
  // Replacing the version with itself makes the server check it: a conflict says that it does not hold.
  const body = [
    { op: "test", path: "/metadata/uid", value: live.metadata.uid },
    { op: "add", path: "/metadata/managedFields", value: how.entries },
    { op: "replace", path: "/metadata/resourceVersion", value: version },
  ];
  return await send(api, ref, {
    method: "PATCH",
    verb: "patch",
    contentType: JSON_PATCH,
    body,
    sent: { metadata: { uid: live.metadata.uid, managedFields: how.entries } },
    fenced: true,
    options: limits(how.options) as WriteOptions,
  });
}

/** A dry run of an apply that would have to take over first: conflicts with ourselves do not count. */
async function previewOver(
  api: Api,
  object: KubeObject,
  live: KubeObject,
  options: ApplyOptions,
): Promise<KubeObject> {
  let answer: KubeObject;
  try {
    answer = await applyOver(api, object, live, options);
  } catch (error) {
    const ours = ownManagers(live);
    const own =
      error instanceof ClusterError &&
      error.conflicts.length > 0 &&
      error.conflicts.every(({ manager }) => ours.includes(manager));
    if (!own) return await previewReplaced(api, object, live, { options, error });
    answer = await applyOver(api, object, live, { ...options, force: true }).catch((later) =>
      previewReplaced(api, object, live, { options, error: later }),
    );
  }
  const left = asIfTakenOver(live, answer);
  return canonicalJson(left) === canonicalJson(answer)
    ? answer
    : await defaulted(api, left, options);
}

/** What is refused only because the fields that go with the take-over are still there, is judged without them. Throws any other error, and what is refused then. */
async function previewReplaced(
  api: Api,
  object: KubeObject,
  live: KubeObject,
  { options, error }: { readonly options: ApplyOptions; readonly error: unknown },
): Promise<KubeObject> {
  const invalid = error instanceof ClusterError && error.kind === "invalid";
  if (!invalid || UNKNOWN_FIELD.test(error.message)) throw withoutOwn(error, ownManagers(live));
  const merged = asIfAppliedOver(live, asApplied(object));
  return await replaceObject(api, merged, { ...limits(options), dryRun: true } as WriteOptions);
}

/** How servers name a field that the kind does not have: before 1.25, and since. */
const UNKNOWN_FIELD = /field not declared in schema|unknown field/;

/** What the server makes of an object from which fields were taken: it fills in its defaults again. As it is where we may not `update`. */
async function defaulted(api: Api, object: KubeObject, options: ApplyOptions): Promise<KubeObject> {
  try {
    return await replaceObject(api, object, { ...limits(options), dryRun: true } as WriteOptions);
  } catch (error) {
    if (error instanceof ClusterError && error.kind === "forbidden") return object;
    throw error;
  }
}

/** Conflicts with others, those with ourselves left out. */
function withoutOwn(error: unknown, ours: readonly string[]): unknown {
  if (!(error instanceof ClusterError) || error.conflicts.length === 0) return error;
  const conflicts = error.conflicts.filter(({ manager }) => !ours.includes(manager));
  const message = error.message
    .split("; ")
    .filter((part) => !ours.some((manager) => part.startsWith(`${manager} owns `)))
    .join("; ");
  return new ClusterError(error.kind, message, {
    status: error.status,
    conflicts,
    cause: error,
    ...(error.ref && { ref: error.ref }),
    ...(error.hint !== undefined && { hint: error.hint }),
  });
}

/** After a lost connection: the object, when it holds what we sent; else the error. */
async function ourOwnWork(
  api: Api,
  ref: ObjectRef,
  what: {
    readonly sent: unknown;
    readonly error: Error;
    readonly options: WriteOptions;
    readonly nullIs?: "absent";
  },
): Promise<KubeObject> {
  const found = await getObject(api, ref, what.options);
  if (found !== undefined && contained(comparable(what.sent), found, what.nullIs ?? "anything"))
    return found;
  throw what.error;
}

/** What we sent, less what the server changes with each write. */
function comparable(sent: unknown): unknown {
  if (!isMap(sent) || !isMap(sent.metadata)) return sent;
  const { resourceVersion: _v, creationTimestamp: _c, generation: _g, ...metadata } = sent.metadata;
  return { ...sent, metadata };
}

function writeQuery(options: WriteOptions, force = false): string {
  return query({
    fieldManager: FIELD_MANAGER,
    // Known since 1.25: a field that the kind does not have is an error, not a silence.
    fieldValidation: "Strict",
    dryRun: options.dryRun ? "All" : undefined,
    force: force ? true : undefined,
  });
}

async function mustGet(api: Api, ref: ObjectRef, options: WriteOptions): Promise<KubeObject> {
  const found = await getObject(api, ref, options);
  if (found !== undefined) return found;
  const inside = ref.namespace === undefined ? "" : ` in namespace ${ref.namespace}`;
  throw new ClusterError("not-found", `there is no ${ref.kind} ${ref.name}${inside}`, {
    status: 404,
    ref,
  });
}

function remade(ref: ObjectRef): ClusterError {
  return new ClusterError(
    "conflict",
    `${ref.kind} ${ref.name} was deleted and made anew by somebody else meanwhile`,
    { status: 409, ref },
  );
}

function kindOf(error: Error): string {
  return error instanceof ClusterError ? error.kind : "";
}

function isVersionConflict(error: unknown): boolean {
  return error instanceof ClusterError && error.kind === "conflict" && error.conflicts.length === 0;
}
