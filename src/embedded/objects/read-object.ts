import { isMap } from "../../model/json.ts";
import type { KubeObject } from "../../model/kube-object.ts";
import { badRequest } from "../http/api-error.ts";
import { decode, noFindings } from "../http/decode.ts";
import { defaultBySchema } from "../kinds/custom-schema.ts";
import { rulesOf } from "../kinds/kind-rules.ts";
import { apiVersionOf, type ServedKind } from "../kinds/served-kind.ts";
import type { WriteContext } from "../server-state.ts";

/**
 * Reads what a client sent as an object of a kind: unknown fields dropped, defaults filled in. Answers a copy.
 * Throws ApiError 400 for another kind, a wrong type, or (when asked to) an unknown field.
 */
export function readObject(kind: ServedKind, body: unknown, context: WriteContext): KubeObject {
  if (!isMap(body))
    throw badRequest("the object provided is unrecognized (must be of type Object)");
  const apiVersion = apiVersionOf(kind);
  const given = { apiVersion: body.apiVersion || apiVersion, kind: body.kind || kind.kind };
  if (given.kind !== kind.kind || given.apiVersion !== apiVersion)
    throw badRequest(
      `the API version in the data (${String(given.apiVersion)}) does not match the expected API version (${apiVersion})`,
    );
  const findings = noFindings();
  const object = decode({ metadata: {}, ...body, ...given }, kind.shape, findings) as KubeObject;
  if (findings.mistyped.length > 0 && !kind.custom)
    throw badRequest(
      `${kind.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}: ${findings.mistyped.join(", ")}`,
    );
  reportUnknown(kind, findings.unknown, context);
  return fillIn(kind, kind.custom ? keepMistyped(object, body) : object);
}

/** Fills in the defaults of a kind. May change the object it is given. */
export function fillIn(kind: ServedKind, object: KubeObject): KubeObject {
  rulesOf(kind).defaults?.(object);
  return kind.custom ? (defaultBySchema(object, kind.custom.schema) as KubeObject) : object;
}

/** A custom object's values of the wrong type stay for the schema to refuse (422, where built-in kinds say 400). */
function keepMistyped<T>(decoded: T, given: unknown): T {
  if (Array.isArray(decoded) && Array.isArray(given))
    return decoded.map((item, index) => keepMistyped(item ?? given[index], given[index])) as T;
  if (!isMap(decoded) || !isMap(given)) return decoded;
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(decoded)) {
    result[key] = value === undefined ? given[key] : keepMistyped(value, given[key]);
  }
  return result as T;
}

function reportUnknown(kind: ServedKind, unknown: readonly string[], context: WriteContext): void {
  const { onUnknown, warn } = context;
  if (unknown.length === 0 || !onUnknown) return;
  const texts = unknown.map((path) => `unknown field "${path}"`);
  if (onUnknown === "refuse")
    throw badRequest(
      `${kind.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}: strict decoding error: ${texts.join(", ")}`,
    );
  for (const text of texts) warn?.(text);
}
