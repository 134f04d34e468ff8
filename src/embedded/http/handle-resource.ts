import { isMap } from "../../model/json.ts";
import type { KubeObject } from "../../model/kube-object.ts";
import { prepareSchema } from "../kinds/custom-schema.ts";
import { apiVersionOf } from "../kinds/served-kind.ts";
import { applyObject } from "../objects/apply-object.ts";
import { createObject } from "../objects/create-object.ts";
import { listObjects } from "../objects/list-objects.ts";
import { patchObject } from "../objects/patch-object.ts";
import { handlePodPart, POD_PARTS } from "../objects/pod-parts.ts";
import {
  type ObjectPlace,
  readLive,
  storeChanged,
  updateObject,
} from "../objects/update-object.ts";
import { required } from "../rules/rule.ts";
import type { WriteContext } from "../server-state.ts";
import { badRequest, invalid, methodNotAllowed, noSuchResource } from "./api-error.ts";
import { deleteMany, deleteOne } from "./delete-request.ts";
import { type ApiAnswer, type ApiRequest, writeContext } from "./request.ts";
import { reviewAnswer } from "./review.ts";
import { scaleOf, withScale } from "./scale.ts";
import { type IncludeObject, tableOf } from "./table.ts";
import { streamWatch } from "./watch-stream.ts";

/** Media type of a server-side apply. */
const APPLY = "application/apply-patch+yaml";

/** Answers a request to a resource; undefined when the answer is a stream that has begun. Throws ApiError. */
export async function handleResource(request: ApiRequest): Promise<ApiAnswer | undefined> {
  const { kind, method, name, subresource, query } = request;
  if (kind.virtual) return method === "POST" ? reviewAnswer(request) : refuseMethod();
  if (method !== "GET" && kind.custom) await prepareSchema(kind.custom.schema);
  if (name === undefined) return handleCollection(request);
  if (subresource !== undefined) return handleSubresource(request, name, subresource);
  if (method === "GET" && isTrue(query.get("watch"))) {
    streamWatch(request, tableInclude(request));
    return undefined;
  }
  return handleObject(request, name);
}

function handleCollection(request: ApiRequest): ApiAnswer | undefined {
  const { state, kind, method, namespace, query, body } = request;
  if (method === "GET") {
    if (!isTrue(query.get("watch"))) return listAnswer(request);
    streamWatch(request, tableInclude(request));
    return undefined;
  }
  if (method === "DELETE") return deleteMany(request);
  if (method !== "POST") return refuseMethod();
  const warnings: string[] = [];
  const context = writeContext(request, (text) => warnings.push(text));
  const into = kind.namespaced ? namespace : "";
  if (into === undefined) return refuseMethod();
  const created = createObject(state, kind, into, requireBody(body), context);
  return { ...objectAnswer(request, created, 201), warnings };
}

function handleObject(request: ApiRequest, name: string): ApiAnswer {
  const { state, kind, method, namespace = "" } = request;
  const place: ObjectPlace = { kind, namespace, name };
  const warnings: string[] = [];
  const context = writeContext(request, (text) => warnings.push(text));
  switch (method) {
    case "GET":
      return objectAnswer(request, readLive(state, place), 200);
    case "PUT": {
      const stored = updateObject(state, place, requireBody(request.body), context);
      return { ...objectAnswer(request, stored, 200), warnings };
    }
    case "PATCH":
      return { ...patchAnswer(request, place, context), warnings };
    case "DELETE":
      return deleteOne(request, name);
    default:
      return refuseMethod();
  }
}

function patchAnswer(request: ApiRequest, place: ObjectPlace, context: WriteContext): ApiAnswer {
  const { state, contentType, body, query } = request;
  if (contentType !== APPLY) {
    const patched = patchObject(state, place, contentType, body, context);
    return objectAnswer(request, patched, 200);
  }
  if (!query.get("fieldManager"))
    throw invalid({ group: "meta.k8s.io", kind: "PatchOptions" }, "", [
      required("fieldManager", "is required for apply patch"),
    ]);
  const force = isTrue(query.get("force"));
  const { object, created } = applyObject(state, place, body, { ...context, force });
  return objectAnswer(request, object, created ? 201 : 200);
}

