import { isMap } from "../../model/json.ts";

/** JSON merge patch (RFC 7386). Answers a new value; shares what is unchanged. */
export function mergePatch(live: unknown, patch: unknown): unknown {
  if (!isMap(patch)) return patch;
  const merged: Record<string, unknown> = isMap(live) ? { ...live } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = mergePatch(merged[key], value);
  }
  return merged;
}
