import jsonPatch from "fast-json-patch";
import { isMap } from "../../model/json.ts";
import type { KubeObject } from "../../model/kube-object.ts";
import { ApiError, badRequest, unsupportedMediaType } from "../http/api-error.ts";
import type { ServedKind } from "../kinds/served-kind.ts";
import type { ServerState, WriteContext } from "../server-state.ts";
import { mergePatch } from "./merge-patch.ts";
import { readObject } from "./read-object.ts";
import { strategicMerge } from "./strategic-merge.ts";
import { type ObjectPlace, readLive, storeChanged } from "./update-object.ts";

/** Media types of patches, but for server-side apply. */
const PATCH_TYPES = [
  "application/json-patch+json",
  "application/merge-patch+json",
  "application/strategic-merge-patch+json",
] as const;

/** Patches an object. Throws ApiError 400, 404, 409, 415 (strategic merge of a custom kind), 422. */
export function patchObject(
  state: ServerState,
  place: ObjectPlace,
  mediaType: string,
  patch: unknown,
  context: WriteContext,
): KubeObject {
  const live = readLive(state, place);
  const patched = patchedValue(place.kind, live, mediaType, patch);
  const object = readObject(place.kind, patched, context);
  refuseIdentityChange(place, object);
  return storeChanged(state, place, live, object, context);
}

function patchedValue(
  kind: ServedKind,
  live: KubeObject,
  mediaType: string,
  patch: unknown,
): unknown {
  switch (mediaType) {
    case "application/json-patch+json":
      return jsonPatched(live, patch);
    case "application/merge-patch+json":
      if (!isMap(patch)) throw badRequest("the patch is not a JSON object");
      return mergePatch(live, patch);
    case "application/strategic-merge-patch+json":
      if (kind.custom)
        throw unsupportedMediaType([
          "application/json-patch+json",
          "application/merge-patch+json",
          "application/apply-patch+yaml",
        ]);
      if (!isMap(patch)) throw badRequest("the patch is not a JSON object");
      return strategicMerge(live, patch, kind.shape);
    default:
      throw unsupportedMediaType([...PATCH_TYPES, "application/apply-patch+yaml"]);
  }
}

/** RFC 6902. A patch that cannot be carried out is 422. */
function jsonPatched(live: KubeObject, patch: unknown): unknown {
  if (!Array.isArray(patch)) throw badRequest("the patch is not a list of JSON patch operations");
  try {
    return jsonPatch.applyPatch(structuredClone(live), patch, true).newDocument;
  } catch (error) {
    const text = (error as Error).message.split("\n", 1)[0];
    throw new ApiError(
      422,
      "Invalid",
      `the server rejected our request due to an error in our request: ${text}`,
      {},
    );
  }
}

function refuseIdentityChange({ kind, name, namespace }: ObjectPlace, object: KubeObject): void {
  const { metadata } = object;
  if (metadata.name !== name)
    throw badRequest(
      `the name of the object (${metadata.name ?? ""}) does not match the name on the URL (${name})`,
    );
  if (kind.namespaced && metadata.namespace !== namespace)
    throw badRequest(
      `the namespace of the object (${metadata.namespace ?? ""}) does not match the namespace on the request (${namespace})`,
    );
}
