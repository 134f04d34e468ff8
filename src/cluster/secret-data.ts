import { isMap } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";

/**
 * The Secret with its `stringData` in `data`, as the server stores it; any other object as it is. An apply of `stringData` owns a field that is never there, so that the keys in
 * `data` would look as if they had left the template. Where both name a key, `stringData` holds, as on the server.
 */
export function withSecretData(object: KubeObject): KubeObject {
  const { kind, apiVersion, stringData, data, ...rest } = object;
  if (kind !== "Secret" || apiVersion !== "v1" || !isMap(stringData)) return object;
  if (!Object.values(stringData).every((value) => typeof value === "string")) return object;
  const texts = Object.entries(stringData).map(([key, value]) => [
    key,
    Buffer.from(String(value), "utf8").toString("base64"),
  ]);
  const stored = { ...(isMap(data) ? data : {}), ...Object.fromEntries(texts) };
  return { ...rest, apiVersion, kind, data: stored } as KubeObject;
}
