import { createHash, createHmac } from "node:crypto";
import { canonicalJson, isMap } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";

/**
 * A digest of what a ConfigMap or Secret holds, and of nothing else about it. The same bytes give the same digest, whether they stand in `data`,
 * `binaryData` or `stringData`. A Secret's is keyed with the salt (HMAC-SHA256), so that it tells nothing about a value.
 * @param keys those that count, a missing one as missing; all when undefined
 */
export function contentDigest(
  object: KubeObject,
  keys: readonly string[] | undefined,
  salt: string,
): string {
  const content = contentOf(object);
  const counted = (keys ?? [...content.keys()].sort()).map((key) => [
    key,
    content.get(key) ?? null,
  ]);
  const hash = object.kind === "Secret" ? createHmac("sha256", salt) : createHash("sha256");
  return hash.update(canonicalJson(counted)).digest("hex");
}

/** Each key's bytes in base64. `stringData` wins over `data`, as on the server. */
function contentOf(object: KubeObject): Map<string, string> {
  const encoded = object.kind === "Secret" ? object.data : object.binaryData;
  const plain = object.kind === "Secret" ? object.stringData : object.data;
  return new Map(
    [
      ...entries(encoded).map(([key, text]) => [key, Buffer.from(text, "base64")] as const),
      ...entries(plain).map(([key, text]) => [key, Buffer.from(text)] as const),
    ].map(([key, bytes]) => [key, bytes.toString("base64")]),
  );
}

function entries(map: unknown): [string, string][] {
  return isMap(map) ? Object.entries(map).map(([key, value]) => [key, String(value ?? "")]) : [];
}
