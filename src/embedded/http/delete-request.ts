import { isMap } from "../../model/json.ts";
import { admit } from "../admission/admit.ts";
import type { ServedKind } from "../kinds/served-kind.ts";
import { type Deletion, type DeletionOptions, deleteObject } from "../objects/delete-object.ts";
import { listObjects } from "../objects/list-objects.ts";
import { readLive } from "../objects/update-object.ts";
import { ApiError, badRequest } from "./api-error.ts";
import { type ApiAnswer, type ApiRequest, isDryRun } from "./request.ts";

/** DELETE of one object. Answers the object when it stays for a while (pods and claims: always), else a Status. */
export function deleteOne(request: ApiRequest, name: string): ApiAnswer {
  const { state, kind, namespace = "" } = request;
  const options = deletionOptions(request);
  admit(state, { operation: "DELETE", kind, object: readLive(state, { kind, namespace, name }) });
  const deletion = deleteObject(state, { kind, namespace, name }, options);
  return {
    code: 200,
    body: deletion.gone && !SHOWN.has(kind.kind) ? success(kind, deletion) : deletion.object,
  };
}

/** Kinds whose deletion is answered with the object. */
const SHOWN = new Set([
  "Pod",
  "Namespace",
  "PersistentVolumeClaim",
  "PersistentVolume",
  "ServiceAccount",
  "ResourceQuota",
  "Service",
]);

/** DELETE of a collection; objects that went in the meantime do not matter. Answers what there was. */
export function deleteMany(request: ApiRequest): ApiAnswer {
  const { state, kind, namespace, query } = request;
  const options = deletionOptions(request);
  const { items, metadata } = listObjects(state, kind, namespace, query);
  for (const { metadata: each } of items) {
    const place = { kind, namespace: each.namespace ?? "", name: each.name };
    try {
      deleteObject(state, place, options);
    } catch (error) {
      if (!(error instanceof ApiError && error.code === 404)) throw error;
    }
  }
  const { resourceVersion } = metadata;
  return {
    code: 200,
    body: {
      kind: `${kind.kind}List`,
      apiVersion: kind.group ? `${kind.group}/${kind.version}` : kind.version,
      metadata: { resourceVersion },
      items,
    },
  };
}

function success(kind: ServedKind, { object }: Deletion): object {
  const { name, uid } = object.metadata;
  return {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Success",
    details: { name, ...(kind.group && { group: kind.group }), kind: kind.plural, uid },
  };
}

/** Options of a deletion from the body or the query (meta/v1 DeleteOptions). Throws ApiError 400. */
function deletionOptions({ body, query }: ApiRequest): DeletionOptions {
  const given = isMap(body) ? body : {};
  const preconditions = isMap(given.preconditions) ? given.preconditions : {};
  const grace = given.gracePeriodSeconds ?? query.get("gracePeriodSeconds") ?? undefined;
  const policy = given.propagationPolicy ?? query.get("propagationPolicy") ?? undefined;
  const orphan = given.orphanDependents;
  const propagation =
    policy ?? (orphan === true ? "Orphan" : orphan === false ? "Background" : undefined);
  if (
    propagation !== undefined &&
    propagation !== "Foreground" &&
    propagation !== "Background" &&
    propagation !== "Orphan"
  )
    throw badRequest(
      `invalid propagationPolicy: Unsupported value: ${JSON.stringify(propagation)}: supported values: "Foreground", "Background", "Orphan", "nil"`,
    );
  const dryRun = isDryRun([
    ...(Array.isArray(given.dryRun) ? given.dryRun : []),
    ...query.getAll("dryRun"),
  ]);
  const { uid, resourceVersion } = preconditions;
  return {
    ...(grace !== undefined && { gracePeriodSeconds: Number(grace) }),
    ...(propagation !== undefined && { propagation }),
    ...(typeof uid === "string" && { uid }),
    ...(typeof resourceVersion === "string" && { resourceVersion }),
    dryRun,
  };
}
