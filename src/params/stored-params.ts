import type { Json } from "../model/json.ts";

/** Values as an Instance's `spec.parameters` keeps them: canonical JSON text. */
export function toStored(_given: Readonly<Record<string, Json>>): Record<string, string> {
  throw new Error("not written yet");
}

/** Values from an Instance's `spec.parameters`. */
export function fromStored(_texts: Readonly<Record<string, string>>): Record<string, Json> {
  throw new Error("not written yet");
}
