import type { KubeObject } from "../../model/kube-object.ts";
import { type RandomSource, randomUuid } from "../../model/random.ts";
import { admit } from "../admission/admit.ts";
import { ApiError, alreadyExists, badRequest, forbidden, notFound } from "../http/api-error.ts";
import { decode, noFindings } from "../http/decode.ts";
import { rulesOf } from "../kinds/kind-rules.ts";
import { type ServedKind, storageKey } from "../kinds/served-kind.ts";
import { type ServerState, timestamp, type WriteContext } from "../server-state.ts";
import { checkObject } from "./check-object.ts";
import { managedAfterUpdate } from "./managed-fields.ts";
import { readObject } from "./read-object.ts";

/**
 * Stores a new object (POST). Throws ApiError: 400, 403 in a terminating namespace, 404 in none, 409 when it exists, 422.
 */
export function createObject(
  state: ServerState,
  kind: ServedKind,
  namespace: string,
  body: unknown,
  context: WriteContext,
): KubeObject {
  const object = readObject(kind, body, context);
  if (object.metadata.resourceVersion)
    throw new ApiError(500, "", "resourceVersion should not be set on objects to be created");
  return insertObject(state, kind, namespace, object, context);
}

/** Stores an object that was read, with its managed fields if an apply made them. */
export function insertObject(
  state: ServerState,
  kind: ServedKind,
  namespace: string,
  object: KubeObject,
  context: WriteContext,
): KubeObject {
  const { store, clock } = state;
  const draft = withNewMetadata(state, object, kind, namespace);
  const { name } = draft.metadata;
  if (kind.namespaced) checkNamespace(state, kind, namespace, name);
  if (kind.custom) checkDefinition(state, kind);
  if (kind.status) clearStatus(kind, draft);
  // What the server allocates (a Job's selector, a Service's address) is nobody's field.
  const managedFields = object.metadata.managedFields?.length
    ? object.metadata.managedFields
    : managedAfterUpdate(kind, undefined, draft, {
        manager: context.manager,
        time: timestamp(clock),
        subresource: undefined,
      });
  rulesOf(kind).beforeCreate?.(draft, state);
  checkObject(state, kind, draft);
  admit(state, { operation: "CREATE", kind, object: draft });
  const key = storageKey(kind);
  if (store.get(key, namespace, name)) throw alreadyExists(kind, name);
  draft.metadata.managedFields = managedFields;
  return context.dryRun ? draft : store.put(key, draft);
}

/** A new object has no status, or an empty one. */
function clearStatus(kind: ServedKind, draft: KubeObject): void {
  const field = kind.shape.fields.get("status");
  if (field?.always) draft.status = decode({}, field.shape, noFindings());
  else delete draft.status;
}

/** Letters of generated names: no vowels, nothing that looks like another (k8s.io/apimachinery, rand.SafeEncodeString). */
const LETTERS = "bcdfghjklmnpqrstvwxz2456789";

function withNewMetadata(
  { clock, random }: ServerState,
  object: KubeObject,
  kind: ServedKind,
  namespace: string,
): KubeObject {
  const {
    resourceVersion: _version,
    deletionTimestamp: _deleted,
    deletionGracePeriodSeconds: _grace,
    managedFields: _managed,
    selfLink: _link,
    ...given
  } = object.metadata;
  if (given.namespace !== undefined && given.namespace !== namespace && kind.namespaced)
    throw badRequest(
      "the namespace of the provided object does not match the namespace sent on the request",
    );
  const { generation: _generation, namespace: _namespace, name, ...rest } = given;
  const metadata = {
    ...rest,
    name: name || generatedName(given.generateName, random),
    ...(kind.namespaced && { namespace }),
    uid: randomUuid(random),
    creationTimestamp: timestamp(clock),
    ...(kind.generation && { generation: 1 }),
  };
  return { ...object, metadata };
}

function generatedName(prefix: string | undefined, random: RandomSource): string {
  if (!prefix) return "";
  const letters = [...random.bytes(5)].map((byte) => LETTERS[byte % LETTERS.length]);
  return `${prefix.slice(0, 58)}${letters.join("")}`;
}

function checkNamespace(
  { store }: ServerState,
  kind: ServedKind,
  namespace: string,
  name: string,
): void {
  const found = store.get("/namespaces", "", namespace);
  if (!found) throw notFound({ ...kind, group: "", plural: "namespaces" }, namespace);
  if (!found.metadata.deletionTimestamp) return;
  throw forbidden(
    kind,
    name,
    `unable to create new content in namespace ${namespace} because it is being terminated`,
    [
      {
        reason: "NamespaceTerminating",
        message: `namespace ${namespace} is being terminated`,
        field: "metadata.namespace",
      },
    ],
  );
}

function checkDefinition({ store }: ServerState, kind: ServedKind): void {
  const name = kind.custom?.definition ?? "";
  const definition = store.get("apiextensions.k8s.io/customresourcedefinitions", "", name);
  if (definition?.metadata.deletionTimestamp)
    throw new ApiError(
      405,
      "MethodNotAllowed",
      "create not allowed while custom resource definition is terminating",
      {},
    );
}
