import { isMap } from "../../model/json.ts";
import { quantity } from "../../model/quantity.ts";

/**
 * Whether an object of the server holds all that we sent, so that it is what our write made: the server may add members, leave empty ones out, and write
 * quantities its own way. Used after a lost connection, to know whether the write was carried out. `null` means absent in a merge patch, and "as the server
 * likes" elsewhere.
 */
export function contained(sent: unknown, found: unknown, nullIs: "absent" | "anything"): boolean {
  if (sent === null || sent === undefined) return nullIs === "anything" || found === undefined;
  if (Array.isArray(sent))
    return sent.length === 0 && found === undefined
      ? true
      : Array.isArray(found) &&
          found.length === sent.length &&
          sent.every((item, index) => contained(item, found[index], nullIs));
  if (isMap(sent)) {
    const entries = Object.entries(withEncodedData(sent));
    return found === undefined
      ? entries.every(([, value]) => contained(value, undefined, nullIs))
      : isMap(found) && entries.every(([key, value]) => contained(value, found[key], nullIs));
  }
  // The server leaves out what is empty.
  if (found === undefined) return sent === "" || sent === false || sent === 0;
  return sent === found || sameQuantity(sent, found);
}

/** A Secret's `stringData` comes back as `data`. */
function withEncodedData(map: Record<string, unknown>): Record<string, unknown> {
  const { stringData, ...rest } = map;
  if (map.kind !== "Secret" || !isMap(stringData)) return map;
  const encoded = Object.entries(stringData).map(([key, value]) => [
    key,
    Buffer.from(String(value)).toString("base64"),
  ]);
  return {
    ...rest,
    data: { ...(isMap(rest.data) ? rest.data : {}), ...Object.fromEntries(encoded) },
  };
}

/** `1000m` and `1`, `1024Mi` and `1Gi`: equal quantities. */
function sameQuantity(a: unknown, b: unknown): boolean {
  return quantity(a) === quantity(b);
}
