import { isMap } from "../model/json.ts";

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

const SUFFIX: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** `1000m` and `1`, `1024Mi` and `1Gi`: equal quantities (Kubernetes API, resource.Quantity). */
function sameQuantity(a: unknown, b: unknown): boolean {
  const one = quantity(a);
  return one !== undefined && one === quantity(b);
}

function quantity(value: unknown): number | undefined {
  if (typeof value !== "string" && typeof value !== "number") return undefined;
  const [, digits, suffix = ""] =
    /^([+-]?[0-9.]+(?:[eE][+-]?\d+)?)([numkMGTPE]|[KMGTPE]i)?$/.exec(String(value)) ?? [];
  const factor = SUFFIX[suffix];
  if (digits === undefined || factor === undefined) return undefined;
  return Number((Number(digits) * factor).toPrecision(12));
}