function handleSubresource(
  request: ApiRequest,
  name: string,
  subresource: string,
): ApiAnswer | undefined | Promise<ApiAnswer | undefined> {
  const { kind } = request;
  if (subresource === "status" && kind.status) return handleObject(request, name);
  if (subresource === "scale" && kind.scale) return handleScale(request, name);
  if (kind.kind === "Namespace" && subresource === "finalize") return finalize(request, name);
  if (kind.kind === "Pod" && kind.group === "" && POD_PARTS.has(subresource))
    return handlePodPart(request, name, subresource);
  throw noSuchResource();
}

function handleScale(request: ApiRequest, name: string): ApiAnswer {
  const { state, kind, method, namespace = "", body, contentType } = request;
  const place = { kind, namespace, name };
  const live = readLive(state, place);
  if (method === "GET") return { code: 200, body: scaleOf(kind, live) };
  const context = writeContext(request, () => {});
  const scale =
    method === "PUT"
      ? requireBody(body)
      : method === "PATCH"
        ? patchedScale(scaleOf(kind, live), contentType, body)
        : refuseMethod();
  const changed = withScale(kind, live, scale);
  return { code: 200, body: scaleOf(kind, storeChanged(state, place, live, changed, context)) };
}

/** A scale is small: every kind of patch but a JSON one comes to the replicas that it names. */
function patchedScale(scale: KubeObject, contentType: string, patch: unknown): unknown {
  if (Array.isArray(patch) || contentType === "application/json-patch+json") {
    const [last] = (Array.isArray(patch) ? patch : []).filter(isMap).slice(-1);
    return last ? { spec: { replicas: last.value } } : scale;
  }
  return patch;
}

/** Replaces the finalizers in a namespace's spec. */
function finalize(request: ApiRequest, name: string): ApiAnswer {
  const { state, kind, body, method } = request;
  if (method !== "PUT") return refuseMethod();
  const place = { kind, namespace: "", name };
  const live = readLive(state, place);
  const given = requireBody(body);
  const spec = isMap(given.spec) ? given.spec : {};
  const key = "/namespaces";
  const stored = state.store.put(key, { ...live, spec });
  const waiting = Array.isArray(spec.finalizers) && spec.finalizers.length > 0;
  if (!waiting && stored.metadata.deletionTimestamp && !stored.metadata.finalizers?.length)
    state.store.remove(key, "", name);
  return { code: 200, body: stored };
}

function listAnswer(request: ApiRequest): ApiAnswer {
  const { state, kind, namespace, query } = request;
  const { items, metadata } = listObjects(state, kind, namespace, query);
  const include = tableInclude(request);
  if (include) {
    const now = state.clock.now().getTime();
    return {
      code: 200,
      body: tableOf(
        kind,
        items.map((item) => asKind(request, item)),
        metadata,
        now,
        include,
      ),
    };
  }
  return {
    code: 200,
    body: {
      kind: `${kind.kind}List`,
      apiVersion: apiVersionOf(kind),
      metadata,
      items: kind.custom ? items.map((item) => asKind(request, item)) : items.map(withoutKind),
    },
  };
}

function objectAnswer(request: ApiRequest, object: KubeObject, code: number): ApiAnswer {
  const { state, kind, method } = request;
  const as = asKind(request, object);
  const include = method === "GET" ? tableInclude(request) : undefined;
  if (!include) return { code, body: as };
  const { resourceVersion } = object.metadata;
  const now = state.clock.now().getTime();
  return { code, body: tableOf(kind, [as], { resourceVersion }, now, include) };
}

/** The object in the version that was asked for. */
function asKind({ kind }: ApiRequest, object: KubeObject): KubeObject {
  const apiVersion = apiVersionOf(kind);
  return object.apiVersion === apiVersion ? object : { ...object, apiVersion };
}

function withoutKind({ apiVersion: _, kind: _kind, ...rest }: KubeObject): object {
  return rest;
}

/** Whether a Table is asked for, and what its rows carry. */
function tableInclude({ accept, query }: ApiRequest): IncludeObject | undefined {
  if (!/as=Table/.test(accept)) return undefined;
  const include = query.get("includeObject");
  return include === "None" || include === "Object" ? include : "Metadata";
}

function requireBody(body: unknown): Record<string, unknown> {
  if (!isMap(body)) throw badRequest("the body of the request was empty or not an object");
  return body;
}

function isTrue(value: string | null): boolean {
  return value === "true" || value === "1";
}

function refuseMethod(): never {
  throw methodNotAllowed();
}
